"""Say which of several lists among the files is the batch's index."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.decide_batch import locked, resume
from tangthu.archive.incoming import index_path, path_in
from tangthu.archive.index_copies import OTHER
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record
from tangthu.standards import durable


def choose_index(acting: Acting, batch_id: uuid.UUID, path: str) -> Job | None:
    """Let the list at `path` count as the index, and check again; "" keeps the one in use.

    The other lists are then no records and are not asked about again. Decisions on rows, dossiers
    and columns of the old index go. Raises NotFoundForViewer, Refused.
    """
    with transaction.atomic():
        batch = locked(acting, batch_id)
        others = list(batch.files.filter(facts__list=OTHER, document=None))
        batch.settled_lists = sorted({*batch.settled_lists, *(one.path for one in others)})
        if not path:
            batch.updates += 1
            batch.save(update_fields=["settled_lists", "updates"])
            _tell(acting, batch, batch.index_name)
            return None
        chosen = next((one for one in others if one.path == path), None)
        if chosen is None:
            raise Refused(_("Không còn bảng kê này trong đợt."), hint=_("Tải lại trang."))
        if batch.files.filter(document__isnull=False).exists():
            raise Refused(
                _("Đợt đã tiếp nhận theo bảng kê đang dùng nên không đổi bảng kê được."),
                hint=_("Kết thúc đợt này rồi mở đợt mới với bảng kê kia."),
            )
        old = index_path(batch)
        fresh = _copy(batch, path_in(batch, chosen.path_bytes))
        batch.settled_lists = sorted({*batch.settled_lists, batch.index_name})
        batch.index_path, batch.index_name = str(fresh), Path(path).name[:300]
        batch.mapping = None
        batch.decisions = [one for one in batch.decisions if one["target"].startswith("file:")]
        batch.updates += 1
        batch.save(
            update_fields=[
                "settled_lists", "index_path", "index_name", "mapping", "decisions", "updates",
            ]
        )  # fmt: skip
        batch.files.filter(facts__list__in=[OTHER, "again"]).update(facts=None)
        _tell(acting, batch, batch.index_name)
        job = resume(acting, batch_id)
    durable.overwrite_and_remove(old)
    return job


def _copy(batch: Batch, source: Path) -> Path:
    """Our own copy of a list, beside the one in use: whichever is told of in the row is whole."""
    ours = settings.HOME.uploads / str(batch.id)
    fresh = ours / f"bang-ke-{batch.updates + 1}{source.suffix.lower()}"
    durable.write_file(fresh, durable.chunks_of(source), what="batch.index", mode=0o600)
    return fresh


def _tell(acting: Acting, batch: Batch, name: str) -> None:
    record(
        Event(
            kind="archive.batch.index_chosen",
            obj=batch.id,
            body=batch.body_id,
            actor=acting.actor(batch.body_id),
            detail={"name": name},
        )
    )
