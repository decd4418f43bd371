"""Which kinds of things can be found, in words, and where each one's page is.

Search knows no other app: an app that puts things into the index says here, at start-up, how they
are called and which route shows them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of index entry: its name for people, and the route that takes its id."""

    name: str
    label: str | Promise
    url_name: str

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
