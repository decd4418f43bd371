"""The page of the stores: how each stands, what was checked lately, and ordering a check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.repository import queries
from tangthu.repository.actions.order_check import UNDER_WAY
from tangthu.repository.queries import StoreSeen
from tangthu.repository.stores import Room
from tangthu.repository.views.asked import auditor
from tangthu.ui import formats
from tangthu.ui.parts import Action, Notice, Tone
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage

LATEST = 10


@require_safe
def stores(request: HttpRequest) -> HttpResponse:
    """Every store with its figures, and the latest checks."""
    viewer = auditor(request)
    seen = queries.stores_seen(viewer)
    latest = list(queries.checks(viewer)[:LATEST])
    running = next((job for job in latest if job.state in UNDER_WAY), None)
    context = {
        "stores": _stores(request, viewer, seen),
        "notices": [*_notices(seen), *([_running(running)] if running else [])],
        "checks": _checks(request, latest),
        "actions": _actions(),
    }
    return render(request, "repository/stores.html", context)


def _actions() -> list[Action]:
    order = reverse("repository:order-check")
    return [
        Action(_("Kiểm tra và phục hồi"), order, "t", "check", "primary", "post", "repair"),
        Action(_("Chỉ kiểm tra"), order, icon="search", method="post", value="check"),
        Action(_("Sổ gói"), reverse("repository:packages"), key="s", icon="register"),
    ]


def _notices(seen: list[StoreSeen]) -> list[Notice]:
    notices = [
        Notice(
            _("Không mở được kho %(name)s") % {"name": one.name},
            tone="danger",
            kept=_("mọi gói vẫn đọc được từ các kho còn lại."),
            todo=_("xem ổ đĩa của kho đã gắn và đọc được chưa; đừng tạo lại thư mục trống."),
        )
        for one in seen
        if not one.usable
    ]
    notices += [_filling(one, one.room) for one in seen if one.room and one.room.filling]
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


def _running(job: Job) -> Notice:
    return Notice(
        _("Đang kiểm tra toàn vẹn"),
        _("Bắt đầu lúc %(when)s.") % {"when": formats.moment(job.started_at or job.created_at)},
        action_label=_("Xem tiến độ"),
        action_url=reverse("office:job", args=[job.pk]),
    )


def _stores(request: HttpRequest, viewer: Viewer, seen: list[StoreSeen]) -> RegisterPage:
    # Where a store lies on the server is for those who look after the server.
    shows_path = viewer.may_anywhere("house.administer")
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
                lambda one: Cell(one.name, note=one.path if shows_path else one.kind),
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
    if not one.usable:
        return Cell(_("Không mở được"), tone="danger", note="; ".join(told))
    if one.lost or one.hurt:
        return Cell(_("Có bản sao hỏng"), tone="danger", note="; ".join(told))
    if one.unseen:
        return Cell(_("Chưa kiểm tra hết"), tone="warn", note="; ".join(told))
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
