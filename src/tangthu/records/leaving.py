"""What must not leave any more: records that were withheld or given a degree (AR-129, AR-130).

Copies that lie ready to be taken out stand on higher floors, which register here what takes theirs
back, and ask before they hand one out (`awaited`). `actions.take_back` writes down what is to go.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from tangthu.records.models import Leaving

TakeBack = Callable[[Collection[uuid.UUID]], None]
_handlers: dict[str, TakeBack] = {}


def register(name: str, take_back: TakeBack) -> None:
    """Have `take_back` called with the ids of records whose copies must not leave any more.

    It is called again if it was killed.
    """
    _handlers[name] = take_back


def take_back(records: Collection[uuid.UUID]) -> None:
    """Take back every copy that tells of one of these records; called once that is committed."""
    for handler in _handlers.values():
        handler(records)


def awaited() -> frozenset[uuid.UUID]:
    """The records whose copies are still to be taken back: no copy that tells of one may leave."""
    return frozenset(Leaving.objects.values_list("obj", flat=True))
