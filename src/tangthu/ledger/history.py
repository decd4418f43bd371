"""The history of an object in words: its events in order, opened where openings still exist.

Nothing is told that the event's leaf does not commit to: an opening that was changed in the
database shows as damaged, not as history.
"""

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
from tangthu.ledger.openings import COLUMNS, open_event
from tangthu.standards.ril.events import RecordLeaf, parse_leaf
from tangthu.standards.ril.ids import microseconds

Stage = Literal["recorded", "in_log", "signed"]


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it can be told: who, when, what, and how far into the log it has come.

    `fields` holds the opened fields by name; empty for an erased event. `erased` says that the body
    is gone, `damaged` that some of it does not match the log. `leaf_index` is None while the event
    waits in the outbox.
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
    erased: bool = False
    damaged: bool = False

    @property
    def when(self) -> dt.datetime:
        """Recording time in Vietnam time, as finely as the event's id tells it (RM-960)."""
        us = microseconds(self.eid)
        return clock.from_us(us if us // 1000 == self.t else self.t * 1000)

    @property
    def who(self) -> str:
        """Name of the actor, or the system; "" where that was erased."""
        if "agent" not in self.fields:
            return ""
        return str(self.fields["agent"].get("name") or _("Hệ thống"))

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
        if self.damaged:
            return _("nội dung lưu trong cơ sở dữ liệu không khớp với sổ cái")
        if self.erased or "detail" not in self.fields:
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


# One statement, one snapshot: an event is in the outbox or in the log, never in both or neither.
_SELECT = f"""
WITH found AS (
    SELECT e.eid, e.obj, e.ch, e.n, e.leaf, e.leaf_index, t.signed_size
    FROM ledger_entry e JOIN ledger_tree t USING (log_id)
    WHERE e.obj = ANY(%(objs)s) AND e.ch = %(ch)s::"char"
    UNION ALL
    SELECT p.eid, p.obj, p.ch, p.n, p.leaf, NULL, 0 FROM ledger_pending p
    WHERE p.obj = ANY(%(objs)s) AND p.ch = %(ch)s::"char"
), newest AS (
    SELECT * FROM found ORDER BY eid DESC LIMIT %(limit)s
)
SELECT e.eid, e.obj, e.ch, e.n, e.leaf, e.leaf_index, e.signed_size, {COLUMNS}
FROM newest e ORDER BY e.n, e.obj
"""


def history(*objs: uuid.UUID, ch: str = "c", limit: int = 2000) -> list[Told]:
    """The newest `limit` events of the objects on chain `ch`, oldest first.

    Events of one object stand in their order even if the server's clock was set back between them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, {"objs": list(objs), "ch": ch, "limit": limit})
        told = [told_of(row) for row in cursor.fetchall()]
    reached: dict[uuid.UUID, int] = {}
    order: dict[uuid.UUID, int] = {}
    for event in told:
        reached[event.obj] = order[event.eid] = max(reached.get(event.obj, 0), event.t)
    return sorted(told, key=lambda event: (order[event.eid], event.obj, event.n))


def told_of(row: Sequence[Any]) -> Told:
    """An event from a row: eid, obj, ch, n, leaf, leaf_index, signed_size, openings.COLUMNS."""
    eid, obj, ch, n, data, leaf_index, signed_size, key, names, sealed = row
    leaf = parse_leaf(bytes(data))
    assert isinstance(leaf, RecordLeaf)
    opened = open_event(leaf, eid, key, names, sealed)
    body = opened.body
    stage: Stage = "recorded"
    if leaf_index is not None:
        stage = "signed" if leaf_index < signed_size else "in_log"
    return Told(
        eid=eid,
        obj=obj,
        n=n,
        ch=ch,
        k=body.k if body else leaf.k,
        t=leaf.t,
        out=body.out if body else "ok",
        fields={name: opening.value for name, opening in opened.fields.items()},
        leaf_index=leaf_index,
        stage=stage,
        erased=body is None and not opened.damaged,
        damaged=bool(opened.damaged),
    )
