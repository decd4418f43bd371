"""The first page: what is mine to do, oldest first."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tangthu.archive import edits
from tangthu.archive import queries as archive
from tangthu.backup import restores
from tangthu.faces.office.views import system
from tangthu.identity import changes
from tangthu.identity import queries as identity
from tangthu.identity.policies import DEGREES, Viewer
from tangthu.kernel import checks
from tangthu.kernel.jobs import label_of
from tangthu.records import queries as records
from tangthu.records.fields import code_label
from tangthu.repository import queries as repository
from tangthu.signin import resting, reviewing
from tangthu.signin.actions import see_as
from tangthu.ui import formats
from tangthu.ui.parts import Notice, QueueGroup, QueueItem, Tone
from tangthu.ui.tables import EmptyState
from tangthu.ui.working import UNDER_WAY

SHOWN = 10
NEW_FOR = dt.timedelta(days=30)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The queue of the viewer, each group with its oldest ten."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    groups = [
        group
        for group in (
            _seen_by(viewer),
            _restored(viewer),
            _wrong(viewer),
            _beyond_repair(viewer),
            _quarantined(viewer),
            _resets(viewer),
            _rights(viewer),
            _edits(viewer),
            _reviews(viewer),
            _batches(viewer),
            _to_seal(viewer),
            _running(viewer),
        )
        if group.items
    ]
    context = {"queue_groups": groups, "empty": _empty(viewer), "newcomer": _newcomer(request)}
    return render(request, "office/home.html", context)


def _newcomer(request: HttpRequest) -> Notice | None:
    """Where to begin, for whom this house is new."""
    since = request.user.person.created_at  # type: ignore[union-attr]
    if timezone.now() - since > NEW_FOR:
        return None
    return Notice(
        _("Bạn mới làm quen với hệ thống?"),
        action_label=_("Việc của ngày đầu và hướng dẫn theo vai trò"),
        action_url=reverse("office:guides"),
    )


def _group(title: str, items: Iterable[QueueItem], tone: Tone = "") -> QueueGroup:
    """A group of at most SHOWN items; its title says so when there are more."""
    found = [item for item in items if item.url]
    if len(found) > SHOWN:
        title = _("%(title)s, %(n)s việc cũ nhất") % {"title": title, "n": SHOWN}
    return QueueGroup(title, tuple(found[:SHOWN]), tone)


def _link(name: str, *arguments: object) -> str:
    """Address of a page, "" while no app of this installation has it."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _waiting(since: dt.datetime) -> str:
    """How long something has waited, in days."""
    days = (timezone.localdate() - timezone.localtime(since).date()).days
    if days < 1:
        return _("Mới hôm nay")
    return ngettext("Chờ %(n)s ngày", "Chờ %(n)s ngày", days) % {"n": formats.thousands(days)}


def _beyond_repair(viewer: Viewer) -> QueueGroup:
    if not viewer.may_anywhere("repository.audit"):
        return _group("", ())
    items = (
        QueueItem(
            title=_("Không còn bản nguyên vẹn nào để phục hồi bản sao này"),
            url=_link("repository:package", copy.package_id),
            code=copy.package.objid,
            asked=_("Tìm bản lành ở nơi khác, hoặc ghi nhận mất"),
            who=_("kho %(store)s, kiểm tra lúc %(when)s")
            % {"store": copy.store.name, "when": formats.moment(copy.verified_at)},
            due_text=_("Hỏng"),
            due_tone="danger",
        )
        for copy in repository.copies_beyond_repair(viewer)[: SHOWN + 1]
    )
    return _group(_("Bản sao hỏng"), items, "danger")


def _seen_by(viewer: Viewer) -> QueueGroup:
    """Who asks to see as the viewer, or may now."""
    items = (
        QueueItem(
            title=_("%(name)s xin xem như bạn") % {"name": one.asked_by.full_name}
            if one.allowed_at is None
            else _("%(name)s đang được xem như bạn") % {"name": one.asked_by.full_name},
            url=_link("signin:see-as-answer", one.pk),
            asked=_("Cho phép, hoặc không") if one.allowed_at is None else _("Kết thúc khi cần"),
            who=one.reason,
            due_text=_("Đến %(moment)s") % {"moment": formats.moment(one.until)},
            due_tone="warn",
        )
        for one in see_as.standing().filter(person=viewer.person_id)
    )
    return _group(_("Xem như bạn"), items, "warn")


