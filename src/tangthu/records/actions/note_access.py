"""Note that somebody looked at a record, printed it or took a file out (access chain, IN-17).

Each use is an event of the record's access chain and a row to ask by (records.models.Use), in one
transaction.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.ledger.record import Event, record, record_many
from tangthu.records import queries
from tangthu.records.models import ContentFile, Document, Dossier, Use

# Letters and figures that nobody mistakes for one another on paper (Crockford's base 32).
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_serial() -> str:
    """The code of one printed copy, as `TT-7K3F9-Q2M4X`: 50 bits that nobody guesses."""
    picked = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"TT-{picked[:5]}-{picked[5:]}"


def note_view(acting: Acting, seen: Dossier | Document) -> None:
    """Record that the acting person looked at `seen`. Raises NotFoundForViewer if he may not."""
    kind = "records.dossier.viewed" if isinstance(seen, Dossier) else "records.document.viewed"
    with transaction.atomic():
        _note(acting, _found(acting, seen), Use.Kind.VIEW, kind, {})


def note_print(acting: Acting, seen: Dossier | Document) -> Use:
    """Record that the acting person prints the sheet of `seen`; the use bears the copy's code."""
    kind = "records.dossier.printed" if isinstance(seen, Dossier) else "records.document.printed"
    serial = new_serial()
    with transaction.atomic():
        found = _found(acting, seen)
        return _note(acting, found, Use.Kind.PRINT, kind, {"serial": serial}, serial)


def note_export(acting: Acting, file: ContentFile) -> None:
    """Record that the acting person took `file` out. Raises NotFoundForViewer if he may not."""
    with transaction.atomic():
        found = queries.content_file(acting.viewer, file.pk)
        detail = {"name": found.name, "sha256": found.sha256}
        _note(acting, found.document, Use.Kind.DOWNLOAD, "records.file.exported", detail)


def note_marked(acting: Acting, file: ContentFile, serial: str) -> Use:
    """Record that the acting person takes a marked copy of `file` out (RM-662 k)."""
    with transaction.atomic():
        found = queries.content_file(acting.viewer, file.pk)
        detail = {"name": found.name, "sha256": found.sha256, "serial": serial}
        return _note(acting, found.document, Use.Kind.MARKED, "records.file.marked", detail, serial)


def note_package(acting: Acting, documents: Sequence[Document], *, event: str, code: str) -> None:
    """Record that each of the documents went out in the use package (DIP) `code`.

    To be called in the transaction that records the same of the package.
    """
    moment = clock.now()
    with transaction.atomic():
        record_many(
            [
                Event(
                    kind=event, obj=one.pk, body=one.body_id, actor=acting.actor(one.body_id),
                    detail={"code": code},
                )
                for one in documents
            ]
        )  # fmt: skip
        Use.objects.bulk_create(
            [
                _use(acting, one.body_id, Use.Kind.DIP, one.pk, moment, "", {"dip": code})
                for one in documents
            ]
        )


def note_list(
    acting: Acting,
    bodies: Sequence[uuid.UUID],
    *,
    use: Use.Kind,
    event: str,
    copy: uuid.UUID,
    detail: Mapping[str, Any],
    serial: str = "",
    rows: Mapping[uuid.UUID, int] | None = None,
) -> list[Use]:
    """Record a use of a list in the log of every body that has records in it.

    `copy` is the id of the printed or exported copy; its ledger object at a body follows from both.
    `detail` says what was asked for; values as a ledger event takes them. `rows`: how many rows are
    of each body, for the log of a body tells nothing of another's.
    """
    moment = clock.now()
    known = {name: value for name, value in {**detail, "serial": serial}.items() if value != ""}

    def _at(body: uuid.UUID) -> dict[str, Any]:
        return known if rows is None else {**known, "rows": rows.get(body, 0)}

    objects = {body: uuid.uuid5(copy, str(body)) for body in bodies}
    with transaction.atomic():
        record_many(
            [
                Event(kind=event, obj=obj, body=body, actor=acting.actor(body), detail=_at(body))
                for body, obj in objects.items()
            ]
        )
        uses = [
            _use(acting, body, use, obj, moment, serial, _at(body)) for body, obj in objects.items()
        ]
        Use.objects.bulk_create(uses)
    return uses


def _found(acting: Acting, seen: Dossier | Document) -> Dossier | Document:
    if isinstance(seen, Dossier):
        return queries.dossier(acting.viewer, seen.pk)
    return queries.document(acting.viewer, seen.pk)


def _note(
    acting: Acting,
    seen: Dossier | Document,
    use: Use.Kind,
    event: str,
    detail: Mapping[str, Any],
    serial: str = "",
) -> Use:
    """The event and the row of one use of a record; called inside a transaction."""
    record(
        Event(
            kind=event,
            obj=seen.pk,
            body=seen.body_id,
            actor=acting.actor(seen.body_id),
            detail=detail,
        )
    )
    noted = _use(acting, seen.body_id, use, seen.pk, clock.now(), serial, {})
    noted.save(force_insert=True)
    return noted


def _use(
    acting: Acting,
    body: uuid.UUID,
    use: Use.Kind,
    obj: uuid.UUID,
    moment: Any,
    serial: str,
    detail: Mapping[str, Any],
) -> Use:
    return Use(
        body_id=body,
        person_id=acting.person_id,
        at=moment,
        kind=use,
        obj=obj,
        serial=serial,
        detail=dict(detail),
    )
