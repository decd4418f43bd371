"""What came of a job, row by row, cut to the viewer; and the same as a file.

A row tells of a record, or of something that is none yet (a line of an index). Who may see the job
may know how many rows came out how; what a row names is for who may see the record, or else what
the job is about. An administrator looks after jobs and reads no records.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.queries import dossier_names
from tangthu.identity import queries as identity
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer
from tangthu.kernel import deployment
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.job_registry import label_of, rows_are_open, subjects
from tangthu.kernel.job_rows import About, Outcome
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import Job, JobRow
from tangthu.records import queries as records
from tangthu.reports import files, queries
from tangthu.reports.actions.order_export import finish_export, stale
from tangthu.reports.marks import EXPORTED_BY, mark_of, with_position
from tangthu.reports.models import Export
from tangthu.standards import durable
from tangthu.standards.sheets import Column, Sheet, write_xlsx
from tangthu.ui import formats

_NAME = 160
_PORTION = 500

OUTCOMES: Mapping[str, Any] = {
    Outcome.DONE: gettext_lazy("Xong"),
    Outcome.WARNED: gettext_lazy("Cần xem"),
    Outcome.REFUSED: gettext_lazy("Không nhận"),
    Outcome.FAILED: gettext_lazy("Hỏng"),
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the viewer may read it; `hidden` when what it is about is not for him."""

    row: JobRow
    name: str
    url: str
    message: str
    hidden: bool = False
    record: bool = False


def shown(viewer: Viewer, job: Job, rows: Sequence[JobRow]) -> list[ShownRow]:
    """The rows as the viewer may read them, in the same order."""
    by_kind: dict[str, list[uuid.UUID]] = {About.DOSSIER: [], About.DOCUMENT: []}
    for row in rows:
        if row.about and row.about_id is not None:
            by_kind[row.about].append(row.about_id)
    names = {
        About.DOSSIER: dossier_names(viewer, by_kind[About.DOSSIER]),
        About.DOCUMENT: _document_names(viewer, by_kind[About.DOCUMENT]),
    }
    about_seen = job.subject_id in subjects(viewer, [job])
    return [_shown(row, names, rows_are_open(job.kind), about_seen) for row in rows]


def _document_names(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = records.documents(viewer).filter(pk__in=ids) if ids else ()
    return {
        one.pk: Truncator(f"{one.record_archive_code} {one.subject}").chars(_NAME) for one in found
    }


def _shown(
    row: JobRow, names: Mapping[Any, Mapping[uuid.UUID, str]], open_rows: bool, about_seen: bool
) -> ShownRow:
    if row.about and row.about_id in names[row.about]:
        page = "archive:dossier" if row.about == About.DOSSIER else "archive:document"
        name = names[row.about][row.about_id]
        return ShownRow(row, name, reverse(page, args=[row.about_id]), row.message, record=True)
    if open_rows or (not row.about and about_seen):
        return ShownRow(row, row.label, "", row.message)
    return ShownRow(row, _("Không thuộc quyền xem của bạn"), "", "", hidden=True)


def write_rows(running: Running, export: Export) -> None:
    """Write the rows of a job to the file of an export; rights are asked for each portion."""
    viewer = _viewer(export)
    try:
        job = identity.job(viewer, uuid.UUID(export.asked["job"]))
    except NotFoundForViewer as error:
        raise stale() from error
    folder = files.folder_of(export.pk)
    durable.make_dirs(folder)
    folder.chmod(0o700)
    sheet = Sheet(
        body=export.body.name,
        title=_("Kết quả từng mục của công việc"),
        facts=(
            (_("Công việc"), label_of(job.kind)),
            (_("Đặt lúc"), formats.moment(job.created_at)),
            (_("Kết quả"), _outcome_words(export)),
            (_("Ngày xuất"), formats.moment(export.ordered_at)),
            (str(EXPORTED_BY), with_position(viewer, export.body_id)),
        ),
        columns=(
            Column(_("STT"), 5, "right", number=True),
            Column(_("Mục"), 34, "left"),
            Column(_("Kết quả"), 11, "left"),
            Column(_("Chi tiết"), 34, "left"),
            Column(_("Lúc"), 12, "left"),
        ),
        mark=mark_of(
            export.body.short_name,
            viewer.full_name,
            export.ordered_at,
            export.serial,
            by=EXPORTED_BY,
            levels=_levels(viewer, job, export),
        ),
        closing=lambda n: _("Danh sách này có %(n)s dòng.") % {"n": formats.thousands(n)},
        page=_("Trang"),
        origin=deployment.mark_of(settings.DEPLOYMENT_MODE),
    )
    path = files.file_of(export)
    making = path.with_name("making.xlsx")
    rows = write_xlsx(making, sheet, _lines(running, export, job), temporary=folder)
    durable.rename(making, path, what="export.file")
    finish_export(
        Acting(_viewer(export), "job"),
        export,
        rows=rows,
        size=path.stat().st_size,
        sha256=durable.digest_file(path).digests["sha256"],
        by_body={export.body_id: rows},
    )


def _viewer(export: Export) -> Viewer:
    return identity.viewer_of(Person.objects.get(pk=export.person_id))


def _outcome_words(export: Export) -> str:
    return str(OUTCOMES.get(export.asked.get("outcome", ""), _("Tất cả")))


def _wanted(export: Export, job: Job) -> Any:
    found = JobRow.objects.filter(job_id=job.pk)
    outcome = export.asked.get("outcome")
    return found.filter(outcome=outcome) if outcome else found


def _portions(export: Export, job: Job) -> Iterator[list[JobRow]]:
    after = 0
    while portion := list(_wanted(export, job).filter(id__gt=after).order_by("id")[:_PORTION]):
        yield portion
        after = portion[-1].pk


def _levels(viewer: Viewer, job: Job, export: Export) -> set[str]:
    """The access levels of the records that the rows name, for the mark of the copy."""
    found: set[str] = set()
    for portion in _portions(export, job):
        for kind in (About.DOSSIER, About.DOCUMENT):
            ids = [one.about_id for one in portion if one.about == kind and one.about_id]
            found |= queries.levels_of(kind, ids) if ids else set()
    return found


def _lines(running: Running, export: Export, job: Job) -> Iterator[list[str]]:
    number, total = 0, _wanted(export, job).count()
    with (files.folder_of(export.pk) / "ids").open("wb") as ids:
        for portion in _portions(export, job):
            for one in shown(_viewer(export), job, portion):
                number += 1
                if one.record and one.row.about_id is not None:
                    ids.write(files.packed(one.row.about, one.row.about_id))
                yield [
                    str(number),
                    one.name,
                    str(OUTCOMES[one.row.outcome]),
                    one.message,
                    formats.moment(one.row.at),
                ]
            running.progress(number, max(total, number), _("dòng đã ghi"))
        files.end_of_told(ids)