def _restored(viewer: Viewer) -> QueueGroup:
    """Restores of the house that the viewer is to read of (RM-690 e)."""
    items = (
        QueueItem(
            title=_("Hệ thống đã được phục hồi từ bộ sao lưu của %(moment)s")
            % {"moment": formats.moment(one.moment)},
            url=_link("backup:restored", one.pk),
            asked=_("Đọc báo cáo rồi xác nhận đã đọc"),
            who=_("%(name)s phục hồi lúc %(when)s")
            % {
                "name": one.told["by"] or one.told["account"],
                "when": formats.moment(one.restored_at),
            },
            due_text=_waiting(one.restored_at),
            due_tone="danger",
        )
        for one in restores.unread_by(viewer)[: SHOWN + 1]
    )
    return _group(_("Báo cáo phục hồi"), items, "danger")


def _wrong(viewer: Viewer) -> QueueGroup:
    """What is wrong with the installation, for who administers it."""
    if not viewer.may_anywhere("house.keep"):
        return _group("", ())
    items = (
        QueueItem(
            title=one.message,
            url=f"{_link('office:system')}#{each.name}",
            asked=one.cost,
            due_text=_("Lỗi"),
            due_tone="danger",
        )
        for each in checks.lately(system.told_of(viewer))
        for one in each.findings
        if one.level == "error"
    )
    return _group(_("Hệ thống đang có lỗi"), items, "danger")


def _resets(viewer: Viewer) -> QueueGroup:
    """Whose way in somebody else reset, of those who confirm rights: for himself and the others."""
    if not viewer.may_anywhere("rights.confirm"):
        return _group("", ())
    items = (
        QueueItem(
            title=_("Mật khẩu hoặc xác thực hai bước của bạn vừa do người khác đặt lại")
            if account.person_id == viewer.person_id
            else _("Mật khẩu hoặc xác thực hai bước của %(name)s vừa do người khác đặt lại")
            % {"name": account.person.full_name},
            url=_link("rights:changes"),
            asked=_("Không phải bạn nhờ thì báo ngay phụ trách an toàn thông tin")
            if account.person_id == viewer.person_id
            else _("Hỏi người ấy có nhờ không"),
            who=_("chưa xác nhận được thay đổi quyền"),
            due_text=_("Đến %(moment)s") % {"moment": formats.moment(until)},
            due_tone="danger",
        )
        for account, until in resting.told_to(viewer)
    )
    return _group(_("Tài khoản của người xác nhận quyền"), items, "danger")


def _rights(viewer: Viewer) -> QueueGroup:
    """Changes of rights that the viewer is to confirm (RM-630 c)."""
    if not viewer.may_anywhere("rights.confirm"):
        return _group("", ())
    items = (
        QueueItem(
            title=f"{change.what}: {change.holder}",
            url=_link("rights:change", change.kind, change.id),
            asked=_("Xác nhận, hoặc không chấp nhận"),
            who=_("%(name)s đề nghị lúc %(when)s")
            % {"name": change.asked_by, "when": formats.moment(change.asked_at)},
            due_text=_waiting(change.asked_at),
            due_tone="danger" if change.state == "unconfirmed" else "warn",
        )
        for change in changes.to_confirm(viewer, SHOWN + 1)
    )
    return _group(_("Thay đổi quyền chờ xác nhận"), items, "warn")


def _edits(viewer: Viewer) -> QueueGroup:
    """Changes of labelled records that the viewer is to approve (RM-951)."""
    items = (
        QueueItem(
            title=one.title,
            url=_link("archive:edit", one.row.pk),
            code=str(one.record),
            asked=_("Duyệt sửa đổi mô tả, hoặc không"),
            due_text=_waiting(one.row.asked_at),
            due_tone="warn",
        )
        for one in edits.to_approve(viewer, SHOWN + 1)
    )
    return _group(_("Sửa đổi chờ duyệt"), items, "warn")


def _reviews(viewer: Viewer) -> QueueGroup:
    """Reviews of accounts that are due (RM-954)."""
    if not viewer.may_anywhere("people.manage"):
        return _group("", ())
    items = (
        QueueItem(
            title=body.short_name,
            url=_link("signin:review", body.pk),
            asked=_("Xem từng tài khoản, giữ hoặc vô hiệu hóa, rồi ký"),
            due_text=_("Hạn %(day)s") % {"day": formats.day(day)},
            due_tone="warn",
        )
        for body, day in reviewing.due(viewer)
    )
    return _group(_("Rà soát tài khoản"), items, "warn")


