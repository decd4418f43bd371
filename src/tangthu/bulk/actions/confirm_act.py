"""Confirm a bulk act as it was previewed: from here on a job does it, row by row."""

from __future__ import annotations

import uuid
from collections import Counter

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from tangthu.bulk import acts, queries
from tangthu.bulk.actions.preview_act import read
from tangthu.bulk.job_kinds import ACT
from tangthu.bulk.models import BulkAct, BulkRow
from tangthu.identity.acting import Acting
from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record


class NotWhatWasShown(Refused):
    """What is confirmed is not what was previewed last."""

    http_status = 409


def confirm_act(
    acting: Acting, act_id: uuid.UUID, digest: str, *, queued: bool = True
) -> tuple[BulkAct, Job]:
    """Start the act whose preview had this digest. What was confirmed already answers with its job.

    Raises NotFoundForViewer, NotWhatWasShown, or Refused when no row can be done. With
    `queued=False` the caller runs the job.
    """
    with transaction.atomic():
        queries.bulk_act(acting.viewer, act_id)
        bulk = BulkAct.objects.select_for_update().get(pk=act_id)
        if not bulk.digest or not constant_time_compare(bulk.digest, digest):
            raise NotWhatWasShown(
                _("Bản xem trước này không còn là bản mới nhất."), hint=_("Xem trước lại.")
            )
        if bulk.confirmed_at is not None:
            return bulk, Job.objects.get(pk=str(bulk.job_id))
        acts.act(acting.viewer, bulk.kind, bulk.act)
        able = list(
            bulk.rows.filter(why_not="").exclude(outcome=BulkRow.Outcome.GONE)
            .order_by("place").values_list("obj", flat=True)
        )  # fmt: skip
        known = read(acting.viewer, bulk.kind, able)
        if not known:
            raise Refused(_("Không dòng nào làm được."), hint=_("Xem lý do ở từng dòng."))
        # A key may open less than its person, who previewed: it starts nothing that it cannot see.
        hidden = [one for one in able if one not in known]
        bulk.rows.filter(obj__in=hidden).update(outcome=BulkRow.Outcome.GONE)
        bulk.confirmed_at = clock.now()
        job = jobs.enqueue(
            ACT, args={"act": str(bulk.pk)}, body_id=bulk.body_id,
            person_id=acting.viewer.person_id, subject_id=bulk.pk, queued=queued,
        )  # fmt: skip
        bulk.job_id = job.pk
        bulk.save(update_fields=["confirmed_at", "job_id"])
        _tell(acting, bulk, Counter(one.body_id for one in known.values()))
    return bulk, job


def _tell(acting: Acting, bulk: BulkAct, by_body: Counter[uuid.UUID]) -> None:
    """One event of the whole act at each body, which tells of its own rows alone; each row's action
    tells of the row."""
    for body_id, rows in sorted(by_body.items()):
        record(
            Event(
                kind="bulk.act.confirmed",
                obj=uuid.uuid5(bulk.pk, str(body_id)),
                body=body_id,
                actor=acting.actor(body_id),
                detail={
                    "act": bulk.act, "of": bulk.kind, "rows": rows, "digest": bulk.digest,
                    "id": str(bulk.pk),
                },
            )
        )  # fmt: skip


def resume_act(acting: Acting, job: Job) -> Job:
    """Go on with an act that was stopped or failed: rows that were done are not done again.

    Raises NotFoundForViewer for another person's.
    """
    bulk = queries.bulk_act(acting.viewer, uuid.UUID(job.args["act"]))
    with transaction.atomic():
        locked = BulkAct.objects.select_for_update().get(pk=bulk.pk)
        if locked.confirmed_at is None:
            raise NotFoundForViewer()
        further = jobs.enqueue(
            ACT, args=job.args, body_id=locked.body_id, person_id=locked.person_id,
            subject_id=locked.pk,
        )  # fmt: skip
        locked.job_id = further.pk
        locked.save(update_fields=["job_id"])
    return further
