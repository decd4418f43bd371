"""Let the stopped log of a body go on, if nothing is wrong with it any more."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.job_kinds import RESUME
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel import jobs
from tangthu.kernel.errors import Refused
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import Job
from tangthu.ledger.logs import log_of
from tangthu.ledger.record import Event, record
from tangthu.ledger.resuming import is_stopped, resume

_REASON_LENGTH = 200


def order_resume(acting: Acting, body_id: uuid.UUID) -> Job:
    """Queue the work: all of the log is recomputed first. Raises Refused."""
    acting.require("house.administer", body_id)
    return jobs.enqueue(RESUME, args={}, body_id=body_id, person_id=acting.viewer.person_id)


def resume_job(acting: Acting, job: Job) -> Job:
    """Verify the log anew after a verification was stopped or failed. Raises Refused."""
    if job.body_id is None:
        raise Refused(_("Công việc này không nói ai làm, ở cơ quan nào."))
    return order_resume(acting, job.body_id)


def resume_log(acting: Acting, body_id: uuid.UUID) -> list[str]:
    """Verify the body's log and let it go on; returns what is still wrong, nothing if it runs.

    That it went on, and why it had stopped, is an event of the body. Raises Refused without
    `house.administer` at the body.
    """
    acting.require("house.administer", body_id)
    log = log_of(body_id)
    reason = is_stopped(log)
    problems = resume(log)
    if reason is not None and not problems:
        with transaction.atomic():
            record(
                Event(
                    kind="identity.log.resumed",
                    obj=body_id,
                    body=body_id,
                    actor=acting.actor(body_id),
                    detail={"reason": reason[:_REASON_LENGTH]},
                )
            )
    return problems


def run_resume(running: Running) -> dict[str, Any]:
    """Job `identity.log.resume`. Raises Refused, naming the first problem, if the log is wrong."""
    job = running.job
    if job.body_id is None or job.person_id is None:
        raise Refused(_("Công việc này không nói ai làm, ở cơ quan nào."))
    acting = Acting(viewer_of(Person.objects.get(pk=job.person_id)), "job")
    problems = resume_log(acting, job.body_id)
    if problems:
        raise Refused(
            _("Sổ cái vẫn còn chỗ sai nên chưa ghi tiếp được: %(first)s")
            % {"first": problems[0][:_REASON_LENGTH]},
            hint=_("Xem đủ bằng lệnh tangthu ledger verify."),
            problems=len(problems),
        )
    return {}
