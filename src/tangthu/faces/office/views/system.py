"""The system page of who keeps the house: what every check found, its cost, and what mends it."""

from __future__ import annotations

import platform
from collections import Counter

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.kernel import checks
from tangthu.kernel.checks import Bodies, Checked, Level
from tangthu.kernel.checks_machine import versions
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui.parts import Fact, FactGroup, Stat, Tone

_WORDS: dict[Level, tuple[object, Tone]] = {
    "error": (gettext_lazy("Lỗi"), "danger"),
    "warning": (gettext_lazy("Cảnh báo"), "warn"),
    "note": (gettext_lazy("Nên biết"), "info"),
    "ok": (gettext_lazy("Ổn"), "ok"),
}
_MODES = {
    "connected": gettext_lazy("Kết nối mạng"),
    "isolated_lan": gettext_lazy("Mạng LAN độc lập"),
}


def told_of(viewer: Viewer) -> Bodies:
    """The bodies whose facts the viewer may be told as who keeps the house: all (None).

    On an isolated LAN counts of packages and jobs are for who is cleared for everything.
    """
    return viewer.bodies_with("repository.audit") if isolated() else None


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """Every check, made now; the worst first."""
    me = viewer(request)
    if not me.may_anywhere("house.keep"):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    checks.forget()
    found = checks.lately(told_of(me))
    context = {"stats": _stats(found), "sections": _sections(found), "versions": _versions()}
    return render(request, "office/system.html", context)


def _stats(found: list[Checked]) -> list[Stat]:
    counts = Counter(one.level for each in found for one in each.findings)
    return [
        Stat(str(words), counts[level], tone=tone if counts[level] else "")
        for level, (words, tone) in _WORDS.items()
    ]


def _sections(found: list[Checked]) -> list[dict[str, object]]:
    """The checks as sections, the worst first, those alike as they were registered."""
    ordered = sorted(found, key=lambda each: -checks.LEVELS.index(each.level))
    return [
        {
            "name": each.name,
            "label": each.label,
            "state": _WORDS[each.level],
            "findings": [
                {"finding": one, "words": _WORDS[one.level][0], "tone": _WORDS[one.level][1]}
                for one in sorted(each.findings, key=lambda one: -checks.LEVELS.index(one.level))
            ],
        }
        for each in ordered
        if each.findings
    ]


def _versions() -> list[FactGroup]:
    server = str(connection.cursor().connection.info.parameter_status("server_version"))
    own = [
        Fact(_("Tàng Thư"), settings.VERSION),
        Fact(_("Chế độ triển khai"), _MODES[settings.DEPLOYMENT_MODE]),
        Fact("Python", platform.python_version()),
        Fact("PostgreSQL", server),
        Fact(_("Hệ điều hành"), f"{platform.system()} {platform.release()} ({platform.machine()})"),
    ]
    libraries = [Fact(name, version) for name, version in versions()]
    return [FactGroup(_("Phiên bản"), tuple(own)), FactGroup(_("Thư viện"), tuple(libraries))]
