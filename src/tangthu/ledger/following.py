"""Reading a log on from where one stood, for who tells others of events after they were signed.

What is signed has its place in the log for good: no restore and no repair moves it. Nothing here
costs the action that recorded an event anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection

from tangthu.ledger.history import Told, told_of
from tangthu.ledger.openings import COLUMNS

_SIZES = """
SELECT l.body, t.signed_size FROM ledger_log l JOIN ledger_tree t USING (log_id)
WHERE l.body = ANY(%s)
"""
_SINCE = f"""
SELECT e.eid, e.obj, e.ch, e.n, e.leaf, e.leaf_index, t.signed_size, {COLUMNS}
FROM ledger_log l JOIN ledger_tree t USING (log_id) JOIN ledger_entry e USING (log_id)
WHERE l.body = %(body)s AND e.leaf_index >= %(start)s AND e.leaf_index < %(end)s
AND e.leaf_index < t.signed_size AND e.eid IS NOT NULL
ORDER BY e.leaf_index
"""


def signed_sizes(bodies: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many leaves of the log of each of some bodies are signed."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [list(bodies)])
        return dict(cursor.fetchall())


def events_between(body: uuid.UUID, start: int, end: int) -> list[Told]:
    """The signed events of a body's log from leaf `start` on and before `end`, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {"body": body, "start": start, "end": end})
        return [told_of(row) for row in cursor.fetchall()]
