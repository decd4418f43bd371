"""A person lets another use rights of his in his place, from day to day (NĐ30 Điều 13)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import standing
from tangthu.identity.acting import Acting
from tangthu.identity.models import Delegation, Role
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import DELEGABLE, rights_of
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.kernel.rulebook import rulebook
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc
from tangthu.ui import formats


def delegate(
    acting: Acting,
    *,
    body_id: uuid.UUID,
    receiver_id: uuid.UUID,
    rights: Collection[str],
    since: dt.date,
    until: dt.date,
    decision: str,
) -> Delegation:
    """Let a colleague use some of one's own rights at the body until the day `until`, its last.

    Only what one holds by a position of one's own: what was delegated is not delegated on. It
    stands at once, for whoever gives it is who may. Raises InvalidInput on "receiver", "rights",
    "since" (a day that has passed), "until" or "decision".
    """
    me = acting.viewer
    problems: dict[str, list[object]] = {}
    named = sorted(set(rights))
    own = delegable_at(me, body_id)
    if not named or set(named) - set(own):
        problems["rights"] = [_("Chọn quyền mà chức vụ của chính bạn cho.")]
    colleagues = standing.appointments().filter(position__body_id=body_id, person_id=receiver_id)
    if receiver_id == me.person_id or not colleagues.exists():
        problems["receiver"] = [_("Chọn một người khác đang giữ chức vụ ở cơ quan.")]
    today = timezone.localdate()
    if since < today:
        problems["since"] = [_("Không ủy quyền cho ngày đã qua.")]
    longest = rulebook().duration("delegation.longest", today).after(max(since, today))
    if until < max(since, today):
        problems["until"] = [_("Ngày hết hạn đã qua, hoặc trước ngày bắt đầu.")]
    elif until > longest:
        problems["until"] = [
            _("Ủy quyền lâu nhất đến hết ngày %(day)s; cần lâu hơn thì giao chức vụ.")
            % {"day": formats.day(longest)}
        ]
    kept = nfc(decision).strip()[:200]
    if not kept:
        problems["decision"] = [_("Ghi số, ngày của văn bản ủy quyền.")]
    if problems:
        raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
    with transaction.atomic():
        made = Delegation(
            body_id=body_id,
            giver_id=me.person_id,
            receiver_id=receiver_id,
            rights=named,
            effective_from=since,
            effective_to=until,
            decision=kept,
            given_at=clock.now(),
        )
        made.save(force_insert=True)
        _tell(
            acting, made, "identity.person.delegated", to=str(receiver_id), rights=named,
            since=since.isoformat(), until=until.isoformat(), decision=kept,
        )  # fmt: skip
    return made


def delegable_at(viewer: Viewer, body_id: uuid.UUID) -> list[str]:
    """What a person may let another do at the body: what a position of his own gives him there.

    Not what he has as an inspector: who inspects reads all and changes nothing (RM-600), and it is
    he who was named to inspect.
    """
    roles = [role for body, role, _title in viewer.positions if body == body_id]
    held = {right for role in roles if role != Role.INSPECTOR for right in rights_of(role)}
    return [right for right in DELEGABLE if right in held]


def end_delegation(acting: Acting, delegation_id: uuid.UUID) -> None:
    """Take a delegation back: its last day was yesterday. Its giver may, and who manages people.

    Raises NotFoundForViewer.
    """
    with transaction.atomic():
        today = timezone.localdate()
        found = (
            Delegation.objects.select_for_update()
            .filter(pk=delegation_id, effective_to__gte=today)
            .first()
        )
        if found is None or not (
            found.giver_id == acting.viewer.person_id or acting.may("people.manage", found.body_id)
        ):
            raise NotFoundForViewer()
        found.effective_to = today - dt.timedelta(days=1)
        found.save(update_fields=["effective_to"])
        _tell(acting, found, "identity.person.delegation_ended", to=str(found.receiver_id))


def _tell(acting: Acting, one: Delegation, kind: str, **detail: object) -> None:
    record(
        Event(
            kind=kind,
            obj=one.giver_id,
            body=one.giver.home_body_id,
            actor=acting.actor(one.body_id),
            detail={"at": str(one.body_id), "delegation": str(one.pk), **detail},
        )
    )
