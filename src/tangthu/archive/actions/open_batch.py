"""Open a digitisation batch: take over the index, note the folder, queue the check."""

from __future__ import annotations

import functools
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.archive.batch.answers import checked_answers
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.dry_run import code_lists, default_answers, in_words
from tangthu.archive.job_kinds import CHECK
from tangthu.archive.models import Batch, Fonds
from tangthu.archive.origins import from_isolated, refusal
from tangthu.archive.unpacking import PACKED
from tangthu.identity.acting import Acting
from tangthu.kernel import clock, jobs
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record
from tangthu.standards import durable
from tangthu.standards.vietnamese import nfc

MAX_INDEX_BYTES = 64 * 1024 * 1024


def uploads_of(batch_id: uuid.UUID) -> Path:
    """Our own folder of a batch: its index, and its files if they were uploaded."""
    return settings.HOME.uploads / str(batch_id)


def index_copy(ours: Path, index: Path) -> Path:
    """Where the copy of an index lies in our own folder of the batch."""
    return ours / f"bang-ke{index.suffix.lower()}"


def open_batch(
    acting: Acting,
    fonds: Fonds,
    *,
    batch_id: uuid.UUID,
    name: str,
    index: Path,
    folder: Path,
    owns_folder: bool,
    index_name: str = "",
    answers: Mapping[str, str] | None = None,
    queued: bool = True,
) -> tuple[Batch, Job]:
    """Open a batch of `fonds` from an index file and a folder, and queue its check.

    The index is copied into our own folder first. `owns_folder`: the files were uploaded to us and
    may be removed by us (the folder may still be a zip beside it); a folder named on the server is
    only read. `answers` hold for the whole batch (access=01 …). With `queued=False` the caller runs
    the job. `index_name` is what the index was called, if it has been moved to its place already.
    Raises Refused, or InvalidInput for what cannot be used.
    """
    acting.require("archive.import", fonds.body_id)
    if index.suffix.lower() not in {".xlsx", ".csv"}:
        raise InvalidInput(
            _("Bảng kê phải là tệp Excel (.xlsx) hoặc CSV."),
            problems={"index": [_("Chọn tệp .xlsx hoặc .csv.")]},
        )
    if not index.is_file() or index.stat().st_size > MAX_INDEX_BYTES:
        raise InvalidInput(_("Không đọc được bảng kê, hoặc tệp quá lớn."), hint=_("Tối đa 64 MB."))
    packed = owns_folder and (folder.parent / PACKED).is_file()
    if not folder.is_dir() and not packed:
        raise InvalidInput(_("Không thấy thư mục tệp."), hint=_("Kiểm tra lại đường dẫn."))
    if not isolated():
        _refuse_isolated(acting, fonds, batch_id, [index, *_given(folder, packed)])
    try:
        given = checked_answers(answers or {}, code_lists())
    except BatchError as error:
        raise in_words(error) from error
    ours = uploads_of(batch_id)
    copied = index_copy(ours, index)
    batch = Batch(
        id=batch_id,
        body_id=fonds.body_id,
        fonds=fonds,
        name=nfc(name).strip()[:200] or f"{fonds.code} {timezone.localdate():%d/%m/%Y}",
        state=Batch.State.CHECKING,
        created_by=acting.viewer.person_id,
        created_at=clock.now(),
        folder=str(folder),
        owns_folder=owns_folder,
        index_path=str(copied),
        index_name=(index_name or index.name)[:300],
        answers={**default_answers(fonds), **given},
    )
    with durable.held(ours):
        try:
            if index != copied:
                durable.write_file(copied, durable.chunks_of(index), what="batch.index", mode=0o600)
            return _open(acting, batch, queued)
        except BaseException:
            durable.overwrite_and_remove(copied)
            raise


def _given(folder: Path, packed: bool) -> list[Path]:
    return [folder.parent / PACKED] if packed and not folder.is_dir() else [folder]


def _refuse_isolated(acting: Acting, fonds: Fonds, batch_id: uuid.UUID, places: list[Path]) -> None:
    """Refuse, keep nothing of, and put on record what comes from an isolated LAN (AR-128).

    Raises FromIsolated. The event stands in the chain of the fonds and says that it happened, never
    what it was.
    """
    if not from_isolated(*places):
        return
    with transaction.atomic():
        record(
            Event(
                kind="archive.fonds.refused_origin",
                obj=fonds.id,
                body=fonds.body_id,
                actor=acting.actor(fonds.body_id),
                out="fail",
            )
        )
    ours = uploads_of(batch_id)
    if ours.is_dir():
        for path in sorted(ours.rglob("*"), reverse=True):
            if path.is_file() and not path.is_symlink():
                durable.overwrite_and_remove(path)
        shutil.rmtree(ours, ignore_errors=True)
    raise refusal()


def _open(acting: Acting, batch: Batch, queued: bool) -> tuple[Batch, Job]:
    with transaction.atomic():
        batch.save(force_insert=True)
        record(
            Event(
                kind="archive.batch.opened",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
                detail={"name": batch.name, "fonds": batch.fonds.code},
            )
        )
        job = jobs.enqueue(
            CHECK,
            args={"batch": str(batch.id)},
            body_id=batch.body_id,
            person_id=acting.viewer.person_id,
            subject_id=batch.id,
            queued=queued,
        )
    durable.point("archive.batch.opened")
    return batch, job


def drop_leftovers() -> None:
    """Destroy what killed processes left: uploads of no open batch, half-written files.

    What a living process works on is held by it and left alone.
    """
    for place in settings.HOME.uploads.iterdir():
        durable.remove_deserted(place, unless=functools.partial(_is_open, place.name))
    for folder in (settings.HOME.uploads, settings.HOME.quarantine, settings.HOME.working):
        durable.remove_leftovers(folder, overwrite=True)


def _is_open(name: str) -> bool:
    try:
        batch = Batch.objects.filter(pk=uuid.UUID(name)).first()
    except ValueError:
        return False
    ended = (Batch.State.CLOSED, Batch.State.ABANDONED)
    return batch is not None and batch.state not in ended


def drop_uploads(batch: Batch) -> None:
    """Remove our folder of a finished batch; a server folder is never touched."""
    shutil.rmtree(uploads_of(batch.id), ignore_errors=True)
