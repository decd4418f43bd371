"""Reads of bulk acts: one's own alone, their rows cut to what one may see now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.text import Truncator

from tangthu.bulk import acts
from tangthu.bulk.models import BulkAct, BulkRow
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.models import Job
from tangthu.records import queries as records
from tangthu.reports.chosen import Chosen
from tangthu.reports.queries import still_visible

_NAME = 160
Outcome = BulkRow.Outcome


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are that the viewer may see, and how each kind of them stands.

    `able` can be done, `refused` cannot, by the preview; `done` and `not_done` were worked on.
    """

    rows: int
    able: int
    refused: int
    done: int
    not_done: int


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row with the name and the page of its record."""

    row: BulkRow
    name: str
    url: str


def bulk_acts(viewer: Viewer) -> QuerySet[BulkAct]:
    """The viewer's own, at the bodies that he has to do with, the newest first; what was not
    confirmed in its time is gone."""
    mine = BulkAct.objects.filter(person_id=viewer.person_id, body_id__in=viewer.bodies())
    return mine.exclude(confirmed_at=None, expires_at__lte=Now()).order_by("-made_at", "-id")


def bulk_act(viewer: Viewer, act_id: uuid.UUID) -> BulkAct:
    """One of those. Raises NotFoundForViewer."""
    found = bulk_acts(viewer).select_related("body").filter(pk=act_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def act_names(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What some bulk acts do, in words, by id."""
    found = bulk_acts(viewer).filter(pk__in=list(ids)).exclude(act="")
    return {one.pk: str(acts.by_name(one.act).label) for one in found}


def right_of(job: Job) -> str:
    """The right of the act that a job does. Raises NotFoundForViewer once the act is forgotten."""
    found = BulkAct.objects.filter(pk=job.args["act"]).first()
    if found is None:
        raise NotFoundForViewer()
    return acts.by_name(found.act).right


def chosen(viewer: Viewer, act_id: uuid.UUID) -> Chosen:
    """The rows of a bulk act as the source of a list, in order: those that its work is about."""
    found = bulk_act(viewer, act_id)
    rows = found.rows.filter(why_not="").exclude(outcome=Outcome.GONE).order_by("place")
    return Chosen(found.kind, list(rows.values_list("obj", flat=True)))


def seen(viewer: Viewer, bulk: BulkAct) -> set[uuid.UUID]:
    """The records of a bulk act that the viewer may see now."""
    return still_visible(viewer, bulk.kind, bulk.rows.values_list("obj", flat=True))


def counts(viewer: Viewer, bulk: BulkAct) -> Counts:
    """How the rows stand that the viewer may see now."""
    known = seen(viewer, bulk)
    every = bulk.rows.values_list("obj", "why_not", "outcome")
    rows = [(why_not, outcome) for obj, why_not, outcome in every if obj in known]
    outcomes = [outcome for _why_not, outcome in rows]
    able = sum(1 for why_not, _outcome in rows if not why_not)
    return Counts(
        rows=len(rows),
        able=able,
        refused=len(rows) - able,
        done=outcomes.count(Outcome.DONE),
        not_done=outcomes.count(Outcome.REFUSED),
    )


def rows(viewer: Viewer, bulk: BulkAct, *, start: int, most: int) -> tuple[list[SeenRow], int]:
    """Some rows that the viewer may see, what was or would be refused first; and how many there are
    in all."""
    known = seen(viewer, bulk)
    told = bulk.rows.order_by("place").values_list("pk", "obj", "why_not", "outcome")
    every = [one for one in told if one[1] in known]
    every.sort(key=lambda one: not (one[2] or one[3] == Outcome.REFUSED))
    whole = bulk.rows.in_bulk([one[0] for one in every[start : start + most]])
    taken = [whole[one[0]] for one in every[start : start + most]]
    names = _names(viewer, bulk.kind, [one.obj for one in taken])
    page = "archive:dossier" if bulk.kind == "dossier" else "archive:document"
    found = [
        SeenRow(one, names[one.obj], reverse(page, args=[one.obj]))
        for one in taken
        if one.obj in names
    ]
    return found, len(every)


def _names(viewer: Viewer, kind: str, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    if kind == "dossier":
        dossiers = records.dossiers(viewer).filter(pk__in=ids)
        told = {one.pk: f"{one.archive_file_code} {one.title}" for one in dossiers}
    else:
        documents = records.documents(viewer).filter(pk__in=ids)
        told = {one.pk: f"{one.record_archive_code} {one.subject}" for one in documents}
    return {pk: Truncator(words.strip()).chars(_NAME) for pk, words in told.items()}
