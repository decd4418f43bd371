"""Which workers live, where, and on what: for administrators, and of jobs what they may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tangthu.identity import queries
from tangthu.identity.policies import Viewer
from tangthu.kernel import workers
from tangthu.kernel.job_registry import label_of
from tangthu.kernel.models import Job
from tangthu.ui import formats
from tangthu.ui.parts import Tone


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """A worker as the page tells of it; `jobs` are those it runs that the viewer may see."""

    place: str
    state: str
    tone: Tone
    since: str
    version: str
    jobs: tuple[tuple[str, str], ...]


def workers_of(viewer: Viewer) -> list[WorkerLine] | None:
    """The workers that live or fell silent lately; None for who does not administer the house.

    Whether a worker is busy with another body's job is not told: that such a job exists is not
    for this viewer.
    """
    if not viewer.may_anywhere("house.keep"):
        return None
    living, silent = list(workers.living()), list(workers.silent())
    running: dict[uuid.UUID, list[tuple[str, str]]] = {}
    mine = queries.jobs(viewer).filter(
        state=Job.State.RUNNING, worker_id__in=[one.pk for one in living]
    )
    for job in mine.order_by("started_at"):
        if job.worker_id is not None:
            line = (label_of(job.kind), reverse("office:job", args=[job.pk]))
            running.setdefault(job.worker_id, []).append(line)
    return [
        WorkerLine(
            place=f"{one.host} ({one.pid})",
            state=_("Đang sống") if alive else _("Mất liên lạc"),
            tone="ok" if alive else "danger",
            since=formats.moment(one.started_at if alive else one.seen_at),
            version=one.version,
            jobs=tuple(running.get(one.pk, ())),
        )
        for alive, group in ((True, living), (False, silent))
        for one in group
    ]
