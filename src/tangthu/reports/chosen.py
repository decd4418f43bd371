"""Rows that a person chose, as the source of a list: who keeps them says how they are read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tangthu.discovery import lists
from tangthu.discovery.listing import Listed, read
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer

NAME = "chosen"
After = tuple[str, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The kind of some chosen records, and their ids in order."""

    kind: str
    ids: Sequence[uuid.UUID]


Reader = Callable[[Viewer, uuid.UUID], Chosen]
_reader: list[Reader] = []


def set_reader(reader: Reader) -> None:
    """Say how chosen rows are read; it raises NotFoundForViewer for another person's."""
    _reader[:] = [reader]


def chosen(viewer: Viewer, named: str) -> Chosen:
    """The chosen rows of that name. Raises NotFoundForViewer."""
    try:
        return _reader[0](viewer, uuid.UUID(named))
    except (ValueError, IndexError):
        raise NotFoundForViewer() from None


def portion(
    viewer: Viewer, found: Chosen, after: After | None, size: int
) -> tuple[list[Listed], After | None, int]:
    """The rows after a place that the viewer may see now, where to read on, and how many were taken
    of the chosen ones."""
    start = int(after[0]) if after is not None else 0
    ids = list(found.ids[start : start + size])
    if not ids:
        return [], after, 0
    lines = read(viewer, lists.named(viewer, found.kind, ids), wanted=["*", "fonds"])
    seen = [line for line in lines if line.record is not None]
    return seen, (str(start + len(ids)), ids[-1]), len(ids)
