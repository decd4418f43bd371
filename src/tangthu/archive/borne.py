"""What a package bears of the catalogue beyond TT05: `records.json` beside its PREMIS.

EAD and PREMIS say what a dossier is and what became of it. Where it stands (body, fonds, inventory,
box), who holds it and what the house's own columns say has no element there; without it, a
catalogue could not be made again from the stores alone. No person stands here, and no right.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.conf import settings

from tangthu.archive.models import Place
from tangthu.archive.states import FONDS_FIELDS
from tangthu.records.models import ContentFile, Document, Dossier, Membership
from tangthu.records.states import DOCUMENT_FIELDS, DOSSIER_FIELDS
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.tt05.package import ExtraMetadata

NAME = "records.json"
FORMAT = "tangthu-records/1"
FILE = ("position", "kind", "media_type", "format_id", "format_name", "page_count")
BODY = ("code", "archive_code", "name", "short_name")


def metadata_of(
    dossier: Dossier,
    memberships: Sequence[Membership],
    files: Mapping[uuid.UUID, Sequence[ContentFile]],
    place: Place,
    origin: str,
    created: dt.datetime,
) -> ExtraMetadata:
    """`records.json` of a dossier as it stands; `origin` is that of its body's log."""
    inventory, fonds = place.inventory, place.inventory.fonds
    said = {
        "format": FORMAT,
        "mode": settings.DEPLOYMENT_MODE,
        "body": {"id": str(dossier.body_id), "log": origin, **_of(dossier.body, BODY)},
        "fonds": {"id": str(fonds.pk), **_of(fonds, FONDS_FIELDS)},
        "inventory": {"id": str(inventory.pk), **_of(inventory, ("code", "title"))},
        "place": _of(place, ("box", "number")),
        "dossier": _beyond(dossier, DOSSIER_FIELDS, DossierDescription),
        "documents": {
            str(one.document_id): _beyond(one.document, DOCUMENT_FIELDS, DocumentDescription)
            for one in memberships
        },
        "files": {
            str(file.pk): _of(file, FILE)
            for one in memberships
            for file in files.get(one.document_id, ())
        },
    }
    data = f"{json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1)}\n".encode()
    return ExtraMetadata(
        name=NAME,
        source=data,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="application/json",
        other_type="TANGTHU-RECORDS",
        created=created,
    )


def read(data: bytes) -> dict[str, Any]:
    """What `records.json` says; {} for one of another format. Raises ValueError for no JSON."""
    said = json.loads(data)
    return said if isinstance(said, dict) and said.get("format") == FORMAT else {}


def _beyond(
    record: Dossier | Document,
    columns: Sequence[str],
    elements: type[DossierDescription] | type[DocumentDescription],
) -> dict[str, Any]:
    """The columns that no element of EAD states, with custody and moment."""
    stated = {one.name for one in fields(elements)}
    own = [name for name in columns if name not in stated]
    moment = record.created_at.isoformat()
    return {**_of(record, own), "custody": record.custody, "created_at": moment}


def _of(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
