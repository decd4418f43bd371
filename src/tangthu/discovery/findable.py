"""Which kinds of things can be found, in words, and where each one's page is.

Search knows no other app: an app that puts things into the index says here, at start-up, how they
are called and which route shows them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from tangthu.discovery.listing import Listed
    from tangthu.discovery.lists import Row
    from tangthu.identity.policies import Viewer
    from tangthu.ui.tables import Column

Read = Callable[["Viewer", Sequence["Row"], frozenset[str]], Iterable["Listed"]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of index entry: its name for people, and the route that takes its id.

    `columns` makes the columns of lists of it in the language of the thread; `read` gives rows with
    the records that the named columns need, cut to what the viewer may see.
    """

    name: str
    label: str | Promise
    url_name: str
    columns: Callable[[], tuple[Column[Listed], ...]] = tuple
    read: Read | None = None

    def url(self, obj: uuid.UUID) -> str:
        """Address of the page of `obj`."""
        return reverse(self.url_name, args=[obj])


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make `kind` known; called from an app's ready()."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """Every kind, in the order in which they were registered."""
    return list(_kinds.values())


def kind(name: str) -> Kind:
    """The kind of this name. Raises KeyError."""
    return _kinds[name]
