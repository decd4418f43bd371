"""How many dossiers and documents there are, and how often they were used (AR-27, RM-660).

Counted over what the viewer may see, by fonds.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db.models import Count, Q

from tangthu.discovery import census
from tangthu.discovery.cut import cut_of
from tangthu.discovery.guarded import reading
from tangthu.identity.policies import Viewer
from tangthu.records.models import Use

_LIMIT_MS = 20_000


@dataclass(slots=True)
class Figures:
    """The figures of one fonds, or of all."""

    dossiers: int = 0
    documents: int = 0
    uses: dict[str, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Uses of every kind."""
        return sum(self.uses.values())

    def used_as(self, *kinds: str) -> int:
        """Uses of some kinds."""
        return sum(self.uses.get(kind, 0) for kind in kinds)


def by_fonds(
    viewer: Viewer, start: dt.datetime | None, end: dt.datetime | None
) -> dict[uuid.UUID | None, Figures]:
    """The figures by fonds; uses are those between `start` and `end` (open where None).

    Raises TooBroad if the database would need too long.
    """
    cut = cut_of(viewer)
    found: dict[uuid.UUID | None, Figures] = {}
    with reading(_LIMIT_MS) as cursor:
        counted = census.by_fonds(cursor, cut.wholly())
        named = cut.by_name()
        if named is not None:
            cursor.execute(
                "SELECT fonds_id, kind, count(*) FROM discovery_entry "
                f"WHERE {named.sql} GROUP BY 1, 2",
                named.values,
            )
            counted += cursor.fetchall()
        for fonds, kind, count in counted:
            one = found.setdefault(fonds, Figures())
            if kind == "dossier":
                one.dossiers += count
            else:
                one.documents += count
        seen = cut.visible()
        cursor.execute(
            "SELECT e.fonds_id, u.kind, count(*) FROM records_use u JOIN LATERAL ("
            f"SELECT fonds_id, body_id FROM discovery_entry WHERE obj = u.obj AND {seen.sql}"
            ") e ON u.body_id = e.body_id "
            "WHERE (%s::timestamptz IS NULL OR u.at >= %s) "
            "AND (%s::timestamptz IS NULL OR u.at < %s) GROUP BY 1, 2",
            [*seen.values, start, start, end, end],
        )
        for fonds, kind, count in cursor.fetchall():
            found.setdefault(fonds, Figures()).uses[kind] = count
    return found


def lists_taken(
    viewer: Viewer, start: dt.datetime | None, end: dt.datetime | None
) -> dict[str, int]:
    """How many lists were printed, exported and downloaded: the viewer's own, and others' where
    he may see all that a list there can tell of (invariant 5)."""
    found = Use.objects.filter(
        Q(person_id=viewer.person_id) | Q(body_id__in=viewer.whole_bodies()),
        kind__startswith="list_",
    )
    found = found.filter(at__gte=start) if start else found
    found = found.filter(at__lt=end) if end else found
    return dict(found.values_list("kind").annotate(Count("pk")).order_by())
