"""Who else hears of events: handlers by the first part of a kind's name.

They are called inside the transaction of the event, after it was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangthu.ledger.record import Event

Handler = Callable[["Event"], None]
_handlers: dict[str, Handler] = {}


def listen(app: str, handler: Handler) -> None:
    """Have `handler` called with every event whose kind belongs to the app."""
    _handlers[app] = handler


def tell(events: Sequence[Event]) -> None:
    """Call the handlers of what was just recorded."""
    for event in events:
        handler = _handlers.get(event.kind.partition(".")[0])
        if handler is not None:
            handler(event)
