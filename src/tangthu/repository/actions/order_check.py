"""Order a fixity check: of all packages a person audits, or of those whose turn it is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import advisory, clock, jobs
from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job
from tangthu.repository.job_kinds import CHECK_ALL
from tangthu.repository.models import Copy, Store
from tangthu.repository.places import usable
from tangthu.repository.stores import in_use

UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
# TT05 asks for every record within three years (AR-89); a month finds a bad disk before the second
# copy has had time to go as well.
EVERY = dt.timedelta(days=30)
_AGAIN = dt.timedelta(days=1)


def order_check(
    acting: Acting, *, repair: bool, store: Store | None = None, queued: bool = True
) -> Job:
    """Queue a check; with `repair`, what is bad is mended from good copies. Raises Refused.

    With `store`, only the copies there are read, and nothing is mended: `repair` must be False.

    A check of the same person and kind that still runs is answered with, not doubled; one that
    was stopped before its end is gone on with.
    """
    bodies = sorted(map(str, acting.viewer.bodies_with("repository.audit")))
    if not bodies:
        raise Refused(
            _("Bạn không có quyền kiểm tra kho."), hint=_("Nhờ quản trị cơ quan phân quyền.")
        )
    args: dict[str, Any] = {"repair": repair, "bodies": bodies}
    if store is not None:
        if repair or store.state not in (Store.State.JOINING, Store.State.ACTIVE):
            raise Refused(_("Kho này không kiểm tra riêng được."))
        args |= {"store": str(store.uid), "strangers": False}
    with advisory.exclusive("order check"), transaction.atomic():
        alike = Job.objects.filter(
            kind=CHECK_ALL,
            person_id=acting.viewer.person_id,
            args__repair=repair,
            args__bodies=bodies,
        )
        if store is None:
            alike = alike.exclude(args__has_key="store")
        else:
            alike = alike.filter(args__store=args["store"])
        newest = alike.order_by("-created_at").first()
        if newest is not None and newest.state in UNDER_WAY and jobs.is_queued(newest.pk):
            return newest
        if newest is not None and newest.state not in (*UNDER_WAY, Job.State.DONE):
            args["since"] = newest.args.get("since") or newest.created_at.isoformat()
            args["before"] = newest.result
        return jobs.enqueue(
            CHECK_ALL,
            args=args,
            body_id=uuid.UUID(bodies[0]),
            person_id=acting.viewer.person_id,
            queued=queued,
        )


def resume_check(acting: Acting, job: Job) -> Job:
    """Go on with a check that was stopped or failed: what it had checked is not read again."""
    only = job.args.get("store")
    store = Store.objects.filter(uid=uuid.UUID(only)).first() if only else None
    return order_check(acting, repair=bool(job.args.get("repair")), store=store)


def order_due_checks() -> list[Job]:
    """For each body with packages whose turn it is, queue a check that mends (RM-950).

    Called by the house itself; a body whose last such check still runs gets no second one. What
    lies in a store that is away is due when it is back; what could not be read, after a day.
    """
    now = clock.now()
    before = now - EVERY
    ordered = []
    there = [store.pk for store in in_use() if usable(store)]
    untried = Q(tried_at=None) | Q(tried_at__lt=now - _AGAIN)
    for body in Body.objects.order_by("id"):
        copies = Copy.objects.filter(untried, package__body=body, store__in=there)
        due = copies.filter(verified_at__lt=before).exists()
        running = Job.objects.filter(
            kind=CHECK_ALL, body_id=body.pk, person_id=None, state__in=UNDER_WAY
        )
        if due and not any(jobs.is_queued(job.pk) for job in running):
            args = {
                "repair": True,
                "bodies": [str(body.pk)],
                "since": before.isoformat(),
                "strangers": False,
            }
            ordered.append(jobs.enqueue(CHECK_ALL, args=args, body_id=body.pk, person_id=None))
    return ordered
