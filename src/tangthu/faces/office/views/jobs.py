"""Long work: the list, what came of one job row by row, stopping it and going on with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tangthu.faces.office.views.job_results import facts_of, results_of
from tangthu.faces.office.views.workers import workers_of
from tangthu.identity import queries
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.job_registry import kinds, label_of, resume, subjects
from tangthu.kernel.jobs import request_stop
from tangthu.kernel.models import Job
from tangthu.reports.actions.order_job_rows import order_job_rows
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.days import fault_of, span
from tangthu.ui.parts import Crumb
from tangthu.ui.tables import (
    BulkAction,
    Cell,
    Column,
    EmptyState,
    Filter,
    Option,
    RangeFilter,
    Register,
    Tone,
)
from tangthu.ui.working import UNDER_WAY, progress_of

_WORDS: dict[str, tuple[object, Tone]] = {
    Job.State.WAITING: (gettext_lazy("Đang chờ"), ""),
    Job.State.RUNNING: (gettext_lazy("Đang chạy"), "info"),
    Job.State.DONE: (gettext_lazy("Đã xong"), "ok"),
    Job.State.FAILED: (gettext_lazy("Không xong"), "danger"),
    Job.State.STOPPED: (gettext_lazy("Đã dừng"), "warn"),
}
_NOBODY = "he-thong"
_FACETS = ("trang-thai", "loai", "nguoi")
_SHOWN_RUNNING = 20


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What runs now, and all there was, newest first, by state, kind, person and day."""
    me = viewer(request)
    named: dict[uuid.UUID, tuple[str, str]] = {}

    def name(rows: Sequence[Job]) -> None:
        named.update(_named(me, rows))

    typed = request.GET.get("ngay_from", "").strip(), request.GET.get("ngay_to", "").strip()
    since, until = span(*typed)
    counts = queries.job_counts(me, since, until)
    register = _register(request, named, counts)
    found = queries.jobs(me)
    running: list[Job] = []
    if not any((*map(register.chosen, _FACETS), *typed)):
        running = list(
            found.filter(state__in=UNDER_WAY).order_by("-priority", "created_at")[:_SHOWN_RUNNING]
        )
        name(running)
    page = page_by_time(
        register,
        queries.between(_chosen(register, found), since, until),
        "created_at",
        prepare=name,
        total=_total(register, counts),
        trouble=fault_of(*typed),
    )
    context = {
        "running": [progress_of(job, named.get(job.id, ("", ""))) for job in running],
        "register": page,
        "workers": workers_of(me),
    }
    return render(request, "office/jobs.html", context)


def _chosen(register: Register[Job], found: QuerySet[Job]) -> QuerySet[Job]:
    """Those of the jobs that the filters leave."""
    state, kind = register.chosen("trang-thai"), register.chosen("loai")
    person = register.chosen("nguoi")
    if state:
        found = found.filter(state__in=state)
    if kind:
        found = found.filter(kind__in=kind)
    if person:
        found = found.filter(person_id=None if person[0] == _NOBODY else person[0])
    return found


def _filters(
    request: HttpRequest, counts: list[queries.JobCount] | None
) -> tuple[Filter | RangeFilter, ...]:
    """The filters with the number of jobs that each choice leaves beside the other choices."""
    groups = [(_values(one), one.n) for one in counts or ()]
    seen = {key: {values[key] for values, _n in groups} for key in _FACETS}
    if counts is None:
        seen["loai"] = set(kinds())
    offered = {**seen, "trang-thai": set(_WORDS)}
    asked = {key: request.GET.get(key, "") for key in _FACETS}
    asked = {key: value if value in offered[key] else "" for key, value in asked.items()}
    tally: dict[str, Counter[str]] = {key: Counter() for key in _FACETS}
    for values, n in groups:
        for key, value in values.items():
            if all(asked[k] in ("", values[k]) for k in _FACETS if k != key):
                tally[key][value] += n
    people = queries.names_of(uuid.UUID(one) for one in seen["nguoi"] if one != _NOBODY)
    labels = {
        **{str(pk): name for pk, name in people.items()},
        _NOBODY: _("Hệ thống tự làm"),
    }

    def options(key: str, words: Mapping[str, object]) -> tuple[Option, ...]:
        return tuple(
            Option(value, str(label), tally[key][value] if counts is not None else None)
            for value, label in words.items()
        )

    return (
        Filter(
            "trang-thai",
            _("Trạng thái"),
            options("trang-thai", {state: words for state, (words, _tone) in _WORDS.items()}),
            tabs=True,
        ),
        Filter(
            "loai",
            _("Loại"),
            options("loai", {one: label_of(one) for one in sorted(seen["loai"], key=label_of)}),
        ),
        Filter(
            "nguoi",
            _("Người đặt"),
            options(
                "nguoi",
                {one: labels[one] for one in sorted(seen["nguoi"] & labels.keys(), key=labels.get)},
            ),
        ),
        RangeFilter("ngay", _("Ngày")),
    )


