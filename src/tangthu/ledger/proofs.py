"""Proof of one object's history: what the object's record page shows and the command hands out.

The document has the shape of integrity-log.md IN-70; witnesses, head map and time-stamps join it
when they exist, and until then it says plainly that they are not there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from tangthu.ledger.history import opened
from tangthu.ledger.logs import Log, all_logs
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.signer import Signer
from tangthu.standards.ril import events as ril
from tangthu.standards.ril import jcs
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.errors import TlogError
from tangthu.standards.tlog.reader import TileReader

_EVENTS = """
SELECT e.log_id, e.eid, e.n, e.leaf_index, e.leaf, k.key,
       array_agg(o.name ORDER BY o.name) FILTER (WHERE o.name IS NOT NULL),
       array_agg(o.sealed ORDER BY o.name) FILTER (WHERE o.name IS NOT NULL)
FROM ledger_entry e
LEFT JOIN ledger_key k ON k.obj = e.obj AND k.ch = e.ch
LEFT JOIN ledger_opening o ON o.eid = e.eid
WHERE e.obj = %s AND e.ch = 'c' AND e.leaf_index < %s
GROUP BY e.log_id, e.eid, e.n, e.leaf_index, e.leaf, k.key ORDER BY e.n
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
    _log_id, eid, _n, index, leaf, key, names, sealed = row
    shown: dict[str, Any] = {
        "i": index,
        "leaf": ril.b64u(bytes(leaf)),
        "path": [ril.b64u(step) for step in reader.inclusion_proof(index, size)],
    }
    if key is not None and names:
        plain = opened(eid, bytes(key), names, sealed)
        if "" in plain:
            salt, body = plain.pop("")
            shown |= {"body": ril.b64u(body), "salt": ril.b64u(salt)}
            shown["open"] = {
                name: {"salt": ril.b64u(salt), "value": jcs.loads(value)}
                for name, (salt, value) in plain.items()
            }
    return shown


class BundleRefused(Exception):
    """A proof document that does not hold; the argument says where."""


def verify_bundle(document: dict[str, Any], origin: str, vkeys: list[Any]) -> int:
    """Check a proof document against keys the caller trusts; returns the number of events.

    Checks (IN-71, steps 1 and 2): checkpoint signature, inclusion of every leaf, canonical leaves,
    commitments, body context, numbering and the chain. Raises BundleRefused or TlogError.
    """
    checkpoint = open_checkpoint(document["checkpoint"].encode("utf-8"), origin, vkeys).checkpoint
    obj = uuid.UUID(document["obj"])
    h = ril.chain_start(obj, document["ch"])
    last = -1
    for place, event in enumerate(document["events"], start=1):
        leaf = _bytes(event["leaf"])
        if event["i"] <= last:
            raise BundleRefused(f"event {place}: order")
        last = event["i"]
        path = [_bytes(step) for step in event["path"]]
        hashed = merkle.leaf_hash(leaf)
        merkle.verify_inclusion(last, checkpoint.size, hashed, path, checkpoint.root)
        parsed = ril.parse_leaf(leaf)
        if not isinstance(parsed, ril.RecordLeaf):
            raise BundleRefused(f"event {place}: not a record leaf")
        if "body" in event:
            body = ril.open_body(parsed, _bytes(event["salt"]), _bytes(event["body"]))
            if (body.obj, body.ch, body.n, body.prev, body.log) != (
                obj,
                document["ch"],
                place,
                h,
                origin,
            ):
                raise BundleRefused(f"event {place}: context")
            for name, opening in event["open"].items():
                value = jcs.dumps(opening["value"])
                ril.open_field(body, name, _bytes(opening["salt"]), value)
        h = ril.chain_next(h, hashed)
    return len(document["events"])


def _bytes(text: str) -> bytes:
    data = ril.unb64u(text, size=len(text) * 3 // 4)
    if data is None:
        raise BundleRefused("base64url")
    return data
