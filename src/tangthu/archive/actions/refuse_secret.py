"""Refuse what declares itself a state secret: at once, and without keeping anything (AR-127).

The refusal is recorded first, with keyed marks by which the same file is recognised again; then
the rows are blanked in our copy of the index and the files removed from our upload folder. A folder
that is not ours is only read, and those files are never opened again. The event says that it
happened and how often, never what it was.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection, Mapping, Sequence, Set
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tangthu.archive import dry_run
from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.headings import DOSSIER
from tangthu.archive.batch.model import BatchFile as GivenFile
from tangthu.archive.batch.model import Decision
from tangthu.archive.batch.report import build_report
from tangthu.archive.batch.rows import RowDraft
from tangthu.archive.blanking import blank_rows
from tangthu.archive.incoming import FoundFile, index_path, path_in, walk
from tangthu.archive.index_copies import copies_with
from tangthu.archive.marks import content_mark, path_mark
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.kernel.models import Job, JobRow
from tangthu.ledger.record import Event, record
from tangthu.standards import durable

_NAMES_DOSSIER = ("fonds_code", "fonds_name", "inventory", "number")


def refuse_what_the_index_declares(
    acting: Acting, batch: Batch, found: Sequence[FoundFile]
) -> None:
    """Refuse the rows that the index declares secret, with their files, before any is opened."""
    table = dry_run.read_index(batch)
    try:
        report = build_report(
            table,
            dry_run.mapping_of(batch, table),
            [GivenFile(item.path, item.size, "") for item in found],
            {},
            batch.answers,
            lists=dry_run.code_lists(),
            index_names=[batch.index_name],
        )
    except BatchError as error:
        raise dry_run.in_words(error) from error
    whole = {_dossier(row) for row in report.rows if row.secret == DOSSIER} - {()}
    rows = {row.number for row in report.rows if row.secret or _dossier(row) in whole}
    paths = {
        finding.target.removeprefix("file:")
        for finding in report.findings
        if finding.code == "secret.declared" and finding.target.startswith("file:")
    }
    if rows or paths:
        refuse(acting, batch, rows=rows, paths={i.path_bytes for i in found if i.path in paths})


def _dossier(row: RowDraft) -> tuple[str, ...]:
    """What names the dossier of a row; () if the row does not say."""
    if "number" not in row.dossier:
        return ()
    return tuple(row.dossier[n].value if n in row.dossier else "" for n in _NAMES_DOSSIER)


def refuse_targets(acting: Acting, batch: Batch, targets: Collection[str]) -> None:
    """Refuse rows, files and dossiers of a checked batch that a person declares secret.

    Raises Refused while the batch is worked on.
    """
    report = dry_run.report_of(batch)
    rows: set[int] = set()
    names: set[str] = set()
    for target in targets:
        if target.startswith("dossier:"):
            dossier = report.dossiers[target.removeprefix("dossier:")]
            rows.update(dossier.rows)
            names.update(dossier.files, dossier.covers)
        elif target.startswith("file:"):
            names.add(target.removeprefix("file:"))
            rows.update(
                d.row for d in report.documents.values() if d.row and f"file:{d.file}" == target
            )
        else:
            draft = report.documents[target]
            rows.update([draft.row] if draft.row else [])
            names.update([draft.file] if draft.file else [])
    names.update(_named_by(batch, rows))
    paths = {
        bytes(raw)
        for raw in batch.files.filter(path__in=names).values_list("path_bytes", flat=True)
    }
    refuse(acting, batch, rows=rows, paths=paths, while_checking=False)


def _named_by(batch: Batch, rows: Set[int]) -> set[str]:
    """The files that these rows are about, also those that wait to be looked at (again)."""
    waiting = batch.files.filter(facts__isnull=True, quarantine_id=None)
    if not rows or not waiting.exists():
        return set()
    table = dry_run.read_index(batch)
    every = batch.files.filter(quarantine_id=None).values_list("path", flat=True)
    report = build_report(
        table,
        dry_run.mapping_of(batch, table),
        [GivenFile(path, 0, "") for path in sorted(every)],
        {},
        batch.answers,
        lists=dry_run.code_lists(),
        index_names=[batch.index_name],
    )
    return {one.file for one in report.documents.values() if one.row in rows and one.file}


def refuse(
    acting: Acting,
    batch: Batch,
    *,
    rows: Set[int],
    paths: Set[bytes],
    while_checking: bool = True,
) -> None:
    """Record the refusal of index rows (by row number) and files, then destroy our copies.

    What has already become a record is withheld from everybody instead (AR-129).
    """
    away = {*paths, *copies_with(batch, rows)}
    marks = {path_mark(batch.id, path) for path in away}
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            digest = durable.digest_file(path_in(batch, path)).digests["sha256"]
            marks.add(content_mark(batch.id, digest))
    with transaction.atomic():
        held = Batch.objects.select_for_update().get(pk=batch.pk)
        if not while_checking and held.state != Batch.State.REVIEW:
            raise Refused(
                _("Đợt này đang được xử lý hoặc đã kết thúc."),
                hint=_("Chờ công việc đang chạy xong."),
            )
        gone = held.files.filter(path_bytes__in=list(away))
        for document_id in gone.filter(document__isnull=False).values_list(
            "document_id", flat=True
        ):
            with contextlib.suppress(NotFoundForViewer):  # withheld already
                withhold_document(acting, document_id)
        targets = {f"file:{path}" for path in gone.values_list("path", flat=True)}
        targets.update(f"row:{number}" for number in rows)
        held.decisions = [one for one in held.decisions if not about(one, targets)]
        held.shut_out = sorted({*held.shut_out, *marks})
        held.rows_to_blank = sorted({*held.rows_to_blank, *rows})
        held.refused_secret += len(rows) + len(paths)
        held.updates += 1
        held.save(
            update_fields=["decisions", "shut_out", "rows_to_blank", "refused_secret", "updates"]
        )
        gone.delete()
        forget_answers(batch)
        record(
            Event(
                kind="archive.batch.refused_secret",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
                out="fail",
                detail={"rows": len(rows), "files": len(paths)},
            )
        )
    durable.point("archive.refusal.recorded")
    finish_refusals(batch.pk)
    batch.refresh_from_db()


def about(decision: Mapping[str, str], targets: Set[str]) -> bool:
    """Whether a decision, as it is kept, is about one of the targets."""
    parts = Decision(**decision).target.split("|")
    return not targets.isdisjoint(parts)


def forget_answers(batch: Batch) -> None:
    """Forget what earlier jobs said of what is no record: it names files and titles."""
    JobRow.objects.filter(job__subject_id=batch.id, about=JobRow.About.NOTHING).delete()
    for job in Job.objects.filter(subject_id=batch.id, result__has_key="refused"):
        if isinstance(job.result["refused"], dict) and job.result["refused"]:
            job.result = {**job.result, "refused": {}}
            job.save(update_fields=["result"])


def finish_refusals(batch_id: uuid.UUID) -> None:
    """Destroy what recorded refusals still left in our own folder; may be repeated at any time."""
    with advisory.exclusive(f"refusals {batch_id}"):
        _finish_refusals(Batch.objects.get(pk=batch_id))


def finish_all_refusals() -> None:
    """Finish the refusals that a killed process recorded and did not carry out."""
    open_ones = Batch.objects.exclude(state__in=(Batch.State.CLOSED, Batch.State.ABANDONED))
    left = ~Q(rows_to_blank=[]) | (Q(owns_folder=True) & ~Q(shut_out=[]))
    for batch_id in open_ones.filter(left).values_list("pk", flat=True):
        finish_refusals(batch_id)


def _finish_refusals(batch: Batch) -> None:
    if batch.rows_to_blank:
        blank_rows(index_path(batch), set(batch.rows_to_blank))
        # Rows that another refusal adds meanwhile stay noted; it waits for us and blanks them.
        Batch.objects.filter(pk=batch.pk, rows_to_blank=batch.rows_to_blank).update(
            rows_to_blank=[]
        )
    folder = Path(batch.folder)
    if batch.owns_folder and batch.refused_secret:
        # A copy of the index that came with the files holds the same rows.
        durable.overwrite_and_remove(folder / batch.index_name)
    if not (batch.owns_folder and batch.shut_out and folder.is_dir()):
        return
    marks = set(batch.shut_out)
    for item in list(walk(folder)):
        if path_mark(batch.id, item.path_bytes) in marks:
            durable.overwrite_and_remove(path_in(batch, item.path_bytes))
            _drop_empty(path_in(batch, item.path_bytes).parent, folder)


def _drop_empty(place: Path, top: Path) -> None:
    """Remove the folders that a refused file leaves empty: their names may tell of it."""
    while place != top and not any(place.iterdir()):
        place.rmdir()
        place = place.parent