def _values(one: queries.JobCount) -> dict[str, str]:
    person = str(one.person_id or _NOBODY)
    return {"trang-thai": one.state, "loai": one.kind, "nguoi": person}


def _total(register: Register[Job], counts: list[queries.JobCount] | None) -> int | None:
    """How many jobs the filters leave, where that was counted."""
    if counts is None:
        return None
    state, kind, person = map(register.chosen, _FACETS)
    return sum(
        one.n
        for one in counts
        if (not state or one.state in state)
        and (not kind or one.kind in kind)
        and (not person or str(one.person_id or _NOBODY) in person)
    )


def _named(viewer: Viewer, rows: Sequence[Job]) -> dict[uuid.UUID, tuple[str, str]]:
    """By job the name and address of what it is about, as far as the viewer may see that."""
    known = subjects(viewer, rows)
    return {
        job.id: (name, reverse(route, args=[job.subject_id]) if route else "")
        for job in rows
        if job.subject_id in known
        for name, route in [known[job.subject_id]]
    }


def _register(
    request: HttpRequest,
    named: Mapping[uuid.UUID, tuple[str, str]],
    counts: list[queries.JobCount] | None,
) -> Register[Job]:
    return Register(
        name="jobs",
        caption=_("Công việc nền"),
        query=request.GET,
        default_sort="-created",
        row_id=lambda job: str(job.id),
        filters=_filters(request, counts),
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
            Column("created", _("Đặt lúc"), lambda job: formats.moment(job.created_at), "date"),
            Column("spent", _("Thời gian chạy"), lambda job: _spent(job), wide_only=True),
            Column("state", _("Trạng thái"), _state, "tag"),
        ),
        bulk=(BulkAction(_("Dừng…"), reverse("office:jobs-stop")),),
        empty=EmptyState(
            _("Không có công việc nào"),
            _("Nhập đợt số hóa, đóng gói, kiểm tra kho chạy nền và hiện ở đây."),
        ),
    )


def _spent(job: Job) -> str:
    end = job.finished_at or (timezone.now() if job.state == Job.State.RUNNING else None)
    start = job.started_at
    return formats.duration((end - start) / dt.timedelta(seconds=1)) if end and start else ""


def _state(job: Job) -> Cell:
    words, tone = _WORDS[job.state]
    return Cell(str(words), tone=tone)


@require_safe
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """One job. A poll of the progress block gets the block alone."""
    me = viewer(request)
    found = queries.job(me, job_id)
    task = progress_of(found, _named(me, [found]).get(found.id, ("", "")))
    if request.headers.get("HX-Request"):
        return render(request, "ui/parts/progress.html", {"task": task})
    way = [Crumb(_("Công việc nền"), reverse("office:jobs")), Crumb(task.label)]
    context = {
        "task": task,
        "way": way,
        "fact_groups": [facts_of(found)],
        "results": results_of(request, me, found),
    }
    return render(request, "office/job.html", context)


@require_POST
def stop(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a job to stop at its next safe point."""
    found = queries.job(viewer(request), job_id)
    request_stop(found.id)
    return redirect("office:job", job_id=found.id)


@require_POST
def go_on(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Go on with a job that was stopped or failed; the page is that of the job that does."""
    found = queries.job(viewer(request), job_id)
    further = resume(acting(request), found)
    return redirect("office:job", job_id=further.id)


@require_POST
def export_rows(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Order what came of the job as a file, row by row, in the outcome that the page shows."""
    export, _job = order_job_rows(acting(request), job_id, request.POST.get("ket-qua", ""))
    return redirect("reports:export", export_id=export.pk)
