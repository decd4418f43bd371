"""Order a set, the reading through or the scan of one, or the trial of a restore from one."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction

from tangthu.backup.actions.note_sets import require_administrator
from tangthu.backup.houses import require_own
from tangthu.backup.job_kinds import DRILL, MAKE, SCAN, VERIFY
from tangthu.backup.places import require_fit
from tangthu.backup.sets import read_facts
from tangthu.capture import antivirus
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock, jobs
from tangthu.kernel.models import Job

UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
# What a scan saw this long ago need not be looked at again: signatures change every day.
_STILL_COUNTS = dt.timedelta(days=7)


def order_backup(
    acting: Acting, place: Path, *, full: bool = False, stores: bool = True, queued: bool = True
) -> Job:
    """Queue the making of a set in the folder `place`; one under way there is answered with.

    Without `stores` the set holds no bytes of packages, only their list. Raises Refused,
    PlaceUnusable.
    """
    require_administrator(acting)
    place = place.absolute()
    require_fit(place)
    args = {"to": str(place), "full": full, "stores": stores}
    return _ordered(acting, MAKE, args, {"args__to": str(place)}, queued=queued)


def order_verification(acting: Acting, folder: Path, *, queued: bool = True) -> Job:
    """Queue the reading through of the set in `folder`. Raises Refused, SetUnusable."""
    require_administrator(acting)
    read_facts(folder)
    args = {"folder": str(folder)}
    return _ordered(acting, VERIFY, args, {"args__folder": str(folder)}, queued=queued)


def order_scan(acting: Acting, folder: Path, *, queued: bool = True) -> Job:
    """Queue the scan for viruses of the set in `folder`; it goes on where one that did not come to
    its end in the last week stood. Raises Refused (also where no scanner is named), SetUnusable.
    """
    require_administrator(acting)
    antivirus.require_configured()
    read_facts(folder)
    args = {"folder": str(folder), "begun": _begun(folder)}
    return _ordered(acting, SCAN, args, {"args__folder": str(folder)}, queued=queued)


def _begun(folder: Path) -> dict[str, Any]:
    """How far the last scan of a set came, if it was broken off a short while ago."""
    last = Job.objects.filter(kind=SCAN, args__folder=str(folder)).order_by("-created_at").first()
    if last is None or last.state not in (Job.State.STOPPED, Job.State.FAILED):
        return {}
    return dict(last.result) if last.created_at > clock.now() - _STILL_COUNTS else {}


def order_drill(acting: Acting, folder: Path, *, queued: bool = True) -> Job:
    """Queue a trial of a restore from the set in `folder`.

    Raises Refused (also for a set that another house made: its dump may do anything), SetUnusable.
    """
    require_administrator(acting)
    read_facts(folder)
    require_own(folder)
    args = {"folder": str(folder)}
    return _ordered(acting, DRILL, args, {"args__folder": str(folder)}, queued=queued)


def resume(acting: Acting, job: Job) -> Job:
    """Do again what was stopped or failed."""
    if job.kind == VERIFY:
        return order_verification(acting, Path(job.args["folder"]))
    if job.kind == DRILL:
        return order_drill(acting, Path(job.args["folder"]))
    if job.kind == SCAN:
        return order_scan(acting, Path(job.args["folder"]))
    full, stores = bool(job.args.get("full")), bool(job.args.get("stores", True))
    return order_backup(acting, Path(job.args["to"]), full=full, stores=stores)


def _ordered(
    acting: Acting, kind: str, args: dict[str, Any], same: dict[str, Any], *, queued: bool
) -> Job:
    with advisory.exclusive("order backup"), transaction.atomic():
        newest = (
            Job.objects.filter(kind=kind, state__in=UNDER_WAY, **same)
            .order_by("-created_at")
            .first()
        )
        if newest is not None and jobs.is_queued(newest.pk):
            return newest
        person = None if acting.is_system else acting.viewer.person_id
        return jobs.enqueue(kind, args=args, body_id=_body(acting), person_id=person, queued=queued)


def _body(acting: Acting) -> uuid.UUID | None:
    """The body whose people see the job: the first that the person administers."""
    if acting.is_system:
        return None
    return min(acting.viewer.bodies_with("house.keep"))