def _quarantined(viewer: Viewer) -> QueueGroup:
    if not viewer.may_anywhere("quarantine.decide"):
        return _group("", ())
    items = (
        QueueItem(
            title=_("Một tệp nghi chứa bí mật nhà nước đang bị cách ly"),
            url=_link("imports:quarantine-item", item.id) or _link("imports:quarantine"),
            asked=_("Quyết định: không mật, đã giải mật, hoặc hủy"),
            who=_("đến lúc %(when)s") % {"when": formats.moment(item.arrived_at)},
            due_text=_("Chờ quyết định"),
            due_tone="warn",
        )
        for item in identity.quarantined(viewer)[: SHOWN + 1]
    )
    reported = (
        QueueItem(
            title=_("Một tài liệu đã nhận bị báo là bí mật nhà nước"),
            url=_link("archive:withheld", one.id),
            asked=_("Kết luận: không mật, hoặc để cách ly"),
            who=_("báo lúc %(when)s") % {"when": formats.moment(one.reported_at)},
            due_text=_("Chờ quyết định"),
            due_tone="danger",
        )
        for one in records.withheld(viewer)[: SHOWN + 1]
    )
    return _group(_("Cách ly"), itertools.chain(reported, items), "warn")


def _batches(viewer: Viewer) -> QueueGroup:
    if not viewer.may_anywhere("archive.import"):
        return _group("", ())
    taken = archive.taken_whole(viewer)
    items = (
        QueueItem(
            title=batch.name,
            url=_link("imports:batch", batch.id),
            asked=_("Đã nhận hết, chờ kết thúc")
            if batch.id in taken
            else _("Xem báo cáo kiểm tra và quyết định"),
            who=_("%(fonds)s, nhập lúc %(when)s")
            % {"fonds": batch.fonds.name, "when": formats.moment(batch.created_at)},
            due_text=_waiting(batch.created_at),
        )
        for batch in archive.batches_to_review(viewer)[: SHOWN + 1]
    )
    return _group(_("Đợt số hóa chờ xem xét"), items)


def _to_seal(viewer: Viewer) -> QueueGroup:
    if not viewer.may_anywhere("archive.seal"):
        return _group("", ())
    items = (
        QueueItem(
            title=dossier.title,
            url=_link("archive:dossier", dossier.id),
            code=dossier.archive_file_code,
            asked=_("Đóng gói để bảo quản"),
            who=ngettext(
                "%(n)s tài liệu, nhập lúc %(when)s", "%(n)s tài liệu, nhập lúc %(when)s", count
            )
            % {"n": formats.thousands(count), "when": formats.moment(dossier.created_at)},
            due_text=_waiting(dossier.created_at),
        )
        for dossier in archive.dossiers_to_seal(viewer)[: SHOWN + 1]
        for count in [dossier.record_count]
    )
    return _group(_("Hồ sơ đã đủ, chờ đóng gói"), items)


def _running(viewer: Viewer) -> QueueGroup:
    found = identity.jobs(viewer).filter(state__in=UNDER_WAY).order_by("created_at")[: SHOWN + 1]
    items = (
        QueueItem(
            title=label_of(job.kind),
            url=_link("office:job", job.id),
            who=_("bắt đầu lúc %(when)s")
            % {"when": formats.moment(job.started_at or job.created_at)},
            due_text=_("Đang chạy") if job.started_at else _("Đang chờ"),
            due_tone="info",
        )
        for job in found
    )
    return _group(_("Đang chạy"), items)


def _empty(viewer: Viewer) -> EmptyState:
    if viewer.may_anywhere("archive.import"):
        why = _(
            "Đợt số hóa chờ xem xét, hồ sơ chờ đóng gói và bản sao cần phục hồi sẽ hiện ở đây, "
            "việc cũ nhất lên đầu."
        )
    elif viewer.may_anywhere("quarantine.decide"):
        why = _("Tệp bị cách ly chờ lãnh đạo quyết định sẽ hiện ở đây.")
    elif viewer.may_anywhere("repository.audit"):
        why = _("Bản sao hỏng và công việc nền của cơ quan sẽ hiện ở đây.")
    elif viewer.held_back:
        why = _(
            "Việc với toàn bộ tài liệu theo vai trò của bạn (như Kho, Sổ cái, Đợt số hóa) chỉ dành "
            "cho người được tiếp cận bí mật nhà nước đến độ %(degree)s."
        ) % {"degree": code_label("secrecy", DEGREES[-1], timezone.localdate())}
    else:
        why = _("Vai trò của bạn hiện chỉ tra cứu; chưa có loại việc nào được giao.")
    if viewer.may_anywhere("archive.import"):
        return EmptyState(_("Không còn việc nào"), why, _("Nhập đợt mới"), _link("imports:new"))
    if not viewer.may_anywhere("read.public"):
        return EmptyState(_("Không còn việc nào"), why)
    return EmptyState(_("Không còn việc nào"), why, _("Xem hồ sơ"), _link("archive:dossiers"))
