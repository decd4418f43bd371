"""Access levels as they really hold: those of TT05, and secrets by their degree (AR-121, AR-128).

A secret record has access level 03 and a degree; where levels are compared, listed or indexed it
stands as S1 (Mật), S2 (Tối mật) or S3 (Tuyệt mật). 03 alone is the level that nobody has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tangthu.identity.policies import DEGREES, SECRET, Viewer
from tangthu.kernel.deployment import isolated
from tangthu.records.fields import code_label

if TYPE_CHECKING:
    from tangthu.records.models import Document, Dossier

NOBODYS = "03"
STRICTEST_FIRST = (NOBODYS, *(f"{SECRET}{degree}" for degree in reversed(DEGREES)), "02", "01")


def level_of(record: Dossier | Document) -> str:
    """The level of a record by itself."""
    return f"{SECRET}{record.secrecy}" if record.secrecy else record.access_level


def degree_of(level: str) -> str:
    """The degree of secrecy in a level; "" if it is none of a secret."""
    return level.removeprefix(SECRET) if level.startswith(SECRET) else ""


def strictest(levels: Iterable[str]) -> str:
    """The strictest of some access levels (AR-121)."""
    found = set(levels)
    return next(level for level in STRICTEST_FIRST if level in found)


def split(levels: Iterable[str]) -> tuple[list[str], list[str]]:
    """Levels of TT05, and degrees of secrecy."""
    given = list(levels)
    return (
        [level for level in given if not degree_of(level)],
        [degree_of(level) for level in given if degree_of(level)],
    )


def level_label(level: str, on: date) -> str:
    """A level in words: the name of the degree for a secret."""
    degree = degree_of(level)
    return code_label("secrecy", degree, on) if degree else code_label("mode", level, on)


def degree_words(level: str, on: date) -> str:
    """The degree of secrecy in a level, as it stands beside a title; "" if it is none of a secret.

    A connected installation has no such records, and names no degree anywhere (AR-127).
    """
    degree = degree_of(level)
    return code_label("secrecy", degree, on) if degree and isolated() else ""


def narrowed(viewer: Viewer, asked: str) -> tuple[Viewer, Sequence[str]]:
    """The view cut to one degree of secrecy if `asked`, and the degrees that can be asked for.

    Nobody is offered a degree beyond his clearance; a connected installation offers none (AR-128).
    """
    if not isolated() or not viewer.clearance:
        return viewer, ()
    mine = [degree for degree in DEGREES if degree <= viewer.clearance]
    return (viewer.narrowed(f"{SECRET}{asked}") if asked in mine else viewer), mine
