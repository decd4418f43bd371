"""End sessions of one's own account, or of another that one manages; who ends all others fears that
somebody else was in."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house
from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import Refused
from tangthu.kernel.securitylog import Noted, note
from tangthu.ledger.record import Event, record
from tangthu.signin import queries
from tangthu.signin.actions import visit
from tangthu.signin.actions.resetting import note_suspicion
from tangthu.signin.models import Kind
from tangthu.signin.noticing import of


def end_own(account: Account, *, keep: uuid.UUID | None, only: uuid.UUID | None = None) -> int:
    """End one's own session `only`, or all but `keep`; returns how many stood. With all others
    rests what somebody else may have set meanwhile (`note_suspicion`)."""
    with transaction.atomic():
        count = visit.end(account, keep=keep, only=only)
        if only is None:
            note_suspicion(Acting(viewer_of(account.person), "web"), account)
        if count:
            detail = {"sessions": count}
            note(Noted(Kind.SESSION_ENDED, account.username, detail=detail, **of(account)))
    return count


def end_of(acting: Acting, person_id: uuid.UUID) -> int:
    """End every session of another person, who may sign in again with all that is asked then;
    returns how many stood. His hooks rest (`note_suspicion`), nothing else of his changes.

    Raises NotFoundForViewer for somebody whom the acting person does not manage, KeptByOthers for
    who keeps the house, Refused for himself.
    """
    account = queries.managed(acting, person_id)
    house.require_over(acting, person_id)
    if person_id == acting.viewer.person_id:
        raise Refused(
            _("Không tự kết thúc phiên của chính mình ở đây."),
            hint=_("Kết thúc ở trang “Tài khoản của tôi”."),
        )
    with transaction.atomic():
        count = visit.end(account)
        note_suspicion(acting, account)
        record(
            Event(
                kind="signin.sessions.ended",
                obj=account.person_id,
                body=account.person.home_body_id,
                actor=acting.actor(queries.body_of_managed(acting, account)),
                detail={"sessions": count},
            )
        )
    return count
