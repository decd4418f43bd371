"""Proof of one object's history: what the object's record page shows and the command hands out.

The document has the shape of integrity-log.md IN-70; witnesses, head map and time-stamps join it
when they exist, and until then it says plainly that they are not there.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from tangthu.ledger.logs import Log, all_logs
from tangthu.ledger.openings import COLUMNS, open_event
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.signer import Signer
from tangthu.standards.ril import events as ril
from tangthu.standards.ril import jcs
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.errors import TlogError
from tangthu.standards.tlog.note import VerifierKey
from tangthu.standards.tlog.reader import TileReader

MAX_EVENTS = 10_000

_EVENTS = f"""
SELECT e.eid, e.leaf_index, e.leaf, {COLUMNS}
FROM ledger_entry e
WHERE e.obj = %s AND e.ch = 'c' AND e.leaf_index < %s
ORDER BY e.n
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an object's custody events have come: all, in the tree, under a signature."""

    events: int
    in_log: int
    signed: int
    size: int
    root: str
    origin: str

    @property
    def whole(self) -> bool:
        """Whether every event is under a signed checkpoint."""
        return self.signed == self.events


def standing(obj: uuid.UUID) -> Standing | None:
    """Counts for the proof panel; None for an object the ledger does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.n, t.signed_size, coalesce(t.signed_root, ''), l.origin, "
            "(SELECT count(*) FROM ledger_entry e WHERE e.obj = o.obj AND e.ch = o.ch), "
            "(SELECT count(*) FROM ledger_entry e WHERE e.obj = o.obj AND e.ch = o.ch "
            " AND e.leaf_index < t.signed_size) "
            "FROM ledger_object o JOIN ledger_log l USING (log_id) JOIN ledger_tree t "
            "USING (log_id) WHERE o.obj = %s AND o.ch = 'c'",
            [obj],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    events, size, root, origin, in_log, signed = row
    return Standing(events, in_log, signed, size, bytes(root).hex(), origin)


def _log_of_object(obj: uuid.UUID) -> Log | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT log_id FROM ledger_object WHERE obj = %s AND ch = 'c'", [obj])
        row = cursor.fetchone()
    return next((log for log in all_logs() if row and log.log_id == row[0]), None)


def bundle(obj: uuid.UUID) -> dict[str, Any] | None:
    """The proof document of the object's signed custody events; None before any is signed.

    Paths are made from the published tiles alone, against the published checkpoint.
    """
    log = _log_of_object(obj)
    if log is None:
        return None
    reader = TileReader(tree_folder(settings.HOME, log))
    key = Signer(settings.HOME, log.log_id, log.origin).verifier_key
    try:
        note = reader.checkpoint()
        size = open_checkpoint(note, log.origin, [key]).checkpoint.size
    except TlogError:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [obj, size])
        rows = cursor.fetchall()
    if not rows:
        return None
    return {
        "typ": "ril-bundle/1",
        "obj": str(obj),
        "ch": "c",
        "checkpoint": note.decode("utf-8"),
        "events": [_event(reader, size, row) for row in rows],
        "keys": [key.encode()],
    }


def _event(reader: TileReader, size: int, row: tuple[Any, ...]) -> dict[str, Any]:
    eid, index, data, key, names, sealed = row
    leaf = bytes(data)
    shown: dict[str, Any] = {
        "i": index,
        "leaf": ril.b64u(leaf),
        "path": [ril.b64u(step) for step in reader.inclusion_proof(index, size)],
    }
    parsed = ril.parse_leaf(leaf)
    if isinstance(parsed, ril.RecordLeaf):
        opened = open_event(parsed, eid, key, names, sealed)
        if opened.body is not None:
            shown |= {
                "body": ril.b64u(opened.body_bytes),
                "salt": ril.b64u(opened.body_salt),
                "open": {
                    name: {"salt": ril.b64u(opening.salt), "value": opening.value}
                    for name, opening in opened.fields.items()
                },
            }
    return shown


class BundleRefused(Exception):
    """A proof document that does not hold; the argument says where."""


def verify_bundle(document: Any, origin: str, vkeys: Sequence[VerifierKey]) -> int:
    """Check a proof document against keys the caller trusts; returns the number of events.

    Checks (IN-71, steps 1 and 2): checkpoint signature, inclusion of every leaf, canonical leaves,
    commitments, body context, numbering and the chain. `document` is any JSON value from anywhere.
    Raises BundleRefused, RilError or TlogError.
    """
    note, name, ch = (_text(document, member) for member in ("checkpoint", "obj", "ch"))
    checkpoint = open_checkpoint(note.encode("utf-8", "surrogatepass"), origin, vkeys).checkpoint
    if document.get("typ") != "ril-bundle/1" or ch not in ril.CHAINS:
        raise BundleRefused("type or chain")
    try:
        obj = uuid.UUID(name)
    except ValueError as error:
        raise BundleRefused("object") from error
    if str(obj) != name:
        raise BundleRefused("object")
    events = document.get("events")
    if not isinstance(events, list) or not 0 < len(events) <= MAX_EVENTS:
        raise BundleRefused("number of events")
    h = ril.chain_start(obj, ch)
    last = -1
    for place, event in enumerate(events, start=1):
        leaf = _bytes(_text(event, "leaf"))
        index, path = event.get("i"), event.get("path")
        if type(index) is not int or not isinstance(path, list) or len(path) > 63:
            raise BundleRefused(f"event {place}: place in the log")
        if index <= last:
            raise BundleRefused(f"event {place}: order")
        last = index
        hashed = merkle.leaf_hash(leaf)
        steps = [_bytes(step) for step in path]
        merkle.verify_inclusion(last, checkpoint.size, hashed, steps, checkpoint.root)
        parsed = ril.parse_leaf(leaf)
        if not isinstance(parsed, ril.RecordLeaf):
            raise BundleRefused(f"event {place}: not a record leaf")
        if "body" in event:
            salt, data = _bytes(_text(event, "salt")), _bytes(_text(event, "body"))
            body = ril.open_body(parsed, salt, data)
            if (body.obj, body.ch, body.n, body.prev, body.log) != (obj, ch, place, h, origin):
                raise BundleRefused(f"event {place}: context")
            _open_fields(event, body, place)
        h = ril.chain_next(h, hashed)
    return len(events)


def _open_fields(event: dict[str, Any], body: ril.Body, place: int) -> None:
    openings = event.get("open")
    if not isinstance(openings, dict):
        raise BundleRefused(f"event {place}: openings")
    for name, opening in openings.items():
        salt = _bytes(_text(opening, "salt"))
        ril.open_field(body, name, salt, jcs.dumps(opening.get("value")))


def _text(container: Any, member: str) -> str:
    value = container.get(member) if isinstance(container, dict) else None
    if not isinstance(value, str) or (not value.isascii() and member != "checkpoint"):
        raise BundleRefused(member)
    return value


def _bytes(text: Any) -> bytes:
    data = ril.unb64u(text, size=len(text) * 3 // 4) if isinstance(text, str) else None
    if data is None:
        raise BundleRefused("base64url")
    return data
