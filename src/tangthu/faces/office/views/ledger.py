"""The ledger page: how the log of each body stands that the viewer audits."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tangthu.identity.actions.resume_log import order_resume
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import bodies
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.overview import Overview, overview
from tangthu.ui import formats
from tangthu.ui.parts import Action, Notice, Stat


@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """Size, pending events, newest checkpoint and root of every log of the viewer's bodies."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    audited = viewer.bodies_with("repository.audit")
    if not audited:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    names = {body.id: body.name for body in bodies(viewer)}
    shown = [
        {
            "name": names.get(log.body, ""),
            "log": log,
            "stats": _stats(log),
            "notice": _notice(log),
            "actions": _actions(viewer, log),
            "root": f"{log.root[:16]}…{log.root[-8:]}" if log.root else "",
        }
        for log in overview(sorted(audited))
    ]
    return render(request, "office/ledger.html", {"logs": shown})


def _stats(log: Overview) -> list[Stat]:
    return [
        Stat(_("Sự kiện trong sổ cái"), log.size),
        Stat(_("Đã có chữ ký"), log.signed_size, tone="ok" if log.signed_size == log.size else ""),
        Stat(
            _("Đang chờ vào sổ"),
            log.pending,
            tone="warn" if log.worrying else "",
            note=_("lâu nhất %(span)s") % {"span": formats.duration(log.lag_seconds)}
            if log.pending
            else "",
        ),
    ]


@require_POST
def resume(request: HttpRequest, body_id: uuid.UUID) -> HttpResponse:
    """Have a stopped log recomputed, and let it go on if nothing is wrong with it any more."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may("house.administer", body_id):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    job = order_resume(request.acting, body_id)  # type: ignore[attr-defined]
    return redirect("office:job", job_id=job.pk)


def _actions(viewer: Viewer, log: Overview) -> list[Action]:
    if not (log.stopped and viewer.may("house.administer", log.body)):
        return []
    url = reverse("office:ledger-resume", args=[log.body])
    return [Action(_("Kiểm tra lại toàn bộ và cho ghi tiếp"), url, icon="check", method="post")]


def _notice(log: Overview) -> Notice | None:
    if log.stopped:
        return Notice(
            _("Sổ cái này đã dừng"),
            log.stopped,
            "danger",
            kept=_("mọi sự kiện vẫn được ghi và đang chờ; không sự kiện nào bị bỏ."),
            todo=_(
                "quản trị hệ thống giữ lại một bản sao, tìm nguyên nhân bằng lệnh tangthu ledger "
                "verify và sửa; sổ chỉ ghi tiếp được khi không còn gì sai."
            ),
        )
    if log.worrying:
        return Notice(
            _("Nhiều sự kiện đang chờ vào sổ"),
            _("%(n)s sự kiện đang chờ, sự kiện lâu nhất đã chờ %(span)s.")
            % {"n": formats.thousands(log.pending), "span": formats.duration(log.lag_seconds)},
            "warn",
            kept=_("mọi sự kiện; công việc hằng ngày không bị cản trở."),
            todo=_("quản trị hệ thống xem tiến trình integrator có chạy không."),
        )
    return None
