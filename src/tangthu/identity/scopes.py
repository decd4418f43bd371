"""What a grant can be for: registered by the apps that own such things (DESIGN section 3).

Whoever names a thing sees it himself, so a grant tells nobody of what he may not know of.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tangthu.identity.models import Body, Grant
from tangthu.identity.policies import Viewer


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that rights are given for: its body, its name and the page that shows it."""

    body_id: uuid.UUID
    label: str
    url: str


Find = Callable[[Viewer, uuid.UUID], Named | None]
_find: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Let `find` name the things of a kind of scope, each only to those who may see it."""
    _find[kind] = find


def named(viewer: Viewer, kind: str, scope: uuid.UUID) -> Named | None:
    """The thing, if the viewer may know of it. A body is known to whoever has a place there."""
    if kind == Grant.Scope.BODY:
        if scope not in viewer.bodies():
            return None
        found = Body.objects.get(pk=scope)
        return Named(found.pk, found.name, "")
    find = _find.get(kind)
    return find(viewer, scope) if find else None
