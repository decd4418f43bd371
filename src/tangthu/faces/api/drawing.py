"""Records as documents: what their pages tell the same viewer, by identifiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from tangthu.archive import queries as archive
from tangthu.archive.actions import describe_fonds, describe_record
from tangthu.archive.models import Fonds
from tangthu.archive.searchables import COUNTED
from tangthu.identity.models import Body
from tangthu.identity.policies import Viewer
from tangthu.kernel.jobs import label_of, subjects
from tangthu.kernel.models import Job
from tangthu.records import queries as records
from tangthu.records.actions.note_access import note_view
from tangthu.records.fields import fields_of
from tangthu.records.levels import level_of
from tangthu.records.models import ContentFile, Document, Dossier, Membership, Use
from tangthu.records.queries import sees_all
from tangthu.reports import queries as reports
from tangthu.repository import queries as repository

_SEEN_FOR = dt.timedelta(hours=1)


def body(found: Body) -> dict[str, Any]:
    """A body as others name it."""
    return {"id": found.pk, "code": found.code, "name": found.name}


def note_seen(request: Any, record: Dossier | Document) -> None:
    """Record the view, unless this person's last one of the record was within the hour."""
    since = timezone.now() - _SEEN_FOR
    mine = reports.uses(request.viewer, everybody=False)
    if not mine.filter(obj=record.pk, kind=Use.Kind.VIEW, at__gt=since).exists():
        note_view(request.acting, record)


def state_of(record: Dossier | Document | Fonds) -> str:
    """What an ETag holds: the state of a record, keyed, so that nobody guesses hidden fields."""
    digest = (
        describe_fonds.digest_of(record)
        if isinstance(record, Fonds)
        else describe_record.digest_of(record)
    )
    return salted_hmac("tangthu.api.state", digest, algorithm="sha256").hexdigest()[:40]


def _described(record: Dossier | Document, hidden: frozenset[str]) -> dict[str, Any]:
    today = timezone.localdate()
    names = (field.identifier for field in fields_of(type(record), today))
    return {name: getattr(record, name) for name in names if name not in hidden}


def dossier(viewer: Viewer, found: Dossier) -> dict[str, Any]:
    """A dossier; what counts its documents only for whoever may see them all."""
    whole = sees_all(viewer, found)
    place = archive.place_of(found)
    return {
        "id": found.pk,
        "body": body(found.body),
        "code": found.archive_file_code,
        "title": found.title,
        "custody": found.custody,
        "level": level_of(found),
        "description": _described(found, frozenset() if whole else COUNTED),
        "extra": found.extra,
        "old_codes": records.old_codes(found),
        "documents": records.documents_of(viewer, found).count(),
        "place": None
        if place is None
        else {
            "fonds": place.inventory.fonds_id,
            "fonds_code": place.inventory.fonds.code,
            "inventory": place.inventory_id,
            "inventory_code": place.inventory.code,
            "box": place.box,
            "number": place.number,
        },
        "package": _package(viewer, found, whole=whole),
        "state": state_of(found),
    }


def _package(viewer: Viewer, found: Dossier, *, whole: bool) -> dict[str, Any] | None:
    package = repository.package_of(viewer, found.pk)
    if package is None:
        return None
    audits = viewer.may("repository.audit", found.body_id)
    return {
        "objid": package.objid,
        "id": package.pk if audits else None,
        "versions": versions(package, whole=whole),
        "copies": copies(package),
    }


def versions(package: Any, *, whole: bool) -> list[dict[str, Any]]:
    """The newest versions of a package; sizes tell of documents that may be hidden."""
    return [
        {
            "number": one.number,
            "sealed_at": one.sealed_at,
            "files": one.files if whole else None,
            "bytes": one.bytes if whole else None,
        }
        for one in repository.versions_of(package)[:20]
    ]


def copies(package: Any) -> list[dict[str, Any]]:
    """Where the copies lie and how they are."""
    return [
        {"store": one.store.name, "state": one.state, "verified_at": one.verified_at}
        for one in repository.copies_of(package)
    ]


def document(viewer: Viewer, found: Document) -> dict[str, Any]:
    """A document with the access level that really holds, its files and places."""
    return {
        "id": found.pk,
        "body": body(found.body),
        "code": found.code,
        "archive_code": found.record_archive_code,
        "title": found.subject,
        "custody": found.custody,
        "level": records.effective_level(found),
        "description": _described(found, frozenset()),
        "extra": found.extra,
        "old_codes": records.old_codes(found),
        "dossiers": [
            {
                "id": one.dossier_id,
                "code": one.dossier.archive_file_code,
                "title": one.dossier.title,
                "ordinal": one.ordinal,
            }
            for one in records.dossiers_of(viewer, found)
        ],
        "files": [file(one) for one in records.files_of(found)],
        "state": state_of(found),
    }


def file(one: ContentFile) -> dict[str, Any]:
    """A content file."""
    return {
        "id": one.pk,
        "kind": one.kind,
        "position": one.position,
        "name": one.name,
        "size": one.size,
        "sha256": one.sha256,
        "media_type": one.media_type,
        "format": one.format_id,
        "pages": one.page_count,
    }


def in_place(row: Membership) -> dict[str, Any]:
    """A document at its place in a dossier."""
    return {
        "ordinal": row.ordinal,
        "document": row.document_id,
        "code": row.document.code,
        "archive_code": row.document.record_archive_code,
        "title": row.document.subject,
        "record_type": row.document.record_type,
    }


def fonds_line(found: Fonds) -> dict[str, Any]:
    """A fonds in a list."""
    return {
        "id": found.pk,
        "code": found.code,
        "name": found.name,
        "body": body(found.body),
        "status": found.status,
    }


def jobs(viewer: Viewer, found: Sequence[Job]) -> list[dict[str, Any]]:
    """Some jobs, each with what it is about as far as the viewer may see that (AR-121)."""
    known = subjects(viewer, found)
    return [
        {**job(one), "subject": one.subject_id if one.subject_id in known else None}
        for one in found
    ]


def job(found: Job) -> dict[str, Any]:
    """Long work and how far it is, for whoever sees what it is about."""
    return {
        "id": found.pk,
        "kind": found.kind,
        "label": label_of(found.kind),
        "state": found.state,
        "done": found.done,
        "total": found.total,
        "unit": found.unit,
        "stop_requested": found.stop_requested,
        "subject": found.subject_id,
        "created_at": found.created_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "message": found.message,
        "hint": found.hint,
    }
