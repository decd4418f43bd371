"""Checks of accounts: passwords that others gave, old ones of administrators, failed sign-ins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tangthu.identity import house, standing
from tangthu.identity.models import Account, Body
from tangthu.identity.queries import viewer_of
from tangthu.identity.roles import DELEGABLE, GRANTABLE, rights_on
from tangthu.kernel import clock
from tangthu.kernel.checks import Bodies, Finding
from tangthu.signin import duties, rules
from tangthu.signin import standing as account_state
from tangthu.signin.models import Kind, SecondStep, SecurityEntry

_LIST = "tangthu --as NGƯỜI account list"
_LOG = "tangthu --as NGƯỜI security-log"
_PATIENCE = dt.timedelta(days=7)
_LATELY = dt.timedelta(days=1)
_MANY_FAILURES = 20


def accounts_of(bodies: Bodies, since: dt.date = dt.date.max) -> QuerySet[Account]:
    """Accounts in use of people with a position today at one of `bodies` (None: at any), held
    since before `since`."""
    held = standing.appointments().filter(effective_from__lt=since)
    if bodies is not None:
        held = held.filter(position__body_id__in=bodies)
    return Account.objects.filter(
        is_active=True, person__active=True, person_id__in=held.values("person_id")
    )


def look(bodies: Bodies) -> Iterator[Finding]:
    """Passwords and sign-ins, in numbers: whose they are stands on the pages of accounts."""
    found = [
        *_unkept(), *_given(bodies), *_one_step(bodies), *_inside(), *_old(bodies),
        *_failures(bodies),
    ]  # fmt: skip
    yield from found or [Finding("ok", _("Tài khoản và đăng nhập không có gì bất thường."))]


def _unkept() -> Iterator[Finding]:
    """That nobody keeps the house, or soon nobody will (docs/decisions/016)."""
    soon = timezone.localdate() + dt.timedelta(days=30)
    kept = house.posts().filter(standing.gives(), person__account__is_active=True)
    if Body.objects.exists() and not kept.exclude(effective_to__lt=soon).exists():
        yield Finding(
            "error",
            _("Không ai quản trị hệ thống của nhà, hoặc trong 30 ngày nữa không còn ai."),
            _("Không ai xem được tình trạng máy, kho và sao lưu, không ai mở được cơ quan."),
            _("Chạy tangthu keeper give TÊN_ĐĂNG_NHẬP --decision …"),
        )


def _given(bodies: Bodies) -> Iterator[Finding]:
    """Passwords that somebody else knows, of people who have been here for a week."""
    here = accounts_of(bodies, clock.now().date() - _PATIENCE)
    count = here.filter(Q(signin=None) | Q(signin__password_at=None)).count()
    if count:
        yield Finding(
            "warning",
            ngettext(
                "%(n)s tài khoản vẫn dùng mật khẩu do người khác cấp.",
                "%(n)s tài khoản vẫn dùng mật khẩu do người khác cấp.",
                count,
            )
            % {"n": count},
            _("Người cấp mật khẩu vào được bằng tên người khác."),
            _LIST,
        )


def _one_step(bodies: Bodies) -> Iterator[Finding]:
    """People who must have a second step and have not set it up yet (RM-955)."""
    named = set(rules.rights("second_step_required"))
    without = accounts_of(bodies).filter(pk__in=_without_second_step())
    without = without.exclude(signin__demonstration=True)
    if named & {*DELEGABLE, *GRANTABLE}:
        # Such a right comes by more ways than a position: each person is looked at.
        people = without.select_related("person", "signin")
        count = sum(
            duties.must_have_second_step(viewer_of(one.person), account_state.of(one))
            for one in people
        )
    else:
        roles = [role for role, given in rights_on(timezone.localdate()).items() if given & named]
        held = standing.appointments().filter(position__role__in=roles).order_by()
        count = without.filter(person_id__in=held.values("person_id")).count()
    if count:
        yield Finding(
            "warning",
            ngettext(
                "%(n)s người phải xác thực hai bước mà chưa thiết lập.",
                "%(n)s người phải xác thực hai bước mà chưa thiết lập.",
                count,
            )
            % {"n": count},
            _("Ai biết mật khẩu thì vào được trước và tự thiết lập bước thứ hai."),
            _("Nhắc người ấy đăng nhập; xem ai: %(command)s") % {"command": _LIST},
        )


def _inside() -> Iterator[Finding]:
    """A site that others may reach, of which nobody said who is outside (RM-955)."""
    if settings.SITE_HTTPS and not settings.INSIDE:
        yield Finding(
            "note",
            _("Chưa khai mạng của cơ quan (TANGTHU_INSIDE)."),
            _("Chỉ ai đến từ địa chỉ công cộng mới bị buộc xác thực hai bước."),
            "TANGTHU_INSIDE=10.0.0.0/8",
        )


def _without_second_step() -> QuerySet[Account]:
    return Account.objects.exclude(pk__in=SecondStep.objects.values("account"))


def _old(bodies: Bodies) -> Iterator[Finding]:
    """Passwords of administrators beyond their age (RM-955)."""
    own = accounts_of(bodies).exclude(signin=None).exclude(signin__password_at=None)
    count = sum(
        1
        for account in own.filter(signin__password_at__lt=rules.ago("administrator_password_age"))
        if duties.is_administrator(viewer_of(account.person))
    )
    if count:
        yield Finding(
            "note",
            ngettext(
                "%(n)s quản trị có mật khẩu quá hạn.", "%(n)s quản trị có mật khẩu quá hạn.", count
            )
            % {"n": count},
            _("Hệ thống bắt đổi ở lần đăng nhập tới."),
            _LIST,
        )


def _failures(bodies: Bodies) -> Iterator[Finding]:
    entries = SecurityEntry.objects.filter(at__gte=clock.now() - _LATELY)
    if bodies is not None:
        entries = entries.filter(body_id__in=bodies)
    counts = entries.aggregate(
        failed=Count("id", filter=Q(kind=Kind.FAILED)),
        locked=Count("id", filter=Q(kind=Kind.LOCKED)),
    )
    if counts["locked"] or counts["failed"] >= _MANY_FAILURES:
        yield Finding(
            "warning",
            _("Một ngày qua: %(failed)s lần đăng nhập sai, %(locked)s lần bị khóa tạm.") % counts,
            _("Có thể có người đang đoán mật khẩu."),
            _LOG,
        )
