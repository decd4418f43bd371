"""The opened part of an event: unsealed, and believed only if it matches the leaf (IN-12, IN-13).

An opening is *gone* when its row or its key was deleted, or when it was sealed before the present
key was made. It is *damaged* when it should open and does not, or opens to something that the leaf
does not commit to: somebody changed the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tangthu.ledger.sealing import unseal
from tangthu.standards.ril import events as ril
from tangthu.standards.ril.errors import RilError

# Key and openings of the event `e`; callers append FROM … to a SELECT that has these columns.
COLUMNS = """
    (SELECT k.key FROM ledger_key k WHERE k.obj = e.obj AND k.ch = e.ch AND k.key_from <= e.n),
    (SELECT array_agg(o.name ORDER BY o.name) FROM ledger_opening o WHERE o.eid = e.eid),
    (SELECT array_agg(o.sealed ORDER BY o.name) FROM ledger_opening o WHERE o.eid = e.eid)
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """One opened field: salt, canonical bytes, and the value that they say."""

    salt: bytes
    canonical: bytes
    value: Any


@dataclass(frozen=True, slots=True)
class Opened:
    """What can still be read of an event; `body` is None when it was erased or is damaged."""

    body: ril.Body | None = None
    body_salt: bytes = b""
    body_bytes: bytes = b""
    fields: Mapping[str, Opening] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()


def open_event(
    leaf: ril.RecordLeaf,
    eid: uuid.UUID,
    key: bytes | None,
    names: Sequence[str] | None,
    sealed: Sequence[bytes] | None,
) -> Opened:
    """Unseal the openings of event `eid` ('' names the body) and check them against its leaf.

    `key` is None for an erased object. Never raises: what does not fit is named in `damaged`.
    """
    boxes = dict(zip(names or (), sealed or (), strict=True))
    if key is None or "" not in boxes:
        return Opened()
    try:
        salt, data = unseal(bytes(key), eid, "", bytes(boxes.pop("")))
        body = ril.open_body(leaf, salt, data)
        if body.eid != eid:
            return Opened(damaged=("",))
    except (ValueError, RilError):
        return Opened(damaged=("",))
    fields: dict[str, Opening] = {}
    damaged: list[str] = []
    for name, box in boxes.items():
        try:
            field_salt, canonical = unseal(bytes(key), eid, name, bytes(box))
            value = ril.open_field(body, name, field_salt, canonical)
            fields[name] = Opening(field_salt, canonical, value)
        except (ValueError, RilError):
            damaged.append(name)
    return Opened(body, salt, data, fields, tuple(damaged))
