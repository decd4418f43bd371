"""What came of one job: its facts, and its rows by outcome, paged by their key."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.identity.policies import Viewer
from tangthu.identity.queries import names_of
from tangthu.kernel import job_rows
from tangthu.kernel.job_rows import Outcome
from tangthu.kernel.models import Job, JobRow, Worker
from tangthu.reports.job_results import OUTCOMES, ShownRow, shown
from tangthu.ui import formats
from tangthu.ui.parts import Fact, FactGroup
from tangthu.ui.tables import (
    Cell,
    Column,
    EmptyState,
    Filter,
    Option,
    Register,
    RegisterPage,
    Tone,
)

_TONES: dict[str, Tone] = {
    Outcome.DONE: "ok",
    Outcome.WARNED: "warn",
    Outcome.REFUSED: "danger",
    Outcome.FAILED: "danger",
}
_PRIORITIES = {
    Job.Priority.PERSON: gettext_lazy("Có người đang chờ"),
    Job.Priority.BATCH: gettext_lazy("Việc theo đợt"),
    Job.Priority.ROUNDS: gettext_lazy("Hệ thống tự làm"),
}


@dataclass(frozen=True, slots=True)
class Results:
    """The rows of a job, and where the same is ordered as a file in the outcome chosen."""

    register: RegisterPage
    export_url: str
    outcome: str


def facts_of(job: Job) -> FactGroup:
    """Who ordered a job, when, how urgent it is, and where it ran last."""
    facts = [
        Fact(_("Đặt lúc"), formats.moment(job.created_at)),
        Fact(_("Người đặt"), names_of([job.person_id]).get(job.person_id, "")
             if job.person_id else _("Hệ thống tự làm")),
        Fact(_("Thứ tự ưu tiên"), _PRIORITIES[Job.Priority(job.priority)]),
    ]  # fmt: skip
    if job.started_at is not None:
        facts.append(Fact(_("Chạy lần cuối từ"), formats.moment(job.started_at)))
    if job.finished_at is not None:
        facts.append(Fact(_("Kết thúc lúc"), formats.moment(job.finished_at)))
    worker = Worker.objects.filter(pk=job.worker_id).first() if job.worker_id else None
    if worker is not None:
        facts.append(Fact(_("Máy chạy"), f"{worker.host} ({worker.pid})"))
    return FactGroup(_("Công việc"), tuple(fact for fact in facts if fact.value))


def results_of(request: HttpRequest, viewer: Viewer, job: Job) -> Results | None:
    """The rows of a job as the viewer may read them; None for a job that has none."""
    counts = job_rows.counts(job.pk)
    if not counts:
        return None
    register: Register[ShownRow] = Register(
        name="job-rows",
        caption=_("Kết quả từng mục"),
        query=request.GET,
        default_sort="id",
        row_id=lambda one: str(one.row.pk),
        filters=(
            Filter(
                "ket-qua",
                _("Kết quả"),
                tuple(
                    Option(value, str(words), counts.get(value, 0))
                    for value, words in OUTCOMES.items()
                ),
                tabs=True,
            ),
        ),
        columns=(
            Column("name", _("Mục"), lambda one: Cell(one.name or "–", one.url), primary=True),
            Column("message", _("Chi tiết"), lambda one: one.message),
            Column("at", _("Lúc"), lambda one: formats.moment(one.row.at), "date", wide_only=True),
            Column(
                "outcome",
                _("Kết quả"),
                lambda one: Cell(str(OUTCOMES[one.row.outcome]), tone=_TONES[one.row.outcome]),
                "tag",
            ),
        ),
        empty=EmptyState(_("Không có mục nào có kết quả này")),
    )
    outcome = next(iter(register.chosen("ket-qua")), "")
    found = JobRow.objects.filter(job_id=job.pk)
    if outcome:
        found = found.filter(outcome=outcome)
    cursor = register.cursor(width=1)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        edge = int(cursor.values[0] or 0)
        found = found.filter(id__lt=edge) if backwards else found.filter(id__gt=edge)
    rows = found.order_by("-id" if backwards else "id")[: register.page_size + 1]
    page = register.page(
        shown(viewer, job, list(rows)),
        sort_values=lambda one: (one.row.pk,),
        cursor=cursor,
        total=counts.get(outcome, 0) if outcome else counts.total(),
    )
    url = reverse("office:job-rows", args=[job.pk]) if job.body_id is not None else ""
    return Results(page, url, outcome)
