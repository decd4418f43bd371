"""Ask that somebody be given a right: for a body, a fonds, a dossier or a document (RM-630 b)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import scopes
from tangthu.identity.acting import Acting
from tangthu.identity.actions.change_rights import asking
from tangthu.identity.models import Grant, Group, Position, Unit
from tangthu.identity.policies import LEVELS_OF
from tangthu.identity.practice import people_for
from tangthu.identity.roles import GRANTABLE
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc

_DECISION_LENGTH = 200


def ask_grant(
    acting: Acting,
    *,
    right: str,
    scope_kind: str,
    scope: uuid.UUID,
    holder_kind: str,
    holder: uuid.UUID,
    decision: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Grant:
    """Ask for a grant; it gives the right once a second person has confirmed it.

    `decision`: number, day and issuer of what it rests on. Raises NotFoundForViewer for a thing
    that the acting person may not see, Refused, InvalidInput on "right", "holder", "until" or
    "decision".
    """
    thing = scopes.named(acting.viewer, scope_kind, scope)
    if thing is None:
        raise NotFoundForViewer()
    acting.require("rights.ask", thing.body_id)
    since = since or timezone.localdate()
    problems = _problems(right, scope_kind, until, since, decision)
    if not _may_hold(thing.body_id, holder_kind, holder):
        problems["holder"] = _("Chọn người, chức vụ, đơn vị hoặc nhóm được cấp quyền.")
    if problems:
        raise InvalidInput(
            next(iter(problems.values())), problems={key: [one] for key, one in problems.items()}
        )
    grant = Grant(
        body_id=thing.body_id,
        right=right,
        scope_kind=scope_kind,
        scope=scope,
        holder_kind=holder_kind,
        holder=holder,
        effective_from=since,
        effective_to=until,
        decision=nfc(decision).strip(),
        **asking(acting, thing.body_id),
    )
    with transaction.atomic():
        grant.save(force_insert=True)
        record(
            Event(
                kind="identity.rights.granted",
                obj=grant.pk,
                body=grant.body_id,
                actor=acting.actor(grant.body_id),
                detail={
                    "right": right,
                    "scope": [scope_kind, str(scope)],
                    "holder": [holder_kind, str(holder)],
                    "since": since.isoformat(),
                    "until": until.isoformat() if until else "",
                    "decision": grant.decision,
                    "change": str(grant.pk),
                },
            )
        )
    return grant


def grantable(scope_kind: str) -> tuple[str, ...]:
    """The rights that can be given for a kind of thing: for less than a body, to read alone."""
    if scope_kind == Grant.Scope.BODY:
        return GRANTABLE
    return tuple(right for right in GRANTABLE if right in LEVELS_OF)


def _problems(
    right: str, scope_kind: str, until: dt.date | None, since: dt.date, decision: str
) -> dict[str, object]:
    found: dict[str, object] = {}
    if right not in grantable(scope_kind):
        found["right"] = _("Chọn một quyền.")
    if until is not None and until < since:
        found["until"] = _("Ngày hết hạn trước ngày bắt đầu.")
    kept = nfc(decision).strip()
    if not 0 < len(kept) <= _DECISION_LENGTH:
        found["decision"] = _("Ghi số, ngày và cơ quan ra quyết định, nhiều nhất 200 ký tự.")
    return found


def _may_hold(body_id: uuid.UUID, kind: str, holder: uuid.UUID) -> bool:
    """Whether there is such a holder: a person of any body, and of this one all others."""
    today = timezone.localdate()
    if kind == Grant.Holder.PERSON:
        return people_for(body_id).filter(pk=holder).exists()
    if kind == Grant.Holder.GROUP:
        return Group.objects.filter(pk=holder, body_id=body_id, closed_at=None).exists()
    if kind == Grant.Holder.POSITION:
        standing = Position.objects.filter(pk=holder, body_id=body_id)
        return standing.exclude(effective_to__lt=today).exists()
    units = Unit.objects.filter(pk=holder, body_id=body_id)
    return kind == Grant.Holder.UNIT and units.exclude(effective_to__lt=today).exists()
