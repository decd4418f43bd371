"""Who keeps the house: the machine, its stores, backups and bodies (docs/decisions/016).

The right is given by a position, as every right; but it reaches beyond the body of that position,
so it is asked for, ended and guarded by who has it, never by who administers a body.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Appointment
from tangthu.identity.roles import rights_on
from tangthu.kernel.errors import Refused

KEEP = "house.keep"


# Why an account may be in another's hands (a reset a short while ago), registered by who knows.
_doubts: list[Callable[[uuid.UUID], object]] = []


def on_giving(doubt: Callable[[uuid.UUID], object]) -> None:
    """Let `doubt` say why somebody else may sign in as a person; None or "" if nothing says so."""
    _doubts.append(doubt)


class NotHisAlone(Refused):
    """Somebody else may sign in as the person: whoever that is would keep the house."""

    http_status = 409


class KeptByOthers(Refused):
    """The person keeps the house: only another who keeps it decides on how he comes in and goes."""


def keeping_roles() -> frozenset[str]:
    """The roles that keep the house today."""
    given = rights_on(timezone.localdate())
    return frozenset(role for role, rights in given.items() if KEEP in rights)


def keeps(acting: Acting) -> bool:
    """Whether the acting person keeps the house, at whichever body he holds the position."""
    if acting.is_system:
        return True
    return acting.behind is None and acting.viewer.may_anywhere(KEEP)


def require_keeper(acting: Acting) -> None:
    """Raise Refused unless the acting person keeps the house."""
    if not keeps(acting):
        raise Refused(
            _("Chỉ người quản trị hệ thống của nhà làm được việc này."),
            hint=_("Nhờ người có vai trò Quản trị hệ thống."),
            right=KEEP,
        )


def require_his_alone(person_id: uuid.UUID) -> None:
    """Raise NotHisAlone while somebody else may sign in as a person who is to keep the house."""
    for doubt in _doubts:
        why = doubt(person_id)
        if why:
            raise NotHisAlone(
                _("Người này chưa giữ được quyền quản trị hệ thống: người khác có thể vào thay."),
                hint=why,
                right=KEEP,
            )


def posts() -> QuerySet[Appointment]:
    """The positions that keep the house, at every body: asked for, and not over, ended or refused;
    by name."""
    today = timezone.localdate()
    return (
        Appointment.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=today),
            position__role__in=keeping_roles(),
            ended_at=None,
            refused_at=None,
            person__active=True,
        )
        .select_related("person__account", "position__body")
        .order_by("person__sort_key", "id")
    )


def guarded(acting: Acting, person_id: uuid.UUID) -> bool:
    """Whether a person keeps the house, now or once it is confirmed, and the acting person does
    not: whoever could come in as him would."""
    return not keeps(acting) and posts().filter(person_id=person_id).exists()


def require_over(acting: Acting, person_id: uuid.UUID) -> None:
    """Raise KeptByOthers for a person who keeps the house, unless the acting person does too."""
    if guarded(acting, person_id):
        raise KeptByOthers(
            _("Người này quản trị hệ thống của nhà; quản trị cơ quan không làm việc này được."),
            hint=_(
                "Nhờ người quản trị cơ quan này mà cũng quản trị hệ thống, hoặc người vận hành máy."
            ),
            right=KEEP,
        )
