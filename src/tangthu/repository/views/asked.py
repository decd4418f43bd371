"""Who asks, and whether the pages of the stores exist for that person."""

from __future__ import annotations

from django.http import HttpRequest

from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer


def auditor(request: HttpRequest) -> Viewer:
    """The viewer, if he audits the packages of any body. Raises NotFoundForViewer."""
    found = viewer(request)
    if not found.may_anywhere("repository.audit"):
        raise NotFoundForViewer()
    return found


def keeps_stores(viewer: Viewer) -> bool:
    """Whether the pages of the stores exist for him: he audits packages or administers the house.

    On an isolated LAN whoever may not know of every record there learns nothing from the stores.
    """
    audits = viewer.may_anywhere("repository.audit")
    return audits or (not isolated() and viewer.may_anywhere("house.keep"))


def keeper(request: HttpRequest) -> Viewer:
    """The viewer, if the pages of the stores exist for him. Raises NotFoundForViewer."""
    found = viewer(request)
    if not keeps_stores(found):
        raise NotFoundForViewer()
    return found


def administrator(request: HttpRequest) -> Viewer:
    """The viewer, if he keeps stores and administers the house. Raises NotFoundForViewer."""
    found = keeper(request)
    if not found.may_anywhere("house.keep"):
        raise NotFoundForViewer()
    return found
