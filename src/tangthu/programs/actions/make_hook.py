"""Have events told to an address, hold that, go on with it, end it; let it rest when somebody else
may have set it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.securitylog import Noted, note
from tangthu.ledger.following import signed_sizes
from tangthu.ledger.record import Event, record
from tangthu.programs import hook_keys, queries
from tangthu.programs.hook_addresses import host_of, trouble_with
from tangthu.programs.hook_events import kinds_offered
from tangthu.programs.models import ApiKey, Hook, HookRun
from tangthu.standards.vietnamese import nfc

MOST_HOOKS = 10
# Why a hook rests that somebody else may have set (`Hook.why`).
RESET = "reset"
_LIVING = (Hook.State.ON, Hook.State.PAUSED, Hook.State.STOPPED)


def make_hook(
    acting: Acting,
    *,
    name: str,
    body_id: uuid.UUID,
    url: str,
    kinds: Sequence[str],
    key: ApiKey | None = None,
) -> Hook:
    """A new hook of the acting person's own; it tells of what is signed from now on.

    `kinds`: of `hook_events.kinds_offered`. A program names its `key`, with which the hook ends and
    beyond which it tells nothing. Raises InvalidInput with `problems`, or Refused: a person has at
    most MOST_HOOKS.
    """
    name, url = nfc(name).strip(), url.strip()
    problems: dict[str, list[object]] = {}
    if not name or len(name) > 120 or not name.isprintable():
        problems["name"] = [_("Đặt tên, nhiều nhất 120 ký tự.")]
    if not queries.rights_at(acting.viewer, body_id):
        problems["body"] = [_("Bạn không giữ chức vụ nào ở cơ quan này.")]
    wanted = sorted(set(kinds))
    if not wanted or not set(wanted) <= set(kinds_offered()):
        problems["kinds"] = [_("Chọn ít nhất một loại sự kiện, trong những loại gửi được.")]
    trouble = trouble_with(url)
    if trouble is not None:
        problems["url"] = [trouble]
    if problems:
        raise InvalidInput(_("Chưa tạo được nơi nhận tin."), problems=problems)
    with transaction.atomic():
        # One after another, so that none passes the ceiling together.
        Person.objects.select_for_update().get(pk=acting.viewer.person_id)
        mine = Hook.objects.filter(person_id=acting.viewer.person_id, state__in=_LIVING)
        if mine.count() >= MOST_HOOKS:
            raise Refused(
                _("Bạn đã có quá nhiều nơi nhận tin."),
                hint=_("Xóa nơi không dùng nữa rồi tạo lại."),
            )
        moment = clock.now()
        hook = Hook(
            person_id=acting.viewer.person_id, body_id=body_id, key=key, name=name, url=url,
            kinds=wanted, created_at=moment,
        )  # fmt: skip
        hook.public_key = hook_keys.public_key(hook.pk)
        hook.save(force_insert=True)
        start = signed_sizes([body_id]).get(body_id, 0)
        HookRun(hook=hook, next_leaf=start, due_at=moment).save(force_insert=True)
        tell(
            acting, hook, "programs.hook.made", kinds=wanted, key=hook_keys.key_id(hook.public_key)
        )
    return hook


def pause_hook(acting: Acting, hook_id: uuid.UUID) -> Hook:
    """Send nothing until somebody goes on with it; nothing is lost meanwhile. One that sends not
    stays as it is. Raises NotFoundForViewer."""
    return _turn(acting, hook_id, Hook.State.PAUSED, "programs.hook.paused", of=(Hook.State.ON,))


def resume_hook(acting: Acting, hook_id: uuid.UUID) -> Hook:
    """Send again, beginning with what was not delivered. Raises NotFoundForViewer, and Refused for
    an address that the house no longer sends to, and to others than its person where it rests
    because somebody else may have set it."""
    found = queries.hook(acting.viewer, hook_id)
    if found.why == RESET and found.person_id != acting.person_id:
        raise Refused(
            _("Chỉ người đặt cho nơi này nhận tin lại."),
            hint=_("Người ấy xem lại địa chỉ, rồi chọn “Gửi tiếp” hoặc “Xóa”."),
        )
    trouble = trouble_with(found.url)
    if trouble is not None:
        raise Refused(_("Chưa gửi tiếp được."), hint=trouble)
    rest = (Hook.State.PAUSED, Hook.State.STOPPED)
    return _turn(acting, hook_id, Hook.State.ON, "programs.hook.resumed", of=rest)


def remove_hook(acting: Acting, hook_id: uuid.UUID) -> Hook:
    """End a hook for good. Raises NotFoundForViewer."""
    return _turn(acting, hook_id, Hook.State.REMOVED, "programs.hook.removed", of=_LIVING)


def rest_hooks(acting: Acting, person_id: uuid.UUID) -> int:
    """Let every hook of a person rest until he goes on with it himself: whoever knew his password,
    or sat in his session, may have set it. Returns how many."""
    found = Hook.objects.select_for_update().filter(person_id=person_id)
    resting = list(found.exclude(state=Hook.State.REMOVED).exclude(why=RESET))
    for hook in resting:
        stop(acting, hook, RESET)
    return len(resting)


def stop(acting: Acting, hook: Hook, why: str) -> None:
    """In the transaction of an action: stop a hook that is locked, and say so in the log and the
    security log."""
    hook.state, hook.why = Hook.State.STOPPED, why
    hook.save(update_fields=["state", "why"])
    tell(acting, hook, "programs.hook.stopped", why=why)
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


def _turn(
    acting: Acting, hook_id: uuid.UUID, state: Hook.State, kind: str, *, of: Sequence[Hook.State]
) -> Hook:
    found = queries.hook(acting.viewer, hook_id)
    with transaction.atomic():
        hook = Hook.objects.select_for_update().get(pk=found.pk)
        if hook.state in of:
            hook.state, hook.why = state, ""
            hook.save(update_fields=["state", "why"])
            if state == Hook.State.ON:
                HookRun.objects.filter(hook=hook).update(
                    due_at=clock.now(), failing_since=None, attempts=0
                )
            tell(acting, hook, kind)
    return hook


def tell(acting: Acting, hook: Hook, kind: str, **more: object) -> None:
    """Record what was done to a hook; of its address the host alone, the rest may be a secret."""
    detail = {"name": hook.name, "host": host_of(hook.url), "person": str(hook.person_id), **more}
    record(
        Event(
            kind=kind,
            obj=hook.pk,
            body=hook.body_id,
            actor=acting.actor(hook.body_id),
            detail=detail,
        )
    )
