"""Make the records that a package preserves again, after the catalogue was lost (index rebuild).

Unlike `create_dossier` nothing is new here: identifiers, codes and moments are those that the
records had. Each row has its event, which names the package that it came from.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.ledger.record import Event, record_many
from tangthu.records.actions.file_documents import shown_name
from tangthu.records.levels import level_of, split, strictest
from tangthu.records.models import ContentFile, Document, Dossier, Membership, Withheld
from tangthu.records.states import document_state, dossier_state


@dataclass(frozen=True, slots=True)
class BorneFile:
    """A content file as its package states it: exact name, columns of records.ContentFile."""

    id: uuid.UUID
    name: bytes
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BorneDocument:
    """A document as its package states it. `withheld`: a secret was suspected in it."""

    id: uuid.UUID
    ordinal: int
    columns: Mapping[str, Any]
    files: Sequence[BorneFile]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class BorneDossier:
    """A dossier as its package states it."""

    id: uuid.UUID
    columns: Mapping[str, Any]
    documents: Sequence[BorneDocument]


def rebuild_dossier(
    acting: Acting,
    body: Body,
    borne: BorneDossier,
    *,
    newer: frozenset[uuid.UUID],
    told: Mapping[str, Any],
) -> Dossier:
    """Make the rows of a dossier, its documents, places and files, with an event for each object.

    A document may be there already, from the package of another dossier: it is filed here as well,
    and described anew if it is among the `newer`; of two access levels the stricter holds. `told`
    is what the events say of the package. The caller has asked for the right.
    """
    with transaction.atomic():
        dossier = Dossier(id=borne.id, body=body, **borne.columns)
        dossier.save(force_insert=True)
        events = [_event("records.dossier.rebuilt", acting, dossier, dossier_state(dossier), told)]
        there = Document.objects.in_bulk([one.id for one in borne.documents])
        made = [one for one in borne.documents if one.id not in there]
        documents = {
            **there,
            **{one.id: Document(id=one.id, body=body, **one.columns) for one in made},
        }
        Document.objects.bulk_create(documents[one.id] for one in made)
        for one in borne.documents:
            if one.id in there:
                _describe_again(there[one.id], one, anew=one.id in newer)
        Membership.objects.bulk_create(
            Membership(dossier=dossier, document_id=one.id, ordinal=one.ordinal)
            for one in borne.documents
        )
        ContentFile.objects.bulk_create(
            ContentFile(
                id=file.id,
                document_id=one.id,
                name_bytes=file.name,
                name=shown_name(file.name),
                **file.columns,
            )
            for one in made
            for file in one.files
        )
        for one in borne.documents:
            document = documents[one.id]
            kind = "records.document.rebuilt"
            events.append(_event(kind, acting, document, document_state(document), told))
            if one.withheld:
                events += _withhold(acting, document)
        record_many(events)
    return dossier


def _describe_again(document: Document, one: BorneDocument, *, anew: bool) -> None:
    before = level_of(document)
    values = dict(one.columns) if anew else {}
    borne = Document(**one.columns)
    (levels, degrees) = split([strictest([before, level_of(borne)])])
    values["secrecy"] = degrees[0] if degrees else None
    values["access_level"] = "03" if degrees else levels[0]
    for name, value in values.items():
        setattr(document, name, value)
    document.save(update_fields=list(values))


def _withhold(acting: Acting, document: Document) -> list[Event]:
    if Withheld.objects.filter(document=document, released_at=None).exists():
        return []
    Withheld(
        document=document,
        body_id=document.body_id,
        reported_by=acting.viewer.person_id,
        reported_at=clock.now(),
    ).save(force_insert=True)
    return [
        Event(
            kind="records.document.withheld",
            obj=document.pk,
            body=document.body_id,
            actor=acting.actor(document.body_id),
        )
    ]


def _event(
    kind: str,
    acting: Acting,
    row: Dossier | Document,
    state: tuple[str, Mapping[str, Any]],
    told: Mapping[str, Any],
) -> Event:
    return Event(
        kind=kind,
        obj=row.pk,
        body=row.body_id,
        actor=acting.actor(row.body_id),
        state=state,
        ref=str(row),
        detail=told,
    )
