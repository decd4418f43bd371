"""Groups of people who may know the same things: open, close, ask for a member (RM-690 1.a)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.actions.add_person import words_of
from tangthu.identity.actions.change_rights import asking
from tangthu.identity.models import Group, GroupMember
from tangthu.identity.practice import people_for
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import name_sort_key, nfc


def open_group(acting: Acting, *, body_id: uuid.UUID, name: str) -> Group:
    """Open a group of the body. Raises Refused, InvalidInput on "name"."""
    acting.require("people.manage", body_id)
    name = words_of(name, _("Chưa có tên nhóm."))
    with transaction.atomic():
        if Group.objects.filter(body_id=body_id, name__iexact=name, closed_at=None).exists():
            words = _("Cơ quan đã có nhóm tên này.")
            raise InvalidInput(words, problems={"name": [words]})
        group = Group(
            body_id=body_id, name=name, sort_key=name_sort_key(name), created_at=clock.now()
        )
        group.save(force_insert=True)
        _tell(acting, group, "identity.group.opened", name=name)
    return group


def close_group(acting: Acting, group_id: uuid.UUID) -> None:
    """Close a group: what was granted to it gives nothing more. Raises NotFoundForViewer."""
    with transaction.atomic():
        group = _group(acting, group_id)
        now = clock.now()
        for member in group.members.select_for_update().filter(ended_at=None, refused_at=None):
            member.ended_by, member.ended_at = acting.viewer.person_id, now
            member.save(update_fields=["ended_by", "ended_at"])
        group.closed_at = now
        group.save(update_fields=["closed_at"])
        _tell(acting, group, "identity.group.closed", name=group.name)


def ask_member(
    acting: Acting,
    group_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    decision: str,
    until: dt.date | None = None,
) -> GroupMember:
    """Ask that a person join a group from today on; a second person confirms it.

    Raises NotFoundForViewer, Refused, InvalidInput on "person", "until" or "decision".
    """
    with transaction.atomic():
        group = _group(acting, group_id)
        today = timezone.localdate()
        problems: dict[str, list[object]] = {}
        if not people_for(group.body_id).filter(pk=person_id).exists():
            problems["person"] = [_("Chọn một người.")]
        elif group.members.filter(person_id=person_id, ended_at=None, refused_at=None).exists():
            problems["person"] = [_("Người này đã ở trong nhóm, hoặc đang chờ xác nhận.")]
        if until is not None and until < today:
            problems["until"] = [_("Ngày hết hạn đã qua.")]
        kept = nfc(decision).strip()[:200]
        if not kept:
            problems["decision"] = [_("Ghi số, ngày và cơ quan ra quyết định.")]
        if problems:
            raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
        member = GroupMember(
            group=group,
            person_id=person_id,
            effective_from=today,
            effective_to=until,
            decision=kept,
            **asking(acting, group.body_id),
        )
        member.save(force_insert=True)
        _tell(
            acting, group, "identity.group.member_asked", person=str(person_id), decision=kept,
            change=str(member.pk), since=today.isoformat(),
            until=until.isoformat() if until else "",
        )  # fmt: skip
    return member


def _group(acting: Acting, group_id: uuid.UUID) -> Group:
    found = Group.objects.select_for_update().filter(pk=group_id, closed_at=None).first()
    if found is None or not acting.may("people.manage", found.body_id):
        raise NotFoundForViewer()
    return found


def _tell(acting: Acting, group: Group, kind: str, **detail: str) -> None:
    record(
        Event(
            kind=kind,
            obj=group.pk,
            body=group.body_id,
            actor=acting.actor(group.body_id),
            detail=detail,
        )
    )
