"""The ledger page: how the log of each body stands that the viewer audits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.identity.policies import Viewer
from tangthu.identity.queries import bodies
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.overview import Overview, overview
from tangthu.ui.parts import Notice, Stat

LONG_QUEUE = 10_000


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
            tone="warn" if log.pending > LONG_QUEUE else "",
        ),
    ]


def _notice(log: Overview) -> Notice | None:
    if log.stopped:
        return Notice(
            _("Sổ cái này đã dừng"),
            log.stopped,
            "danger",
            kept=_("mọi sự kiện vẫn được ghi và đang chờ; không sự kiện nào bị bỏ."),
            todo=_("báo quản trị hệ thống kiểm tra bằng lệnh tangthu ledger verify."),
        )
    if log.pending > LONG_QUEUE:
        return Notice(
            _("Nhiều sự kiện đang chờ vào sổ"),
            _("Tiến trình ghi sổ cái có thể đang dừng hoặc quá tải."),
            "warn",
            todo=_("kiểm tra tiến trình integrator."),
        )
    return None
