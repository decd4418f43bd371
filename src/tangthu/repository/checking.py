"""The job that checks every package of the bodies it is for, the longest unchecked first.

It can be stopped and gone on with, and goes on by itself after a crash: what was found so far is
kept with the job, in the same transaction as the events, package by package.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import DataError
from django.db.models import F, Min, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel import clock
from tangthu.kernel.errors import Refused
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import Job
from tangthu.repository.actions.check_package import (
    AHEAD,
    HURT,
    LOST,
    WHOLE,
    PackageVerdict,
    check_package,
)
from tangthu.repository.actions.note_beside import note_beside
from tangthu.repository.fixity import NEWER
from tangthu.repository.models import Package, Store
from tangthu.repository.places import usable
from tangthu.repository.stores import StoreUnusable, in_use
from tangthu.repository.strangers import strangers
from tangthu.repository.throttle import Throttle
from tangthu.repository.wording import printable, what
from tangthu.standards import ocfl

log = logging.getLogger("tangthu.repository")

UNKNOWN = "unknown"
_METADATA = 5
_OF_ONE_PACKAGE = (OSError, ValueError, DataError, StoreUnusable, ocfl.OcflError)
# A copy that could not be read by a round of the house is gone for again after a day.
_AGAIN = dt.timedelta(days=1)
_LISTED = 10_000

Place = tuple[str, str, str]


def nothing_found() -> dict[str, Any]:
    """The answer of a check that has not looked at anything yet."""
    return {
        "objects": 0, "files": 0, "bad": [], "repaired": [], "unrepairable": [], "unchecked": [],
        "found": 0,
    }  # fmt: skip


def run_checks(running: Running) -> dict[str, Any]:
    """Job `repository.fixity`; `args`: repair, bodies, since (verified later is left alone), store
    (only the copies in the store of this uid are read, and nothing is mended)."""
    acting, bodies = _for_whom(running.job)
    only = _store(running.args.get("store"))
    since = parse_datetime(running.args.get("since") or "") or running.job.created_at
    if running.job.result:
        _note_last(bodies)
    answer = running.job.result or running.args.get("before") or nothing_found()
    # A round of the house is for what can be read now; a person may ask for all.
    again, stores = since, [only] if only else list(in_use())
    if running.job.person_id is None:
        again = clock.now() - _AGAIN
        stores = [one for one in stores if usable(one)]
    due = _due(bodies, stores, again).filter(oldest__lt=since).order_by("oldest", "id")
    waiting = list(due.values_list("pk", "expected"))
    left = sum(expected for _pk, expected in waiting)
    done = answer["files"]

    def watch(files: int) -> None:
        nonlocal done
        done += files
        running.progress(done, max(done, answer["files"] + left), "tệp")

    slow = Throttle(_pace(only))
    running.progress(done, done + left, "tệp", force=True)
    for package_id, expected in waiting:
        done = answer["files"]

        def kept(verdict: PackageVerdict) -> None:
            add(answer, verdict)
            running.keep(answer)
            running.rows(row_of(verdict))

        left -= expected
        try:
            verdict = check_package(
                acting,
                package_id,
                repair=bool(running.args.get("repair")),
                only=only,
                watch=watch,
                also=kept,
            )
        except _OF_ONE_PACKAGE as error:
            # One strange package must not keep a whole house from being looked at.
            log.exception("package %s not checked", package_id)
            _not_checked(running, answer, package_id, error)
            continue
        slow.spent(max((one.bytes for one in verdict.copies), default=0), lambda: watch(0))
    if running.args.get("strangers", True):
        _add_strangers(answer)
    running.progress(answer["files"], answer["files"], "tệp", force=True)
    return answer


def _not_checked(
    running: Running, answer: dict[str, Any], package_id: uuid.UUID, error: Exception
) -> None:
    """Tell of a package whose check itself failed; what was found before stays."""
    package = Package.objects.get(pk=package_id)
    why = printable(getattr(error, "strerror", None) or type(error).__name__)
    answer["objects"] += 1
    answer["found"] += 1
    if len(answer["unchecked"]) < _LISTED:
        answer["unchecked"].append(_told(package, ("", "", why)))
    running.keep(answer)
    words = _("không kiểm tra được gói này: {why}").format(why=why)
    running.rows(
        Row(
            key=str(package.pk),
            outcome=Outcome.FAILED,
            message=words,
            label=package.objid,
            about=About.DOSSIER,
            about_id=package.dossier_id,
        )
    )


def _note_last(bodies: list[uuid.UUID]) -> None:
    """Note beside the objects what a run that was killed had entered and not noted any more."""
    checked = Package.objects.filter(body_id__in=bodies).order_by(F("copies__verified_at").desc())
    package = checked.first()
    if package is not None:
        note_beside(package)


def add(answer: dict[str, Any], verdict: PackageVerdict) -> None:
    """Enter what was found in one package into the answer of the whole check."""
    answer["objects"] += 1
    answer["files"] += verdict.files
    answer["found"] += bool(verdict.bad or verdict.unchecked)
    repaired = [(store, path, "") for store, path in verdict.repaired]
    for name, places in (
        ("bad", verdict.bad),
        ("repaired", repaired),
        ("unrepairable", verdict.unrepairable),
        ("unchecked", verdict.unchecked),
    ):
        listed = answer[name]
        listed += [_told(verdict.package, place) for place in places][: _LISTED - len(listed)]


def row_of(verdict: PackageVerdict) -> Row:
    """What came of one package, as a row of the job: figures and stores, nothing of its content."""
    outcome = {WHOLE: Outcome.DONE, HURT: Outcome.FAILED, LOST: Outcome.FAILED}.get(
        verdict.words, Outcome.WARNED
    )
    told = [_(verdict.words), _("{n} tệp").format(n=verdict.files)]
    if verdict.words == AHEAD:
        told.append(what("", NEWER))
    for words, places in (
        (_("hỏng {n} ở {stores}"), [store for store, _path, _status in verdict.bad]),
        (_("đã phục hồi {n} ở {stores}"), [store for store, _path in verdict.repaired]),
        (_("chưa kiểm tra được {n} ở {stores}"), [one[0] for one in verdict.unchecked]),
    ):
        if places:
            told.append(words.format(n=len(places), stores=", ".join(sorted(set(places)))))
    return Row(
        key=str(verdict.package.pk),
        outcome=outcome,
        message="; ".join(told),
        label=verdict.package.objid,
        about=About.DOSSIER,
        about_id=verdict.package.dossier_id,
    )


def _add_strangers(answer: dict[str, Any]) -> None:
    for store, objid in itertools.islice(strangers(), _LISTED):
        answer["found"] += 1
        answer["bad"].append(
            {"package": objid, "dossier": "", "store": store.name, "path": "", "status": UNKNOWN}
        )


def _told(package: Package, place: Place) -> dict[str, str]:
    store, path, status = (printable(part) for part in place)
    told = {
        "package": package.objid,
        "dossier": str(package.dossier_id),
        "store": store,
        "path": path,
    }
    return {**told, "status": status} if status else told


def _for_whom(job: Job) -> tuple[Acting, list[uuid.UUID]]:
    """Who checks, and at which bodies: those named when it was ordered that he still audits."""
    ordered = [uuid.UUID(body) for body in job.args.get("bodies", [])]
    if job.person_id is None:
        return SYSTEM, ordered
    acting = Acting(viewer_of(Person.objects.get(pk=job.person_id)), "job")
    allowed = acting.viewer.bodies_with("repository.audit")
    return acting, [body for body in ordered if body in allowed]


def _store(uid: str | None) -> Store | None:
    """The store that alone is checked. Raises Refused if it is given up."""
    if uid is None:
        return None
    store = in_use().filter(uid=uuid.UUID(uid)).first()
    if store is None:
        raise Refused(_("Kho này không còn được dùng."), hint=_("Xem trang Kho lưu trữ."))
    return store


def _pace(only: Store | None) -> int:
    """The pace of the slowest store that is read, in MB/s; 0 if none asks for any."""
    paces = [one.pace for one in ([only] if only else in_use()) if one.pace]
    return min(paces, default=0)


def _due(bodies: list[uuid.UUID], stores: Sequence[Store], again: dt.datetime) -> QuerySet[Package]:
    """The packages with their oldest check, and about how many files reading them will take.

    Only copies in these `stores` count, and of them those that nobody went for since `again`.
    """
    untried = Q(copies__tried_at=None) | Q(copies__tried_at__lt=again)
    return Package.objects.filter(body_id__in=bodies, versions__number=F("head")).annotate(
        oldest=Min("copies__verified_at", filter=Q(copies__store__in=stores) & untried),
        expected=(F("versions__files") + _METADATA) * len(stores),
    )
