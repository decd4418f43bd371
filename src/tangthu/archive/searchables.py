"""How dossiers and documents stand in the index: what is found, where it sorts, who may find it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from tangthu.archive.models import Place
from tangthu.capture.models import PageText
from tangthu.discovery import index
from tangthu.discovery.index import Findable
from tangthu.records.models import CodeAlias, Document, Dossier, Membership
from tangthu.repository.models import Package
from tangthu.standards.vietnamese import code_keys, fold

_STRICTEST_FIRST = ("03", "02", "01")


def strictest(levels: Iterable[str]) -> str:
    """The strictest of some access levels (AR-121)."""
    found = set(levels)
    return next(level for level in _STRICTEST_FIRST if level in found)


def reindex_dossiers(dossier_ids: Sequence[uuid.UUID]) -> int:
    """Write the index entries of the dossiers and of every document in them; returns how many."""
    sealed = set(
        Package.objects.filter(dossier_id__in=dossier_ids).values_list("dossier_id", flat=True)
    )
    count = 0
    for dossier in Dossier.objects.filter(pk__in=dossier_ids):
        place = Place.objects.select_related("inventory").filter(dossier=dossier).first()
        memberships = (
            Membership.objects.filter(dossier=dossier)
            .select_related("document")
            .order_by("ordinal")
        )
        documents = [
            _document_entry(membership, dossier, place, dossier.pk in sealed)
            for membership in memberships
        ]
        entries = [_dossier_entry(dossier, place, dossier.pk in sealed, documents), *documents]
        count += index.put(entries)
    return count


def _aliases(**owner: object) -> list[str]:
    return list(CodeAlias.objects.filter(**owner).values_list("code_key", flat=True))


def _year(date: str) -> int | None:
    return int(date[:4]) if date[:4].isdigit() else None


def _dossier_entry(
    dossier: Dossier, place: Place | None, sealed: bool, documents: Sequence[Findable]
) -> Findable:
    # The note may count documents. Where some of them are closed to people who may find the
    # dossier, it is no word of theirs to search by (invariant 5); their page does not show it.
    open_to_all = all(one.access_level == dossier.access_level for one in documents)
    return Findable(
        obj=dossier.pk,
        kind="dossier",
        body_id=dossier.body_id,
        access_level=dossier.access_level,
        fonds_id=place.inventory.fonds_id if place else None,
        inventory_id=place.inventory_id if place else None,
        dossier_id=dossier.pk,
        code=dossier.archive_file_code,
        code_keys=[
            fold(dossier.archive_file_code),
            fold(dossier.file_code),
            *_aliases(dossier=dossier),
        ],
        title=dossier.title,
        subtitle=dossier.note if open_to_all else "",
        retention_code=dossier.retention_code,
        date_from=dossier.start_date,
        date_to=dossier.end_date,
        year=_year(dossier.start_date),
        sealed=sealed,
        place=dossier.archive_file_code,
        keywords=dossier.keywords,
        text=" ".join(str(value) for value in dossier.extra.values()),
    )


def _document_entry(
    membership: Membership, dossier: Dossier, place: Place | None, sealed: bool
) -> Findable:
    document = membership.document
    pages = PageText.objects.filter(file__document=document).order_by("file__position", "page")
    levels = Membership.objects.filter(
        document=document, dossier__body_id=document.body_id
    ).values_list("dossier__access_level", flat=True)
    shown = f"{document.number}/{document.symbol}".strip("/")
    keys = code_keys(shown)
    extra = " ".join(str(value) for value in document.extra.values())
    return Findable(
        obj=document.pk,
        kind="document",
        body_id=document.body_id,
        access_level=strictest([document.access_level, *levels]),
        fonds_id=place.inventory.fonds_id if place else None,
        inventory_id=place.inventory_id if place else None,
        dossier_id=dossier.pk,
        code=shown or document.record_archive_code,
        code_keys=[
            keys.full,
            keys.yearless,
            fold(document.record_archive_code),
            *_aliases(document=document),
        ],
        title=document.subject,
        subtitle=" ".join(filter(None, [document.type_text, document.note, document.handwriting])),
        record_type=document.record_type,
        retention_code=document.retention_code,
        issuer=document.issuer,
        date_from=document.issued_on,
        date_to=document.issued_on,
        year=_year(document.issued_on),
        sealed=sealed,
        place=f"{dossier.archive_file_code}.{membership.ordinal:07d}",
        keywords=document.keywords,
        text=" ".join([extra, *pages.values_list("text", flat=True)]).strip(),
    )


def reindex_document(document: Document) -> None:
    """Write the index entry of one document again, after its description changed."""
    membership = (
        Membership.objects.filter(document=document)
        .select_related("document", "dossier")
        .order_by("dossier__archive_file_code")
        .first()
    )
    if membership is None:
        return
    place = Place.objects.select_related("inventory").filter(dossier=membership.dossier).first()
    sealed = Package.objects.filter(dossier_id=membership.dossier_id).exists()
    index.put([_document_entry(membership, membership.dossier, place, sealed)])
