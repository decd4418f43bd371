"""Who asks, and whether the pages of the stores exist for that person."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.kernel.errors import NotFoundForViewer


def auditor(request: HttpRequest) -> Viewer:
    """The viewer, if he audits the packages of any body. Raises NotFoundForViewer."""
    found = viewer(request)
    if not found.may_anywhere("repository.audit"):
        raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
    return found


def keeper(request: HttpRequest) -> Viewer:
    """The viewer, if he audits packages or administers the house. Raises NotFoundForViewer."""
    found = viewer(request)
    if not (found.may_anywhere("repository.audit") or found.may_anywhere("house.administer")):
        raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
    return found


def administrator(request: HttpRequest) -> Viewer:
    """The viewer, if he administers the house. Raises NotFoundForViewer."""
    found = viewer(request)
    if not found.may_anywhere("house.administer"):
        raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
    return found
