"""Long work: the list, one job with its live progress, and asking it to stop."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tangthu.identity import queries
from tangthu.identity.policies import Viewer
from tangthu.kernel.jobs import label_of, request_stop, subjects
from tangthu.kernel.models import Job
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.parts import Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register, Tone
from tangthu.ui.working import UNDER_WAY, progress_of

_WORDS: dict[str, tuple[object, Tone]] = {
    Job.State.WAITING: (gettext_lazy("Đang chờ"), ""),
    Job.State.RUNNING: (gettext_lazy("Đang chạy"), "info"),
    Job.State.DONE: (gettext_lazy("Đã xong"), "ok"),
    Job.State.FAILED: (gettext_lazy("Không xong"), "danger"),
    Job.State.STOPPED: (gettext_lazy("Đã dừng"), "warn"),
}


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What runs now, and what ran before, newest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    named: dict[uuid.UUID, tuple[str, str]] = {}

    def name(rows: Sequence[Job]) -> None:
        named.update(_named(viewer, rows))

    register = _register(request, named)
    found = queries.jobs(viewer)
    running = list(found.filter(state__in=UNDER_WAY).order_by("created_at")[:20])
    name(running)
    past = found.exclude(state__in=UNDER_WAY)
    page = page_by_time(register, past, "created_at", prepare=name)
    context = {
        "running": [progress_of(job, named.get(job.id, ("", ""))) for job in running],
        "register": page,
    }
    return render(request, "office/jobs.html", context)


def _named(viewer: Viewer, rows: Sequence[Job]) -> dict[uuid.UUID, tuple[str, str]]:
    """By job the name and address of what it is about, as far as the viewer may see that."""
    known = subjects(viewer, rows)
    return {
        job.id: (name, reverse(route, args=[job.subject_id]) if route else "")
        for job in rows
        if job.subject_id in known
        for name, route in [known[job.subject_id]]
    }


def _register(request: HttpRequest, named: Mapping[uuid.UUID, tuple[str, str]]) -> Register[Job]:
    return Register(
        name="jobs",
        caption=_("Công việc đã kết thúc"),
        query=request.GET,
        default_sort="-created",
        row_id=lambda job: str(job.id),
        columns=(
            Column(
                "label",
                _("Công việc"),
                lambda job: Cell(
                    label_of(job.kind), reverse("office:job", args=[job.id]), note=job.message
                ),
                primary=True,
            ),
            Column(
                "about",
                _("Đối tượng"),
                lambda job: Cell(*named[job.id]) if job.id in named else None,
            ),
            Column("created", _("Bắt đầu"), lambda job: formats.moment(job.created_at), "date"),
            Column("spent", _("Thời gian chạy"), lambda job: _spent(job), wide_only=True),
            Column("state", _("Kết quả"), _state, "tag"),
        ),
        empty=EmptyState(
            _("Chưa có công việc nào kết thúc"),
            _("Nhập đợt số hóa, đóng gói, kiểm tra kho chạy nền và hiện ở đây."),
        ),
    )


def _spent(job: Job) -> str:
    end = job.finished_at or job.updated_at
    start = job.started_at or job.created_at
    return formats.duration((end - start) / dt.timedelta(seconds=1)) if end else ""


def _state(job: Job) -> Cell:
    words, tone = _WORDS[job.state]
    return Cell(str(words), tone=tone)


@require_safe
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """One job. A poll of the progress block gets the block alone."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.job(viewer, job_id)
    task = progress_of(found, _named(viewer, [found]).get(found.id, ("", "")))
    if request.headers.get("HX-Request"):
        return render(request, "ui/parts/progress.html", {"task": task})
    way = [Crumb(_("Công việc nền"), reverse("office:jobs")), Crumb(task.label)]
    return render(request, "office/job.html", {"task": task, "way": way})


@require_POST
def stop(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a job to stop at its next safe point."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.job(viewer, job_id)
    request_stop(found.id)
    return redirect("office:job", job_id=found.id)
