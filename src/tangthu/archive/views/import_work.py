"""The batch's work in the background: how far it is, stop, go on, check again."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tangthu.archive import queries
from tangthu.archive.actions.decide_batch import check_again, last_job, resume, under_way
from tangthu.archive.models import Batch
from tangthu.archive.views.import_frame import OVER, frame
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.jobs import request_stop
from tangthu.kernel.models import Job
from tangthu.ui.parts import Action, Progress
from tangthu.ui.working import UNDER_WAY, progress_of


@require_safe
def progress(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """The progress block, asked for again each second; the whole batch's page when it is over."""
    batch = queries.batch(viewer(request), batch_id)
    page = reverse("imports:batch", args=[batch.id])
    if not request.headers.get("HX-Request"):
        return redirect(page)
    if not under_way(batch):
        answer = HttpResponse()
        answer["HX-Redirect"] = page
        return answer
    return render(request, "ui/parts/progress.html", {"task": _task(batch, last_job(batch))})


def working_page(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The page of a batch whose job runs, was stopped, failed, or that is over."""
    job = last_job(batch)
    running = under_way(batch)
    context = frame(batch, None, "")
    context["task"] = _task(batch, job) if job is not None and batch.state not in OVER else None
    if not running and batch.state not in OVER:
        context["actions"] = [
            Action(
                _("Chạy tiếp"),
                reverse("imports:resume", args=[batch.id]),
                key="t",
                icon="right",
                weight="primary",
                method="post",
            ),
            Action(
                _("Bỏ đợt này"),
                reverse("imports:close", args=[batch.id]),
                icon="close",
                weight="danger",
            ),
        ]
    context["over"] = batch.state in OVER
    context["accepted"] = batch.files.filter(document__isnull=False).count()
    return render(request, "archive/imports/working.html", context)


def _task(batch: Batch, job: Job | None) -> Progress | None:
    if job is None:
        return None
    running = under_way(batch)
    task = progress_of(job)
    note = task.note
    if not running and job.state in UNDER_WAY:
        note = _("Công việc bị ngắt giữa chừng. Chạy tiếp để làm nốt; việc đã làm được giữ nguyên.")
    may_stop = running and not job.stop_requested
    return replace(
        task,
        id="viec-cua-dot",
        url=reverse("imports:progress", args=[batch.id]),
        state="running" if running else "failed" if job.state == Job.State.FAILED else "stopped",
        stop_url=reverse("imports:stop", args=[batch.id]) if may_stop else "",
        note=note,
        result_url="",
        resume_url="",  # the page has its own button, on top
    )


@require_POST
def stop(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Ask the batch's job to stop at its next safe point."""
    batch = queries.batch(viewer(request), batch_id)
    job = last_job(batch)
    if job is not None:
        request_stop(job.id)
    return redirect("imports:batch", batch_id=batch.id)


@require_POST
def go_on(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Go on with a job that was stopped, failed or died."""
    resume(acting(request), batch_id)
    return redirect("imports:batch", batch_id=batch_id)


@require_POST
def again(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Check the batch again."""
    check_again(acting(request), batch_id)
    return redirect("imports:batch", batch_id=batch_id)
