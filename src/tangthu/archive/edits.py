"""Changes of labelled records that wait for approval, for whoever may see the record (RM-951)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from tangthu.archive.actions.describe_record import digest_of
from tangthu.archive.searchables import COUNTED
from tangthu.identity import standing
from tangthu.identity.policies import Viewer
from tangthu.records import queries
from tangthu.records.models import Document, Dossier, PendingEdit
from tangthu.records.queries import sees_all

MOST = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """One change and the record that it is about."""

    row: PendingEdit
    record: Dossier | Document

    @property
    def title(self) -> str:
        """What the record is called."""
        return self.record.title if isinstance(self.record, Dossier) else self.record.subject

    @property
    def url(self) -> str:
        """The page of the record."""
        return reverse(f"archive:{self.row.kind}", args=[self.row.obj])


def bodies(viewer: Viewer) -> frozenset[uuid.UUID]:
    """Bodies whose waiting changes the viewer may look at: he approves or asks for such there."""
    return viewer.bodies_with("records.approve") | viewer.bodies_with("archive.describe")


def seen(viewer: Viewer, rows: Sequence[PendingEdit]) -> list[Edit]:
    """Those of some changes whose records the viewer may see, in the same order."""
    wanted: dict[str, list[uuid.UUID]] = {"dossier": [], "document": []}
    for row in rows:
        wanted[row.kind].append(row.obj)
    found: dict[uuid.UUID, Any] = {}
    if wanted["dossier"]:
        found |= queries.dossiers(viewer).in_bulk(wanted["dossier"])
    if wanted["document"]:
        found |= queries.documents(viewer).in_bulk(wanted["document"])
    return [Edit(row, found[row.obj]) for row in rows if row.obj in found]


def waiting(viewer: Viewer) -> list[Edit]:
    """What waits at those bodies, the oldest first."""
    return seen(viewer, _rows(viewer).filter(decided_at=None).order_by("asked_at", "id")[:MOST])


def decided(viewer: Viewer) -> list[Edit]:
    """What was decided there, the newest first."""
    over = _rows(viewer).exclude(decided_at=None).order_by("-decided_at", "id")
    return seen(viewer, over[:MOST])


def every(viewer: Viewer) -> QuerySet[PendingEdit]:
    """All of these, waiting and decided, of records that the viewer may see."""
    dossiers = queries.dossiers(viewer).filter(pk=OuterRef("obj"))
    documents = queries.documents(viewer).filter(pk=OuterRef("obj"))
    return _rows(viewer).filter(
        Q(Exists(dossiers), kind="dossier") | Q(Exists(documents), kind="document")
    )


def to_approve(viewer: Viewer, limit: int) -> list[Edit]:
    """What waits that the viewer may approve: none of his own asking; the oldest first."""
    rows = PendingEdit.objects.filter(
        ~Q(asked_by=viewer.person_id),
        decided_at=None,
        body_id__in=viewer.bodies_with("records.approve"),
    )
    return seen(viewer, rows.order_by("asked_at", "id")[:limit])


def one(viewer: Viewer, edit_id: uuid.UUID) -> Edit | None:
    """One change; None if the viewer may not know of it."""
    return next(iter(seen(viewer, _rows(viewer).filter(pk=edit_id))), None)


def of_record(record: Dossier | Document) -> list[PendingEdit]:
    """What waits of one record that came through `records.queries`."""
    return list(PendingEdit.objects.filter(obj=record.pk, decided_at=None).order_by("asked_at"))


def unseen(viewer: Viewer, one: Edit) -> frozenset[str]:
    """The fields of a change that the viewer may not read: of a dossier what counts documents, for
    whoever does not see all of them (AR-128)."""
    if isinstance(one.record, Document) or sees_all(viewer, one.record):
        return frozenset()
    return COUNTED & set(one.row.values)


def is_stale(one: Edit) -> bool:
    """Whether a change that waits cannot be made any more: the record was changed meanwhile."""
    return one.row.decided_at is None and digest_of(one.record) != one.row.expected


def somebody_approves(row: PendingEdit) -> bool:
    """Whether anybody but the asker may approve at the body today."""
    return bool(set(standing.held_by_role("records.approve", row.body_id)) - {row.asked_by})


def _rows(viewer: Viewer) -> QuerySet[PendingEdit]:
    return PendingEdit.objects.filter(body_id__in=bodies(viewer))
