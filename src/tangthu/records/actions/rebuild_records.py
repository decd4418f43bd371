"""Make the records that a package preserves again, after the catalogue was lost (index rebuild).

Unlike `create_dossier` nothing is new here: identifiers, codes and moments are those that the
records had. Each row has its event, which names the package that it came from.
"""

from __future__ import annotations

import uuid
from collections.abc import Container, Mapping, Sequence
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
                _describe_again(there[one.id], one.columns, anew=one.id in newer)
        Membership.objects.bulk_create(
            Membership(dossier=dossier, document_id=one.id, ordinal=one.ordinal)
            for one in borne.documents
        )
        for one in made:
            _make_files(one, ())
        for one in borne.documents:
            document = documents[one.id]
            kind = "records.document.rebuilt"
            events.append(_event(kind, acting, document, document_state(document), told))
            if one.withheld:
                events += _withhold(acting, document)
        record_many(events)
    return dossier


def renew_dossier(
    acting: Acting, body: Body, borne: BorneDossier, *, told: Mapping[str, Any]
) -> Dossier:
    """Let a dossier that is there say what a newer version of its package states.

    Documents and files that are missing are made, what the version does not have stays, at the end;
    of two access levels the stricter holds. The caller has asked for the right.
    """
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update().get(pk=borne.id)
        _describe_again(dossier, borne.columns, anew=True)
        events = [_event("records.dossier.rebuilt", acting, dossier, dossier_state(dossier), told)]
        there = Document.objects.in_bulk([one.id for one in borne.documents])
        files = ContentFile.objects.filter(document__in=there)
        known = set(files.values_list("pk", flat=True))
        for one in borne.documents:
            document = there.get(one.id) or Document(id=one.id, body=body, **one.columns)
            if one.id in there:
                _describe_again(document, one.columns, anew=True)
            else:
                document.save(force_insert=True)
            _make_files(one, known)
            kind = "records.document.rebuilt"
            events.append(_event(kind, acting, document, document_state(document), told))
            if one.withheld:
                events += _withhold(acting, document)
        _put_in_order(dossier, borne)
        record_many(events)
    return dossier


def close_again(
    acting: Acting,
    rows: Sequence[Dossier | Document],
    levels: Mapping[uuid.UUID, str],
    withheld: Container[uuid.UUID],
    *,
    told: Mapping[str, Any],
) -> int:
    """Give rows the stricter of their level and the one in `levels`, and withhold documents.

    Returns of how many that changed anything; each has its event. The caller asked for the right.
    """
    events = []
    with transaction.atomic():
        for row in rows:
            before = level_of(row)
            if row.pk in levels and strictest([before, levels[row.pk]]) != before:
                _close(row, strictest([before, levels[row.pk]]))
                row.save(update_fields=["secrecy", "access_level"])
                is_dossier = isinstance(row, Dossier)
                kind = "records.dossier.rebuilt" if is_dossier else "records.document.rebuilt"
                state = dossier_state(row) if isinstance(row, Dossier) else document_state(row)
                events.append(_event(kind, acting, row, state, told))
            if isinstance(row, Document) and row.pk in withheld:
                events += _withhold(acting, row)
        record_many(events)
    return len({event.obj for event in events})


def _make_files(one: BorneDocument, known: Container[uuid.UUID]) -> None:
    ContentFile.objects.bulk_create(
        ContentFile(
            id=file.id,
            document_id=one.id,
            name_bytes=file.name,
            name=shown_name(file.name),
            **file.columns,
        )
        for file in one.files
        if file.id not in known
    )


def _put_in_order(dossier: Dossier, borne: BorneDossier) -> None:
    stated = {one.id: one.ordinal for one in borne.documents}
    places = Membership.objects.filter(dossier=dossier).order_by("ordinal")
    kept = [one.document_id for one in places if one.document_id not in stated]
    if not kept and {one.document_id: one.ordinal for one in places} == stated:
        return
    places.delete()
    after = max(stated.values(), default=0)
    Membership.objects.bulk_create(
        Membership(dossier=dossier, document_id=pk, ordinal=ordinal)
        for pk, ordinal in (*stated.items(), *((pk, after + n) for n, pk in enumerate(kept, 1)))
    )


def _describe_again(row: Dossier | Document, columns: Mapping[str, Any], *, anew: bool) -> None:
    level = strictest([level_of(row), level_of(type(row)(**columns))])
    values = dict(columns) if anew else {}
    for name, value in values.items():
        setattr(row, name, value)
    _close(row, level)
    row.save(update_fields=[*values, "secrecy", "access_level"])


def _close(row: Dossier | Document, level: str) -> None:
    (levels, degrees) = split([level])
    row.secrecy = degrees[0] if degrees else None
    row.access_level = "03" if degrees else levels[0]


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
