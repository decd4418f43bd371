"""What a grant can be for: registered by the apps that own such things (DESIGN section 3).

Whoever names a thing sees it himself, so a grant tells nobody of what he may not know of.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tangthu.identity.models import Body, Grant
from tangthu.identity.policies import Viewer


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that rights are given for: its body, its name and the page that shows it."""

    body_id: uuid.UUID
    label: str
    url: str


Find = Callable[[Viewer, Sequence[uuid.UUID]], Mapping[uuid.UUID, Named]]
_find: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Let `find` name things of a kind of scope by id, leaving out what its viewer may not see."""
    _find[kind] = find


def named(viewer: Viewer, kind: str, scope: uuid.UUID) -> Named | None:
    """The thing, if the viewer may know of it. A body is known to whoever has a place there."""
    return all_named(viewer, [(kind, scope)]).get((kind, scope))


def all_named(
    viewer: Viewer, wanted: Iterable[tuple[str, uuid.UUID]]
) -> dict[tuple[str, uuid.UUID], Named]:
    """Those of some things that the viewer may know of; a few statements, however many."""
    by_kind: dict[str, list[uuid.UUID]] = {}
    for kind, scope in wanted:
        by_kind.setdefault(kind, []).append(scope)
    return {
        (kind, scope): found
        for kind, ids in by_kind.items()
        if kind in _find
        for scope, found in _find[kind](viewer, ids).items()
    }


def _bodies(viewer: Viewer, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Named]:
    known = Body.objects.filter(pk__in=viewer.bodies() & frozenset(ids))
    return {one.pk: Named(one.pk, one.name, "") for one in known}


register(Grant.Scope.BODY, _bodies)
