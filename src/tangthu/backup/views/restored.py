"""The report of a restore: for who keeps the house and who administers a body, to be read."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tangthu.backup.actions.read_restore import read_restore
from tangthu.backup.models import Restore
from tangthu.backup.restores import restores, unread_by
from tangthu.backup.views.backups import may_count
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.parts import Action, Crumb, Notice, Stat


@require_http_methods(["GET", "HEAD", "POST"])
def restored(request: HttpRequest, restore_id: uuid.UUID) -> HttpResponse:
    """What is told of a restore; posting says that one has read it."""
    me = viewer(request)
    restore = restores(me).filter(pk=restore_id).first()
    if restore is None:
        raise NotFoundForViewer()
    if request.method == "POST":
        if request.POST.get("decision") != "read":
            raise InvalidInput(_("Chưa chọn việc."), problems={"decision": [_("Chọn một việc.")]})
        read_restore(request.acting, restore_id)  # type: ignore[attr-defined]
        return redirect("backup:restored", restore_id=restore_id)
    keeper = me.may_anywhere("house.keep")
    title = _("Báo cáo phục hồi hệ thống")
    told: dict[str, Any] = restore.told
    context = {
        "title": title,
        "way": [Crumb(_("Sao lưu"), reverse("backup:backups")), Crumb(title)] if keeper else [],
        "notices": _notices(restore, keeper=keeper),
        # What is of the whole house is for who keeps it; others could take off their own.
        "stats": _stats(told) if keeper and may_count(me) else [],
        "facts": _facts(restore),
        "missing_keys": told["missing_keys"] if keeper else [],
        # The names of files in packages tell of records.
        "problems": [
            f"{path}: {why}" for path, why in told["problems"] if not path.startswith("objects/")
        ] if keeper else [],
        "problem_count": told["problem_count"] if keeper else 0,
        "readers": _readers(restore) if keeper else [],
        "actions": _actions(me, restore),
    }  # fmt: skip
    return render(request, "backup/restored.html", context)


def _actions(me: Viewer, restore: Restore) -> list[Action]:
    if not unread_by(me).filter(pk=restore.pk).exists():
        return []
    return [
        Action(
            _("Tôi đã đọc báo cáo này"), reverse("backup:restored", args=[restore.pk]),
            icon="check", weight="primary", method="post", value="read",
        )
    ]  # fmt: skip


def _notices(restore: Restore, *, keeper: bool) -> list[Notice]:
    """What the reader must know of what is not there any more."""
    found = [
        Notice(
            _("Những gì làm từ %(moment)s đến lúc phục hồi không còn ở đây.")
            % {"moment": formats.moment(restore.moment)},
            _("Báo mọi người xem lại việc của mình trong thời gian ấy và làm lại nếu mất."),
            "warn",
        )
    ]
    if restore.told["missing_keys"]:
        found.append(
            Notice(
                _("Chưa có đủ khóa của hệ thống."),
                _("Sổ cái chưa ký tiếp được với những khóa còn thiếu."),
                "warn",
                todo="tangthu backup keys --from TỆP",
            )
        )
    if restore.told["problem_count"]:
        found.append(
            Notice(
                _("Bộ sao lưu thiếu %(n)s tệp.") % {"n": restore.told["problem_count"]}
                if keeper
                else _("Bộ sao lưu thiếu tệp."),
                _("Những tệp ấy không phục hồi được từ bộ này."),
                "danger",
                todo=_("Tìm ở bộ khác, ở kho khác hoặc ở nơi đã nộp."),
            )
        )
    return found


def _stats(told: dict[str, Any]) -> list[Stat]:
    return [
        Stat(_("Tệp"), told["files"]),
        Stat(_("Bảng"), told["tables"]),
        Stat(_("Dòng"), told["rows"]),
        Stat(_("Gói"), told["packages"]),
    ]


def _facts(restore: Restore) -> list[tuple[str, str]]:
    told = restore.told
    return [
        (_("Phục hồi lúc"), formats.moment(restore.restored_at)),
        (_("Người phục hồi"), told["by"] or _("không nêu tên")),
        (_("Tài khoản máy"), told["account"]),
        (_("Bộ sao lưu"), restore.set),
        (_("Như lúc"), formats.moment(restore.moment)),
        (_("Vì sao tin bộ này"), told["trust"]),
    ]


def _readers(restore: Restore) -> list[tuple[str, str]]:
    found = restore.reads.select_related("person").order_by("read_at")
    return [(one.person.full_name, formats.moment(one.read_at)) for one in found]
