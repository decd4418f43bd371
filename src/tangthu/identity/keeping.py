"""What no body is left without: somebody who confirms changes of rights, somebody who manages them;
and the house not without somebody who keeps it.

Without the first the second person of RM-630 c would be gone; without the second nobody could ever
be appointed again. Whoever runs the machine helps a body out that lost both (`person rescue`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house, standing
from tangthu.identity.acting import Acting
from tangthu.identity.models import Appointment
from tangthu.identity.roles import rights_of
from tangthu.kernel import advisory
from tangthu.kernel.errors import Refused
from tangthu.ui import formats

CONFIRM, MANAGE = "rights.confirm", "people.manage"


class LastHolder(Refused):
    """The body would have nobody left with a right that it cannot be without."""

    http_status = 409


def require_kept(acting: Acting, ending: Collection[Appointment], day: dt.date) -> None:
    """Raise LastHolder if, once the appointments `ending` give no more on `day`, nobody else at one
    of their bodies confirms changes of rights, or nobody manages people, or on that or a later day
    on which they would have given it nobody at any body keeps the house.

    In a transaction: whoever ends others at the same bodies waits until it is over. The
    installation itself, and whoever runs the machine, is not held back.
    """
    if acting.is_system:
        return
    keys = [one.pk for one in ending]
    for body_id in sorted({one.position.body_id for one in ending}):
        advisory.until_commit(f"holders {body_id}")
        lasting = Q(effective_to=None) | Q(effective_to__gte=day)
        here = Appointment.objects.filter(
            standing.gives(), lasting, position__body_id=body_id, person__active=True
        ).select_related("position")
        lost = {
            right
            for one in here.filter(pk__in=keys)
            for right in rights_of(one.position.role) & {CONFIRM, MANAGE}
        }
        left = here.filter(effective_from__lte=day, person__account__is_active=True)
        for one in left.exclude(pk__in=keys):
            lost -= rights_of(one.position.role)
        if CONFIRM in lost:
            raise LastHolder(
                _("Đây là người cuối cùng của cơ quan xác nhận thay đổi quyền."),
                hint=_(
                    "Giao chức vụ cho người xác nhận khác và để người này xác nhận trước; nếu"
                    " không còn ai xác nhận, người vận hành máy dùng tangthu person rescue."
                ),
            )
        if MANAGE in lost:
            raise LastHolder(
                _("Đây là người quản trị cuối cùng của cơ quan."),
                hint=_(
                    "Giao chức vụ quản trị cho người khác và để chức vụ ấy được xác nhận trước; nếu"
                    " không làm được, người vận hành máy dùng tangthu person rescue."
                ),
            )

    _require_house_kept(keys, day)


def _require_house_kept(keys: Collection[uuid.UUID], day: dt.date) -> None:
    """The same for the house, and for every later day on which who goes would have kept it: others
    have last days too."""
    advisory.until_commit("holders house")
    given = house.posts().filter(standing.gives())
    left = given.filter(person__account__is_active=True).exclude(pk__in=keys)
    spans = [(one.effective_from, one.effective_to or dt.date.max) for one in left]
    gaps = [
        gap
        for one in given.filter(pk__in=keys)
        if (gap := _first_not_in(spans, max(day, one.effective_from), one.effective_to))
    ]
    if not gaps:
        return
    words = _("Đây là người cuối cùng quản trị hệ thống của nhà.")
    if min(gaps) > day:
        words = _("Từ ngày %(day)s không còn ai quản trị hệ thống của nhà.") % {
            "day": formats.day(min(gaps))
        }
    raise LastHolder(
        words,
        hint=_(
            "Giao quyền quản trị hệ thống cho người khác và để quyền ấy được xác nhận trước;"
            " nếu không làm được, người vận hành máy dùng tangthu keeper give."
        ),
    )


def _first_not_in(
    spans: Iterable[tuple[dt.date, dt.date]], day: dt.date, last: dt.date | None
) -> dt.date | None:
    """The first day from `day` to `last` (None: for ever) that lies in none of the spans."""
    last = last or dt.date.max
    for since, until in sorted(spans):
        if since > day:
            break
        if until >= day:
            if until >= last:
                return None
            day = until + dt.timedelta(days=1)
    return day if day <= last else None


def ever_confirmed(body_id: uuid.UUID | None, but: uuid.UUID) -> bool:
    """Whether anybody other than `but` has ever held a position that confirms rights at the body,
    or (None) at any but those to practise at.

    Whoever has been there is not forgotten by his position ending: else who ends it would be alone.
    """
    held = Appointment.objects.filter(
        Q(confirmed_at__isnull=False) | Q(alone=True),
        refused_at=None,
        effective_from__lte=timezone.localdate(),
    ).exclude(person_id=but)
    if body_id is None:
        held = held.filter(position__body__practice_of=None)
    else:
        held = held.filter(position__body_id=body_id)
    roles = held.order_by().values_list("position__role", flat=True).distinct()
    return any(CONFIRM in rights_of(role) for role in roles)
