"""Tell hooks of what was signed since: at least once, in order, again and again for three days.

A round of the workers. What is to be sent is put together here, from the log, cut to what the
person may know of now; only the sending itself is done side by side. A delivery is written down
before it is sent, so that who is killed in between sends it again under the same id.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from tangthu.identity.acting import SYSTEM
from tangthu.identity.policies import Viewer
from tangthu.kernel import clock
from tangthu.kernel.securitylog import Noted, note
from tangthu.ledger.following import events_between, signed_sizes
from tangthu.ledger.history import Told
from tangthu.programs import hook_keys
from tangthu.programs.actions.make_hook import tell
from tangthu.programs.hook_addresses import host_of
from tangthu.programs.hook_events import known_to, viewer_at, wanted
from tangthu.programs.hook_sending import Outcome, send
from tangthu.programs.models import Hook, HookDelivery, HookRun

GIVE_UP = dt.timedelta(days=3)
KEPT = dt.timedelta(days=30)
_SECONDS = 10.0
_AT_ONCE = 8
_LEAVES = 1000
_EVENTS = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 30, 3600


@dataclass(frozen=True, slots=True)
class _Message:
    hook: Hook
    delivery: HookDelivery
    body: bytes


def send_due() -> int:
    """Send what hooks are due for, for some seconds; returns how many messages were delivered."""
    until = time.monotonic() + _SECONDS
    delivered = 0
    with ThreadPoolExecutor(_AT_ONCE) as side_by_side:
        while time.monotonic() < until and (due := _due()):
            messages = [one for hook in due if (one := _message(hook)) is not None]
            for one, outcome in zip(messages, side_by_side.map(_send, messages), strict=True):
                delivered += outcome.ok
                _settle(one, outcome)
    return delivered


def forget_deliveries() -> None:
    """Remove what was delivered long ago."""
    HookDelivery.objects.filter(done=True, made_at__lt=clock.now() - KEPT).delete()


def _due() -> list[Hook]:
    """Some hooks that have not heard of all that is signed, those first that wait longest."""
    waiting = (
        Hook.objects.filter(state=Hook.State.ON, run__due_at__lte=Now())
        .select_related("run", "person", "key")
        .order_by("run__due_at", "id")
    )
    found = list(waiting)
    sizes = signed_sizes({one.body_id for one in found})
    return [one for one in found if one.run.next_leaf < sizes.get(one.body_id, 0)][:_AT_ONCE]


def _message(hook: Hook) -> _Message | None:
    """The next message of a hook, written down; None when there is nothing that it may be told."""
    viewer = viewer_at(hook)
    if viewer is None:
        _stop(hook, "person")
        return None
    if hook_keys.public_key(hook.pk) != hook.public_key:
        _stop(hook, "key")
        return None
    delivery = HookDelivery.objects.filter(hook=hook, done=False).first()
    if delivery is not None:
        events = _known(hook, viewer, delivery.first, delivery.end)
        if not events:  # his rights, or the events, are gone since: there is nothing to send
            _done(hook, delivery, "empty", 0)
            return None
        return _Message(hook, delivery, _body(hook, delivery, events))
    start = hook.run.next_leaf
    end = min(start + _LEAVES, signed_sizes([hook.body_id])[hook.body_id])
    events = _known(hook, viewer, start, end)
    if len(events) > _EVENTS:
        events = events[:_EVENTS]
        end = int(events[-1].leaf_index or 0) + 1
    if not events:
        HookRun.objects.filter(hook=hook).update(next_leaf=end, due_at=clock.now())
        return None
    delivery = HookDelivery(
        hook=hook, first=start, end=end, events=len(events), made_at=clock.now()
    )
    delivery.save(force_insert=True)
    return _Message(hook, delivery, _body(hook, delivery, events))


def _known(hook: Hook, viewer: Viewer, start: int, end: int) -> list[Told]:
    return known_to(viewer, wanted(hook.kinds, events_between(hook.body_id, start, end)))


def _body(hook: Hook, delivery: HookDelivery, events: list[Told]) -> bytes:
    """The message: of each event its kind, thing, body, time and leaf; never a title."""
    delivery.events = len(events)
    told = [
        {
            "kind": one.kind_name,
            "object": str(one.obj),
            "body": str(hook.body_id),
            "time": one.when.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
            "leaf": one.leaf_index,
        }
        for one in events
    ]
    message = {"hook": str(hook.pk), "delivery": str(delivery.pk), "events": told}
    return json.dumps(message, separators=(",", ":")).encode("utf-8")


def _send(one: _Message) -> Outcome:
    """Runs beside the others: touches no database."""
    signed = hook_keys.headers(one.hook.pk, one.delivery.pk, int(time.time()), one.body)
    given = {"Content-Type": "application/json", "User-Agent": "Tangthu-Hook/1", **signed}
    return send(one.hook.url, given, one.body)


def _settle(one: _Message, outcome: Outcome) -> None:
    if outcome.ok:
        _done(one.hook, one.delivery, outcome.word, outcome.status)
        return
    moment = clock.now()
    run = one.hook.run
    attempts = run.attempts + 1
    since = run.failing_since or moment
    pause = min(_FIRST_PAUSE * 2 ** min(attempts - 1, 10), _LONGEST_PAUSE)
    with transaction.atomic():
        _tried(one.delivery, outcome.word, outcome.status, moment, done=False)
        HookRun.objects.filter(hook=one.hook).update(
            attempts=attempts, failing_since=since, due_at=moment + dt.timedelta(seconds=pause)
        )
    if moment - since >= GIVE_UP:
        _stop(one.hook, "unanswered")


def _done(hook: Hook, delivery: HookDelivery, word: str, status: int) -> None:
    moment = clock.now()
    with transaction.atomic():
        _tried(delivery, word, status, moment, done=True)
        HookRun.objects.filter(hook=hook).update(
            next_leaf=delivery.end, due_at=moment, failing_since=None, attempts=0
        )


def _tried(
    delivery: HookDelivery, word: str, status: int, moment: dt.datetime, *, done: bool
) -> None:
    HookDelivery.objects.filter(pk=delivery.pk).update(
        events=0 if word == "empty" else delivery.events,
        outcome=word,
        status=status,
        attempts=delivery.attempts + (word != "empty"),
        tried_at=moment,
        done=done,
    )


def _stop(found: Hook, why: str) -> None:
    """Stop a hook of the house's own accord, and say so in the log and the security log."""
    with transaction.atomic():
        hook = Hook.objects.select_for_update().get(pk=found.pk)
        if hook.state != Hook.State.ON:
            return
        hook.state, hook.why = Hook.State.STOPPED, why
        hook.save(update_fields=["state", "why"])
        tell(SYSTEM, hook, "programs.hook.stopped", why=why)
        note(
            Noted(
                "hook",
                target=str(hook.pk),
                person_id=hook.person_id,
                body_id=hook.body_id,
                outcome="fail",
                detail={"why": why, "host": host_of(hook.url)},
            )
        )
