"""Who confirms no change of rights for now: somebody else reset his password or second step.

Whoever reset it could sign in as him first, and would confirm what he asked for himself. For a
while nothing is confirmed in that name, and those who confirm beside him are told.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity import standing
from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.signin import rules
from tangthu.signin.models import SignInState
from tangthu.ui import formats


def _length() -> dt.timedelta:
    return dt.timedelta(hours=rules.number("confirming_rest"))


def until(person_id: uuid.UUID) -> dt.datetime | None:
    """Until when a person confirms nothing; None if nothing keeps him."""
    state = SignInState.objects.filter(account__person_id=person_id).first()
    if state is None or state.reset_at is None:
        return None
    end = state.reset_at + _length()
    return end if end > timezone.now() else None


def doubt(person_id: uuid.UUID) -> str:
    """Why somebody else may sign in as a person now, and what ends that; "" if nothing says so.

    Another who gave him his password, until he has set his own; and for a while after that, as
    after a reset: it may have been that other who set it.
    """
    state = SignInState.objects.filter(account__person_id=person_id).first()
    if state is None or state.password_at is None:
        return _("Mật khẩu của người ấy do người khác cấp; người ấy đăng nhập và đặt mật khẩu mới.")
    moments = [one for one in (state.reset_at, state.own_since) if one is not None]
    end = max(moments) + _length() if moments else timezone.now()
    if end <= timezone.now():
        return ""
    return _(
        "Mật khẩu hoặc xác thực hai bước của người ấy vừa do người khác cấp hoặc đặt lại; đợi đến "
        "%(when)s."
    ) % {"when": formats.moment(end)}


def confirms(person_id: uuid.UUID) -> bool:
    """Whether a person confirms changes of rights at any body by a position of his own."""
    return any(
        person_id in standing.held_by_role("rights.confirm", body)
        for body in standing.appointments()
        .filter(person_id=person_id)
        .values_list("position__body_id", flat=True)
    )


def told_to(viewer: Viewer) -> list[tuple[Account, dt.datetime]]:
    """Accounts of people who confirm rights where the viewer does, himself included, that somebody
    else reset a short while ago, and until when they confirm nothing."""
    people = {
        one
        for body in viewer.bodies_with("rights.confirm")
        for one in standing.held_by_role("rights.confirm", body)
    }
    found = Account.objects.filter(
        person_id__in=people, signin__reset_at__gt=timezone.now() - _length()
    )
    return [
        (one, one.signin.reset_at + _length())
        for one in found.select_related("person", "signin").order_by("signin__reset_at")
    ]
