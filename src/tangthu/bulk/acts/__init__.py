"""The acts that can be done with many records; each goes through the ordinary action of its row."""

from __future__ import annotations

from tangthu.bulk.acts.base import Act
from tangthu.bulk.acts.contents import Contents
from tangthu.bulk.acts.describe import Describe
from tangthu.bulk.acts.dip import Dip
from tangthu.bulk.acts.export import Export
from tangthu.bulk.acts.freeze import FreezeUnder
from tangthu.bulk.acts.grant import GiveAccess
from tangthu.bulk.acts.seal import Seal
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer

_ACTS: dict[str, Act] = {
    one.name: one
    for one in (Seal(), Dip(), GiveAccess(), Describe(), FreezeUnder(), Export(), Contents())
}


def names(kind: str) -> list[str]:
    """The names of the acts that can be done with records of a kind."""
    return [one.name for one in _ACTS.values() if kind in one.kinds]


def offered(viewer: Viewer, kind: str) -> list[Act]:
    """The acts that the viewer may do with records of a kind, at some body."""
    return [one for one in _ACTS.values() if kind in one.kinds and viewer.may_anywhere(one.right)]


def act(viewer: Viewer, kind: str, name: str) -> Act:
    """One of those. Raises NotFoundForViewer."""
    found = next((one for one in offered(viewer, kind) if one.name == name), None)
    if found is None:
        raise NotFoundForViewer()
    return found


def by_name(name: str) -> Act:
    """An act that was confirmed. Raises KeyError."""
    return _ACTS[name]
