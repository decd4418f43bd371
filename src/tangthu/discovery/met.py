"""Which degree of secrecy the entries of an answer have, for the band on the page (AR-128)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from tangthu.kernel import shown
from tangthu.kernel.deployment import isolated
from tangthu.records.levels import degree_of


def note_met(objs: Sequence[uuid.UUID]) -> None:
    """Say of which degrees the entries `objs` are; nothing on a connected installation."""
    if not objs or not isolated():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT access_level FROM discovery_entry WHERE obj = ANY(%s)", [list(objs)]
        )
        for (level,) in cursor.fetchall():
            shown.note(degree_of(level))
