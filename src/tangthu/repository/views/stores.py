"""The page of the stores: how each stands, what was checked lately, and ordering a check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.repository import queries
from tangthu.repository.actions.order_check import UNDER_WAY
from tangthu.repository.hazards import never_apart, replace_by, undeclared
from tangthu.repository.models import Store
from tangthu.repository.queries import StoreSeen
from tangthu.repository.stores import Room
from tangthu.repository.views.asked import keeper
from tangthu.ui import formats
from tangthu.ui.parts import Action, Notice, Tone
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage

LATEST = 10
GIVEN_UP = (Store.State.RETIRING, Store.State.RETIRED)
# How long before its day the replacement of a carrier is told.
CARRIER_NOTICE = dt.timedelta(days=90)


@require_safe
def stores(request: HttpRequest) -> HttpResponse:
    """Every store with its figures, and the latest checks."""
    viewer = keeper(request)
    seen = queries.stores_seen(viewer)
    audits = viewer.may_anywhere("repository.audit")
    latest = list(queries.checks(viewer)[:LATEST]) if audits else []
    running = next((job for job in latest if job.state in UNDER_WAY), None)
    context = {
        "stores": _stores(request, viewer, seen),
        "notices": [*_notices(seen), *([_running(running)] if running else [])],
        "checks": _checks(request, latest) if audits else None,
        "actions": _actions(viewer),
        "given_up": queries.all_stores().filter(state__in=GIVEN_UP),
    }
    return render(request, "repository/stores.html", context)


def _actions(viewer: Viewer) -> list[Action]:
    order = reverse("repository:order-check")
    adds = [Action(_("Thêm kho"), reverse("repository:store-new"), key="m", icon="plus")]
    if not viewer.may_anywhere("repository.audit"):
        return adds
    return [
        Action(_("Kiểm tra và phục hồi"), order, "t", "check", "primary", "post", "repair"),
        Action(_("Chỉ kiểm tra"), order, icon="search", method="post", value="check"),
        Action(_("Sổ gói"), reverse("repository:packages"), key="s", icon="register"),
        *(adds if viewer.may_anywhere("house.keep") else []),
    ]


def _notices(seen: list[StoreSeen]) -> list[Notice]:
    notices = [
        Notice(
            _("Không mở được kho %(name)s") % {"name": one.name},
            tone="danger",
            kept=_("mọi gói vẫn đọc được từ các kho còn lại."),
            todo=_("xem đường mạng, máy chủ S3 và tệp khóa của kho.")
            if one.store.in_bucket
            else _("xem ổ đĩa của kho đã gắn và đọc được chưa; đừng tạo lại thư mục trống."),
        )
        for one in seen
        if not one.usable
    ]
    notices += [_filling(one, one.room) for one in seen if one.room and one.room.filling]
    notices += [_joining(one) for one in seen if one.store.state == Store.State.JOINING]
    notices += _at_one_blow([one.store for one in seen])
    notices += [one for one in map(_carrier, (one.store for one in seen)) if one]
    lost = max((one.lost for one in seen), default=0)
    if lost:
        notices.append(
            Notice(
                ngettext(
                    "%(n)s gói hỏng ở mọi kho, không phục hồi được",
                    "%(n)s gói hỏng ở mọi kho, không phục hồi được",
                    lost,
                )
                % {"n": formats.thousands(lost)},
                tone="danger",
                todo=_("tìm bản lành ở bản sao lưu ngoài hệ thống hoặc ở nơi đã nộp."),
                action_label=_("Xem các gói hỏng"),
                action_url=reverse("repository:packages") + "?state=hurt",
            )
        )
    return notices


def _filling(one: StoreSeen, room: Room) -> Notice:
    words = _("Kho %(name)s gần hết chỗ") if room.nearly_full else _("Kho %(name)s đang đầy dần")
    return Notice(
        words % {"name": one.name},
        _("Ổ đĩa còn trống %(free)s trong %(total)s.")
        % {"free": formats.file_size(room.free), "total": formats.file_size(room.total)},
        tone="danger" if room.nearly_full else "warn",
        kept=_("gói không còn đủ chỗ thì bị từ chối trước khi ghi, mọi gói đã có vẫn nguyên."),
        todo=_("mở rộng ổ đĩa của kho, hoặc chuyển kho sang ổ lớn hơn."),
    )


def _joining(one: StoreSeen) -> Notice:
    return Notice(
        _("Kho %(name)s chưa có đủ các gói") % {"name": one.name},
        _("Gói mới đã được ghi vào kho này; gói từ trước còn phải chép sang."),
        action_label=_("Xem kho %(name)s") % {"name": one.name},
        action_url=reverse("repository:store", args=[one.store.uid]),
    )


def _at_one_blow(stores: list[Store]) -> list[Notice]:
    """What of the stores could go at one blow, as far as it was declared."""
    notices = [
        Notice(
            _("Kho %(one)s và kho %(other)s có thể cùng mất một lúc")
            % {"one": one.name, "other": other.name},
            _("Hai kho chung mọi nguy cơ đã khai, nên chỉ bằng một bản sao."),
            tone="warn",
            todo=_("đặt một kho ở địa điểm khác, trên phương tiện khác."),
        )
        for one, other in never_apart(stores)
    ]
    silent = [one.name for one in stores if undeclared(one)]
    if silent:
        notices.append(
            Notice(
                _("Chưa khai đủ nguy cơ của kho: %(names)s") % {"names": ", ".join(silent)},
                _("Chưa khai thì không biết hai kho có thật là hai bản sao độc lập không."),
                todo=_("quản trị khai địa điểm, nguồn điện, phương tiện ở trang của từng kho."),
            )
        )
    return notices


def _carrier(store: Store) -> Notice | None:
    day = replace_by(store)
    if day is None or day > timezone.localdate() + CARRIER_NOTICE:
        return None
    over = day < timezone.localdate()
    return Notice(
        _("Quá hạn thay phương tiện của kho %(name)s") % {"name": store.name}
        if over
        else _("Sắp đến hạn thay phương tiện của kho %(name)s") % {"name": store.name},
        _("Cần thay trước ngày %(day)s (TT05 Điều 29–31).") % {"day": formats.day(day)},
        tone="danger" if over else "warn",
        todo=_("thêm kho mới trên phương tiện mới, chép sang, rồi thôi dùng kho cũ."),
    )


def _running(job: Job) -> Notice:
    return Notice(
        _("Đang kiểm tra toàn vẹn"),
        _("Bắt đầu lúc %(when)s.") % {"when": formats.moment(job.started_at or job.created_at)},
        action_label=_("Xem tiến độ"),
        action_url=reverse("office:job", args=[job.pk]),
    )


def _stores(request: HttpRequest, viewer: Viewer, seen: list[StoreSeen]) -> RegisterPage:
    # Where a store lies on the server is for those who look after the server.
    shows_path = viewer.may_anywhere("house.keep")
    register: Register[StoreSeen] = Register(
        name="stores",
        caption=_("Các kho"),
        query={},
        default_sort="name",
        row_id=lambda one: one.name,
        columns=(
            Column(
                "name",
                _("Kho"),
                lambda one: Cell(
                    one.name,
                    reverse("repository:store", args=[one.store.uid]),
                    note=one.path if shows_path else one.kind,
                ),
                primary=True,
            ),
            Column("objects", _("Gói"), lambda one: formats.thousands(one.objects), "number"),
            Column("bytes", _("Dung lượng"), lambda one: formats.file_size(one.bytes), "number"),
            Column("free", _("Còn trống"), _free, "number"),
            Column("oldest", _("Lần kiểm tra cũ nhất"), _oldest, "date"),
            Column("state", _("Tình trạng"), _state, "tag"),
        ),
        empty=EmptyState(_("Chưa có kho nào"), _("Các kho được tạo khi đóng gói hồ sơ đầu tiên.")),
    )
    return register.page(seen, sort_values=lambda one: (one.name,))


def _free(one: StoreSeen) -> str:
    return formats.file_size(one.room.free) if one.room else ""


def _oldest(one: StoreSeen) -> str:
    return formats.moment(one.oldest) if one.oldest else ""


def _state(one: StoreSeen) -> Cell:
    told = [
        words % {"n": formats.thousands(count)}
        for count, words in (
            (one.lost, _("%(n)s gói không phục hồi được")),
            (one.hurt, _("%(n)s gói hỏng")),
            (one.unseen, _("%(n)s gói chưa kiểm tra được")),
        )
        if count
    ]
    if one.missing:
        told.append(_("thiếu %(n)s gói") % {"n": formats.thousands(one.missing)})
    if not one.usable:
        return Cell(_("Không mở được"), tone="danger", note="; ".join(told))
    if one.lost or one.hurt:
        return Cell(_("Có bản sao hỏng"), tone="danger", note="; ".join(told))
    if one.unseen:
        return Cell(_("Chưa kiểm tra hết"), tone="warn", note="; ".join(told))
    if one.store.state == Store.State.JOINING:
        return Cell(str(Store.State.JOINING.label), tone="info", note="; ".join(told))
    if one.missing:
        return Cell(_("Thiếu bản sao"), tone="danger", note="; ".join(told))
    return Cell(_("Nguyên vẹn") if one.objects else _("Trống"), tone="ok" if one.objects else "")


def _checks(request: HttpRequest, latest: list[Job]) -> RegisterPage:
    people = {job.person_id for job in latest if job.person_id}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "full_name"))
    register: Register[Job] = Register(
        name="checks",
        caption=_("Các lần kiểm tra gần đây"),
        query={},
        default_sort="-when",
        row_id=lambda job: str(job.pk),
        columns=(
            Column("when", _("Lúc"), lambda job: _when(job, names), "date", primary=True),
            Column("objects", _("Gói"), lambda job: _figure(job, "objects"), "number"),
            Column("files", _("Tệp đã đọc"), lambda job: _figure(job, "files"), "number"),
            Column("found", _("Kết quả"), outcome, "tag"),
        ),
        empty=EmptyState(
            _("Chưa kiểm tra lần nào"),
            _("Mỗi gói được tự động kiểm tra ít nhất mỗi tháng một lần; kết quả hiện ở đây."),
        ),
    )
    return register.page(latest, sort_values=lambda job: (job.created_at.isoformat(),))


def _when(job: Job, names: Mapping[UUID, str]) -> Cell:
    who = names.get(job.person_id, "") if job.person_id else _("tự động")
    page = "office:job" if job.state in UNDER_WAY else "repository:check"
    return Cell(formats.moment(job.created_at), reverse(page, args=[job.pk]), note=who)


def _figure(job: Any, name: str) -> str:
    count = getattr(job, f"n_{name}")
    return "" if count is None else formats.thousands(int(count))


def outcome(job: Any) -> Cell:
    """How a check ended, in a few words; `job` bears the counts of `queries.checks`."""
    bad, mended = job.n_bad or 0, job.n_repaired or 0
    lost, unseen = job.n_unrepairable or 0, job.n_unchecked or 0
    told = [
        words % {"n": formats.thousands(count)}
        for count, words in (
            (bad, _("hỏng %(n)s chỗ")),
            (mended, _("đã phục hồi %(n)s")),
            (lost, _("không phục hồi được %(n)s")),
            (unseen, _("chưa kiểm tra được %(n)s")),
        )
        if count
    ]
    words, tone = _ending(job, hurt=bad > mended, lost=bool(lost), unseen=bool(unseen))
    return Cell(words, tone=tone, note="; ".join(told))


def _ending(job: Job, *, hurt: bool, lost: bool, unseen: bool) -> tuple[str, Tone]:
    if job.state in UNDER_WAY:
        return _("Đang kiểm tra"), "info"
    if lost or hurt:
        return _("Có bản sao hỏng"), "danger"
    if job.state != Job.State.DONE:
        return _("Chưa xong"), "warn"
    if unseen:
        return _("Chưa kiểm tra hết"), "warn"
    return _("Nguyên vẹn"), "ok"
