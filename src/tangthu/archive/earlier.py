"""History that a package bears and this house's own log does not hold (`tangthu index rebuild`).

A record that came back from its package keeps what happened before in the package's PREMIS; further
versions must go on telling it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from tangthu.ledger.history import history
from tangthu.repository.models import Copy
from tangthu.repository.stored import StoredObject
from tangthu.repository.stores import StoreUnusable, object_root
from tangthu.standards import ocfl
from tangthu.standards.premis import Agent, Event
from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.tt05.reader import ReadPackage, read_source

_REBUILT = "repository.package.rebuilt"


@dataclass(frozen=True, slots=True)
class Earlier:
    """Events of another log, and who acted in them."""

    events: Sequence[Event] = ()
    agents: Sequence[Agent] = ()


def earlier_history(package_id: uuid.UUID, origin: str) -> Earlier:
    """What the newest stored version of a rebuilt package tells of other logs than `origin`.

    Events of our own log are not taken from there: one that was erased must stay so. Raises
    PackageUnreadableError if no store can be read.
    """
    if not any(event.kind_name == _REBUILT for event in history(package_id)):
        return Earlier()
    copies = Copy.objects.filter(package=package_id).select_related("store", "package")
    for copy in copies.order_by("store__position"):
        try:
            return of_other_logs(
                read_source(StoredObject(object_root(copy.store, copy.package))), origin
            )
        except (OSError, StoreUnusable, ocfl.OcflError, PackageUnreadableError):
            continue
    raise PackageUnreadableError(
        "Không đọc được phiên bản trước của gói.", "Kiểm tra các kho rồi đóng gói lại."
    )


def of_other_logs(read: ReadPackage, origin: str) -> Earlier:
    """The events in a package that stand in another log than `origin`, each once."""
    events = {
        event.identifier: event
        for event in read.events
        if event.place is not None and event.place.origin != origin
    }
    linked = {link.identifier for event in events.values() for link in event.agents}
    agents = [one for one in read.agents if linked & set(one.identifiers)]
    return Earlier(list(events.values()), agents)
