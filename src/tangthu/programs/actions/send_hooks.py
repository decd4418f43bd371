"""Tell hooks of what was signed since: at least once, in order, again and again for three days.

A round of the workers. What is to be sent is put together here, from the log, cut to what the
person may know of now; only the sending itself is done side by side. A delivery is written down
before it is sent, so that who is killed in between sends it again under the same id.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from tangthu.identity.acting import SYSTEM
from tangthu.identity.policies import Viewer
from tangthu.kernel import clock
from tangthu.ledger.following import events_between, signed_sizes
from tangthu.ledger.history import Told
from tangthu.programs import hook_keys
from tangthu.programs.actions.make_hook import stop
from tangthu.programs.hook_events import known_to, viewer_at, wanted
from tangthu.programs.hook_sending import Outcome, send
from tangthu.programs.models import Hook, HookDelivery, HookRun

GIVE_UP = dt.timedelta(days=3)
KEPT = dt.timedelta(days=30)
_SECONDS = 10.0
_AT_ONCE, _OF_PERSON, _FAILING = 8, 2, 4
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
    under_way: dict[Future[Outcome], _Message] = {}
    with ThreadPoolExecutor(_AT_ONCE) as side_by_side:
        while True:
            busy = [one.hook for one in under_way.values()]
            due = _due(busy) if time.monotonic() < until else []
            for hook in due:
                message = _message(hook)
                if message is not None:
                    under_way[side_by_side.submit(_send, message)] = message
            if not (due or under_way):
                return delivered
            for sent in wait(under_way, return_when=FIRST_COMPLETED).done:
                outcome = sent.result()
                delivered += outcome.ok
                _settle(under_way.pop(sent), outcome)


def forget_deliveries() -> None:
    """Remove what was delivered long ago."""
    HookDelivery.objects.filter(done=True, made_at__lt=clock.now() - KEPT).delete()


def _due(busy: Sequence[Hook]) -> list[Hook]:
    """Some hooks that have not heard of all that is signed, as far as there is room beside those
    that are `busy`: those that answer first, of them those that wait longest. Nobody's receivers,
    and none that fail, take all of the room, however slow they are."""
    waiting = (
        Hook.objects.filter(state=Hook.State.ON, run__due_at__lte=Now())
        .select_related("run", "person", "key")
        .order_by("run__due_at", "id")
    )
    taken = {one.pk for one in busy}
    found = [one for one in waiting if one.pk not in taken]
    sizes = signed_sizes({one.body_id for one in found})
    behind = [one for one in found if one.run.next_leaf < sizes.get(one.body_id, 0)]
    behind.sort(key=_fails)  # stable
    of_person = Counter(one.person_id for one in busy)
    failing = sum(map(_fails, busy))
    chosen: list[Hook] = []
    for one in behind:
        if len(busy) + len(chosen) == _AT_ONCE:
            break
        if of_person[one.person_id] == _OF_PERSON or (_fails(one) and failing == _FAILING):
            continue
        of_person[one.person_id] += 1
        failing += _fails(one)
        chosen.append(one)
    return chosen


def _fails(hook: Hook) -> bool:
    return hook.run.failing_since is not None


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
            "time": one.when.astimezone(dt.UTC).isoformat(timespec="microseconds"),
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
        if hook.state == Hook.State.ON:
            stop(SYSTEM, hook, why)
