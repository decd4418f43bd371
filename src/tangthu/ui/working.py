"""Long work as a progress block: how far a job is, how it ended, where it leads."""

from __future__ import annotations

from typing import Literal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.kernel.job_registry import can_resume, label_of, result_page_of, subject_page_of
from tangthu.kernel.models import Job
from tangthu.kernel.pace import Speed, speed_of
from tangthu.ui import formats
from tangthu.ui.parts import Progress

UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
_STATES: dict[str, Literal["running", "done", "failed", "stopped"]] = {
    Job.State.WAITING: "running",
    Job.State.RUNNING: "running",
    Job.State.DONE: "done",
    Job.State.FAILED: "failed",
    Job.State.STOPPED: "stopped",
}


def progress_of(job: Job, about: tuple[str, str] = ("", "")) -> Progress:
    """A job as the progress block shows it; `about` names and links what it is about."""
    begun = job.started_at or job.created_at
    until = job.finished_at or timezone.now()
    note = " ".join(part for part in (job.message, job.hint) if part)
    if job.state == Job.State.WAITING:
        note = _("Đang chờ đến lượt.")
    elif job.stop_requested and job.state == Job.State.RUNNING:
        note = _("Đã yêu cầu dừng; công việc sẽ dừng ở điểm an toàn gần nhất.")
    may_stop = job.state in UNDER_WAY and not job.stop_requested
    speed = speed_now(job)
    if speed.still_since is not None and not note:
        note = _("Không tiến thêm từ %(moment)s.") % {"moment": formats.moment(speed.still_since)}
    return Progress(
        id=f"viec-{job.id}",
        label=label_of(job.kind),
        about=about[0],
        about_url=about[1],
        done=job.done,
        total=job.total,
        elapsed=max(0.0, (until - begun).total_seconds()),
        url=reverse("office:job", args=[job.id]),
        unit=job.unit,
        state=_STATES[job.state],
        stop_url=reverse("office:job-stop", args=[job.id]) if may_stop else "",
        note=note,
        result_url=_result_url(job),
        result_label=_("Xem kết quả"),
        speed=speed.rate,
        resume_url=reverse("office:job-resume", args=[job.id]) if can_resume(job) else "",
    )


def speed_now(job: Job) -> Speed:
    """How fast a job goes now, by the database's clock if that was read with it; none has ended."""
    if job.state != Job.State.RUNNING:
        return Speed()
    now = getattr(job, "read_at", None) or timezone.now()
    points = list(job.pace)
    if job.updated_at is not None:
        points.append([job.updated_at.timestamp(), job.done])
    return speed_of(points, now, job.started_at)


def _result_url(job: Job) -> str:
    """Where a job that ended leads: what it found, else the thing that it worked on."""
    if job.state in UNDER_WAY:
        return ""
    found, about = result_page_of(job.kind), subject_page_of(job.kind)
    if found and job.result:
        return reverse(found, args=[job.id])
    return reverse(about, args=[job.subject_id]) if about and job.subject_id else ""
