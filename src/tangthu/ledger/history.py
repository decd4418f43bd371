"""The history of an object in words: its events in order, opened where openings still exist."""

from __future__ import annotations

import datetime as dt
import string
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection
from django.utils.translation import gettext as _

from tangthu.kernel import clock
from tangthu.ledger import kinds
from tangthu.ledger.sealing import unseal
from tangthu.standards.ril import jcs

Stage = Literal["recorded", "in_log", "signed"]


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it can be told: who, when, what, and how far into the log it has come.

    `fields` holds the opened fields by name; empty for an erased event. `leaf_index` is None while
    the event waits in the outbox.
    """

    eid: uuid.UUID
    obj: uuid.UUID
    n: int
    ch: str
    k: str
    t: int
    out: str
    fields: Mapping[str, Any]
    leaf_index: int | None
    stage: Stage

    @property
    def when(self) -> dt.datetime:
        """Recording time in Vietnam time."""
        return clock.from_ms(self.t)

    @property
    def who(self) -> str:
        """Name of the actor, or the system."""
        return str(self.fields.get("agent", {}).get("name") or _("Hệ thống"))

    @property
    def position(self) -> str:
        """Position under which the actor acted ("" if none)."""
        return str(self.fields.get("agent", {}).get("position", ""))

    @property
    def kind_name(self) -> str:
        """Declared name of the kind, "" for an erased event."""
        return str(self.fields.get("detail", {}).get("event", ""))

    @property
    def sentence(self) -> str:
        """What was done, in words of the current language."""
        if not self.fields:
            return _("nội dung sự kiện đã được xóa theo quy định")
        try:
            words = kinds.kind(self.kind_name).sentence()
        except kinds.UnknownKind:
            return self.kind_name
        return _Lenient().format(words, **self.fields.get("detail", {}))


class _Lenient(string.Formatter):
    """Fills a sentence; a value that is not there becomes an ellipsis, attributes are not read."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Only plain names are looked up: a sentence is data, never a path into objects."""
        value = kwargs.get(field_name, "…")
        return (", ".join(map(str, value)) if isinstance(value, list) else value), field_name


_SELECT = """
WITH found AS (
    SELECT e.eid, e.obj, e.ch, e.n, e.leaf, e.leaf_index, t.signed_size
    FROM ledger_entry e JOIN ledger_tree t USING (log_id)
    WHERE e.obj = ANY(%(objs)s) AND e.ch = %(ch)s::"char"
    UNION ALL
    SELECT p.eid, p.obj, p.ch, p.n, p.leaf, NULL, 0 FROM ledger_pending p
    WHERE p.obj = ANY(%(objs)s) AND p.ch = %(ch)s::"char"
)
SELECT f.eid, f.obj, f.ch, f.n, f.leaf, f.leaf_index, f.signed_size, k.key,
       array_agg(o.name ORDER BY o.name) FILTER (WHERE o.name IS NOT NULL),
       array_agg(o.sealed ORDER BY o.name) FILTER (WHERE o.name IS NOT NULL)
FROM found f
LEFT JOIN ledger_key k ON k.obj = f.obj AND k.ch = f.ch
LEFT JOIN ledger_opening o ON o.eid = f.eid
GROUP BY f.eid, f.obj, f.ch, f.n, f.leaf, f.leaf_index, f.signed_size, k.key
ORDER BY f.n, f.obj
"""


def history(*objs: uuid.UUID, ch: str = "c", limit: int = 2000) -> list[Told]:
    """The events of the objects on chain `ch`, oldest first; of one object in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + " LIMIT %(limit)s", {"objs": list(objs), "ch": ch, "limit": limit})
        told = [_told(row) for row in cursor.fetchall()]
    return sorted(told, key=lambda event: (event.t, event.obj, event.n))


def opened(
    eid: uuid.UUID, key: bytes, names: Sequence[str], sealed: Sequence[bytes]
) -> dict[str, tuple[bytes, bytes]]:
    """Salt and canonical value of every opening of an event, by field name ('' is the body)."""
    return {
        name: unseal(key, eid, name, bytes(box)) for name, box in zip(names, sealed, strict=True)
    }


def _told(row: Sequence[Any]) -> Told:
    eid, obj, ch, n, leaf, leaf_index, signed_size, key, names, sealed = row
    public = jcs.loads(bytes(leaf))
    fields: dict[str, Any] = {}
    out = "ok"
    if key is not None and names:
        plain = opened(eid, bytes(key), names, sealed)
        if "" in plain:
            out = jcs.loads(plain[""][1])["out"]
        fields = {name: jcs.loads(value) for name, (_salt, value) in plain.items() if name}
    stage: Stage = "recorded"
    if leaf_index is not None:
        stage = "signed" if leaf_index < signed_size else "in_log"
    return Told(eid, obj, n, ch, public["k"], public["t"], out, fields, leaf_index, stage)
