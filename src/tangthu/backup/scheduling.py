"""What the house does of itself: a set every day in each place, a trial of one every quarter, a
scan for viruses of the newest in each place every half year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings

from tangthu.backup import houses, rules
from tangthu.backup.actions.order_backup import order_backup, order_drill, order_scan
from tangthu.backup.job_kinds import DRILL, MAKE, SCAN
from tangthu.backup.places import places
from tangthu.backup.sets import SetFacts
from tangthu.capture import antivirus
from tangthu.identity.acting import SYSTEM
from tangthu.kernel import clock
from tangthu.kernel.errors import HouseError
from tangthu.kernel.models import Job

# After a failure the house tries again, but not at once.
_AGAIN = dt.timedelta(hours=1)


def order_due() -> list[Job]:
    """Order what is due now; called in rounds. A place that cannot take a set is told by the check
    of backups, and tried again."""
    now = clock.now()
    ordered = []
    for place in places():
        if set_is_due(place, now) and not _tried(now, kind=MAKE, args__to=str(place)):
            ordered += _ordered(place)
    newest = newest_set()
    if newest is not None and drill_is_due(now) and not _tried(now, kind=DRILL):
        place, facts = newest
        ordered.append(order_drill(SYSTEM, place / facts.name))
    return ordered + _scans(now)


def _scans(now: dt.datetime) -> list[Job]:
    if not antivirus.configured():
        return []
    return [
        order_scan(SYSTEM, folder)
        for folder in newest_sets()
        if scan_is_due(last_scan(folder.parent), now)
        and not set_is_due(folder.parent, now)  # the set of today is on its way
        and not _tried(now, kind=SCAN, args__folder__startswith=f"{folder.parent}/")
    ]


def _ordered(place: Path) -> list[Job]:
    try:
        return [order_backup(SYSTEM, place)]
    except HouseError:
        return []


def _tried(now: dt.datetime, **of: object) -> bool:
    """Whether such a job was ordered a short while ago, or is under way."""
    found = Job.objects.filter(person_id=None, **of)
    under_way = found.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    return found.filter(created_at__gt=now - _AGAIN).exists() or under_way.exists()


def last_hour(now: dt.datetime) -> dt.datetime:
    """When the hour of backups passed last."""
    today = now.astimezone(clock.VIETNAM).replace(
        hour=settings.BACKUP_HOUR, minute=0, second=0, microsecond=0
    )
    return today if today <= now else today - dt.timedelta(days=1)


def set_is_due(place: Path, now: dt.datetime) -> bool:
    """Whether the place has no set, with the packages, from after the last hour of backups."""
    known = _with_packages(place, now)
    return not known or known[-1].made_at < last_hour(now)


def newest_sets() -> list[Path]:
    """In each place the newest set with packages that this house made there."""
    now = clock.now()
    return [place / known[-1].name for place in places() if (known := _with_packages(place, now))]


def newest_set() -> tuple[Path, SetFacts] | None:
    """The newest set with packages that this house made in any place, with its place."""
    now = clock.now()
    found = [(place, known[-1]) for place in places() if (known := _with_packages(place, now))]
    return max(found, key=lambda one: one[1].moment, default=None)


def _with_packages(place: Path, now: dt.datetime) -> list[SetFacts]:
    return [one for one in houses.own_sets(place, now) if one.holds_stores]


def last_drill() -> Job | None:
    """The newest trial that came to its end, of a set with packages."""
    done = Job.objects.filter(kind=DRILL, state=Job.State.DONE).exclude(result__holds_stores=False)
    return done.order_by("-finished_at").first()


def drill_is_due(now: dt.datetime) -> bool:
    """Whether no trial came to its end within the time that the law gives."""
    last = last_drill()
    return last is None or rules.is_over(last.finished_at or last.created_at, "drill_every", now)


def last_scan(place: Path) -> Job | None:
    """The newest scan that came to its end, of a set that was the newest of its place then."""
    done = Job.objects.filter(kind=SCAN, state=Job.State.DONE)
    return (
        done.filter(result__place=str(place), result__newest=True).order_by("-finished_at").first()
    )


def scan_is_due(last: Job | None, now: dt.datetime) -> bool:
    """Whether the last scan of a place came to its end longer ago than the law allows, or none."""
    return last is None or rules.is_over(last.finished_at or last.created_at, "scan_every", now)
