"""Give up a store: nothing goes there any more, and its copies leave the catalogue.

Its bytes are not touched. What is done with the carrier afterwards is for people to decide; a disk
that comes back is a new store, whose objects are then recognised.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock, jobs
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import Job
from tangthu.kernel.rulebook import rulebook
from tangthu.ledger.record import Event, record
from tangthu.repository.actions.register_store import administered_at, store_of
from tangthu.repository.hazards import places_apart
from tangthu.repository.job_kinds import RETIRE
from tangthu.repository.models import Copy, Store
from tangthu.repository.places import usable
from tangthu.repository.stores import in_use, missing_in
from tangthu.standards import durable

_PORTION = 1000
_REASON = 500


def why_not_retired(store: Store) -> Any:
    """Why a store cannot be given up now, in words; "" if it can."""
    others = [one for one in in_use().filter(state=Store.State.ACTIVE) if one.pk != store.pk]
    least = rulebook().integer("store.least", timezone.localdate())
    if len(others) < least:
        return _("Phải còn ít nhất %(n)s kho khác đang dùng (TT05 Điều 27).") % {"n": least}
    if others[0].kind != Store.Kind.FOLDER:
        return _("Kho đứng đầu phải là một thư mục.")
    for other in others:
        if not usable(other):
            return _("Kho %(name)s không mở được lúc này.") % {"name": other.name}
    if places_apart(others) < min(least, places_apart([store, *others])):
        return _(
            "Các kho còn lại chung một ổ đĩa hoặc chung mọi rủi ro: một sự cố mất mọi bản sao."
        )
    days = rulebook().integer("store.checked_within", timezone.localdate())
    before = clock.now() - dt.timedelta(days=days)
    for other in others:
        if Copy.objects.filter(store=other, verified_at__lt=before).exists():
            return _("Kho %(name)s có bản sao chưa được kiểm tra trong %(n)s ngày qua.") % {
                "name": other.name,
                "n": days,
            }
        if missing_in(other, state=Copy.State.GOOD).exists():
            return _("Kho %(name)s còn gói chưa có bản sao lành.") % {"name": other.name}
    return ""


def retire_store(
    acting: Acting, uid: uuid.UUID, *, reason: str, decision: str, queued: bool = True
) -> Job:
    """Give up a store, with reason and decision; returns the job that clears the catalogue of it.

    Raises InvalidInput without a reason or a decision, Refused without the right or while the other
    stores do not hold every package whole (AR-85), NotFoundForViewer.
    """
    body = administered_at(acting)
    given = {"reason": " ".join(reason.split()), "decision": " ".join(decision.split())}
    problems = {
        key: [_("Cần ghi.")] if not words else [_("Nhiều nhất 500 ký tự.")]
        for key, words in given.items()
        if not words or len(words) > _REASON
    }
    if problems:
        raise InvalidInput(_("Chưa thôi dùng kho."), problems=problems)
    with advisory.exclusive("store register"), transaction.atomic():
        store = store_of(uid)
        if store.state in (Store.State.RETIRING, Store.State.RETIRED):
            raise Refused(_("Kho này đã thôi dùng."))
        why_not = why_not_retired(store)
        if why_not:
            raise Refused(
                why_not, hint=_("Kiểm tra và phục hồi các kho còn lại trước khi thôi dùng kho này.")
            )
        store.state = Store.State.RETIRING
        store.save(update_fields=["state"])
        record(
            Event(
                kind="repository.store.retired",
                obj=store.uid,
                body=body,
                actor=acting.actor(body),
                detail={
                    "store": store.name,
                    "packages": Copy.objects.filter(store=store).count(),
                    **given,
                },
            )
        )
        job = jobs.enqueue(
            RETIRE,
            args={"store": str(store.uid)},
            body_id=body,
            person_id=acting.viewer.person_id,
            subject_id=store.uid,
            queued=queued,
        )
    durable.point("repository.store.retired")
    return job


def resume_retirement(acting: Acting, job: Job) -> Job:
    """Go on with clearing the catalogue of a store that was given up. Raises Refused."""
    body = administered_at(acting)
    return jobs.enqueue(
        RETIRE,
        args=job.args,
        body_id=body,
        person_id=acting.viewer.person_id,
        subject_id=job.subject_id,
    )


def run_retirement(running: Running) -> dict[str, Any]:
    """Job `repository.retire`; `args`: store (its uid). Takes its copies out of the catalogue."""
    store = Store.objects.get(uid=uuid.UUID(running.args["store"]))
    if store.state not in (Store.State.RETIRING, Store.State.RETIRED):
        raise Refused(_("Kho này vẫn đang dùng."))
    gone = int((running.job.result or {}).get("copies", 0))
    total = gone + Copy.objects.filter(store=store).count()
    running.progress(gone, total, "bản sao", force=True)
    while True:
        with transaction.atomic():
            portion = Copy.objects.filter(store=store).order_by("pk")[:_PORTION]
            removed, _rows = Copy.objects.filter(pk__in=portion.values("pk")).delete()
            gone += removed
            if not removed:
                Store.objects.filter(pk=store.pk).update(state=Store.State.RETIRED)
            running.keep({"copies": gone})
        if not removed:
            running.progress(gone, total, "bản sao", force=True)
            return {"copies": gone}
        running.progress(gone, total, "bản sao")
