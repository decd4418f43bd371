"""How dossiers and documents stand in the index: what is found, where it sorts, who may find it.

A dossier may have any number of documents: they are read and written in portions, with a fixed
number of statements for each.
"""

from __future__ import annotations

import itertools
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from tangthu.archive.models import Place
from tangthu.discovery import census, index
from tangthu.discovery.described import DESCRIBED, marks_of
from tangthu.discovery.index import Findable
from tangthu.kernel import advisory
from tangthu.records.levels import NOBODYS, level_of, strictest
from tangthu.records.models import CodeAlias, Document, Dossier, Membership
from tangthu.records.queries import withheld_among
from tangthu.repository.models import Package
from tangthu.standards.vietnamese import code_keys, fold

PORTION = 200
# What counts, or may tell, documents that some people must not know of (invariant 5).
COUNTED = frozenset({"record_count", "declared_record_count", "sheet_count", "page_count", "note"})


def reindex_dossiers(dossier_ids: Sequence[uuid.UUID]) -> int:
    """Write the index entries of the dossiers and of every document in them; returns how many."""
    with transaction.atomic(savepoint=False):
        _write_alone(Membership.objects.filter(dossier__in=dossier_ids), dossier_ids)
        return sum(
            _reindex(dossier_ids[start : start + PORTION])
            for start in range(0, len(dossier_ids), PORTION)
        )


def _write_alone(touched: QuerySet[Membership], dossier_ids: Iterable[uuid.UUID] = ()) -> None:
    """Let nobody else write entries of these dossiers and documents before this commits.

    An entry follows from levels and marks that others may be changing: only what is read from here
    on is what holds, or whoever changes it waits and writes the entry after us. Locks of the rows
    would not do, for actions take those of document and dossier in either order.
    """
    homes = Membership.objects.filter(document__in=touched.values("document"))
    wanted = {*dossier_ids, *homes.values_list("dossier_id", flat=True).distinct()}
    advisory.until_commit(*(f"index entries {one}" for one in wanted))


def renew_outdated() -> Iterator[int]:
    """Write again what an older version wrote into the index; yields how many entries so far.

    A portion is one transaction, so that it can be stopped and begun again; records that are
    written meanwhile are waited for. After the last portion the index is told to be current, and
    counted anew.
    """
    written, after = 0, uuid.UUID(int=0)
    while portion := index.outdated(after, PORTION):
        with transaction.atomic():
            homes = list({home for _, home in portion if home is not None})
            list(Dossier.objects.select_for_update().filter(pk__in=homes).order_by("pk"))
            held = Document.objects.filter(memberships__dossier__in=homes).order_by("pk")
            list(held.select_for_update(of=("self",)).values_list("pk"))
            written += reindex_dossiers(homes)
        after = portion[-1][0]
        yield written
    index.settle_layout()
    census.correct()
    census.settle()


def _reindex(dossier_ids: Sequence[uuid.UUID]) -> int:
    dossiers = Dossier.objects.in_bulk(dossier_ids)
    # The note may count documents, other fields do. Where some documents are closed to people who
    # may find the dossier, these are no words of theirs to search by; their page does not show
    # them.
    half_closed: set[uuid.UUID] = set()
    count = 0
    for portion in _portions(Membership.objects.filter(dossier__in=dossiers)):
        entries = {one.obj: one for one in _document_entries(portion)}
        half_closed.update(
            one.dossier_id
            for one in portion
            if entries[one.document_id].access_level != level_of(dossiers[one.dossier_id])
        )
        count += index.put(entries.values())
    return count + index.put(_dossier_entries(list(dossiers.values()), half_closed))


def reindex_document(document: Document) -> None:
    """Write the index entry of one document again, after its description changed."""
    standing = Membership.objects.filter(document=document).order_by("ordinal", "pk")
    with transaction.atomic(savepoint=False):
        _write_alone(standing.order_by())
        membership = standing.first()
        if membership is not None:
            index.put(_document_entries([membership]))


def _portions(memberships: Any) -> Iterator[list[Membership]]:
    ordered = memberships.order_by("dossier", "ordinal").iterator(chunk_size=PORTION)
    while portion := list(itertools.islice(ordered, PORTION)):
        yield portion


@dataclass(frozen=True, slots=True)
class _Home:
    """The dossier under which a document is listed: of several, the first by its code."""

    dossier_id: uuid.UUID
    code: str
    ordinal: int
    sealed: bool
    place: Place | None
    # Whether it stands in other dossiers of its body as well.
    tangled: bool


def _document_entries(memberships: Sequence[Membership]) -> Iterator[Findable]:
    """Entries of the documents of some memberships."""
    ids = list(dict.fromkeys(membership.document_id for membership in memberships))
    documents = Document.objects.in_bulk(ids)
    homes, levels = _homes(documents)
    aliases = _aliases("document", ids)
    texts = _texts(ids)
    # What is withheld as a possible state secret is listed for nobody: no viewer has its level.
    held = {one: [NOBODYS] for one in withheld_among(ids)}
    for one in ids:
        yield _document_entry(
            documents[one],
            homes[one],
            strictest([level_of(documents[one]), *levels[one], *held.get(one, [])]),
            aliases[one],
            texts.get(one, ""),
        )


def _homes(
    documents: dict[uuid.UUID, Document],
) -> tuple[dict[uuid.UUID, _Home], dict[uuid.UUID, list[str]]]:
    """Where each document is listed, and the access levels of all dossiers in which it stands."""
    standing = list(
        Membership.objects.filter(document__in=documents)
        .select_related("dossier")
        .order_by("dossier__archive_file_code")
    )
    # A dossier of the document's own body goes before one of another.
    standing.sort(key=lambda one: one.dossier.body_id != documents[one.document_id].body_id)
    dossier_ids = {membership.dossier_id for membership in standing}
    sealed = _sealed(dossier_ids)
    places = Place.objects.select_related("inventory__fonds").in_bulk(dossier_ids)
    several = Counter(
        one.document_id
        for one in standing
        if one.dossier.body_id == documents[one.document_id].body_id
    )
    homes: dict[uuid.UUID, _Home] = {}
    levels: dict[uuid.UUID, list[str]] = defaultdict(list)
    for one in standing:
        if one.dossier.body_id == documents[one.document_id].body_id:
            levels[one.document_id].append(level_of(one.dossier))
        if one.document_id not in homes:
            homes[one.document_id] = _Home(
                one.dossier_id,
                one.dossier.archive_file_code,
                one.ordinal,
                one.dossier_id in sealed,
                places.get(one.dossier_id),
                several[one.document_id] > 1,
            )
    return homes, levels


def _sealed(dossier_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    packages = Package.objects.filter(dossier_id__in=dossier_ids)
    return set(packages.values_list("dossier_id", flat=True))


def _aliases(owner: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, list[str]]:
    """Keys of the old codes of some documents or dossiers, as `owner` says."""
    found: dict[uuid.UUID | None, list[str]] = defaultdict(list)
    aliases = CodeAlias.objects.filter(**{f"{owner}__in": ids})
    for one, key in aliases.values_list(f"{owner}_id", "code_key"):
        found[one].append(key)
    return found


def _texts(document_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The page texts of each document in order, as far as the index reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT file.document_id, "
            "left(string_agg(page.text, ' ' ORDER BY file.position, page.page), %s) "
            "FROM capture_pagetext page JOIN records_contentfile file ON file.id = page.file_id "
            "WHERE file.document_id = ANY(%s) GROUP BY 1",
            [index.MAX_TEXT, list(document_ids)],
        )
        return dict(cursor.fetchall())


def _year(date: str) -> int | None:
    return int(date[:4]) if date[:4].isdigit() else None


def _dossier_entries(
    dossiers: Sequence[Dossier], half_closed: set[uuid.UUID]
) -> Iterator[Findable]:
    """Entries of some dossiers; those of `half_closed` without their note."""
    ids = [dossier.pk for dossier in dossiers]
    places = Place.objects.select_related("inventory__fonds").in_bulk(ids)
    aliases = _aliases("dossier", ids)
    sealed = _sealed(ids)
    for dossier in dossiers:
        yield _dossier_entry(
            dossier,
            places.get(dossier.pk),
            aliases[dossier.pk],
            whole=dossier.pk not in half_closed,
            sealed=dossier.pk in sealed,
        )


def _dossier_entry(
    dossier: Dossier, place: Place | None, aliases: Sequence[str], *, whole: bool, sealed: bool
) -> Findable:
    return Findable(
        obj=dossier.pk,
        kind="dossier",
        body_id=dossier.body_id,
        access_level=level_of(dossier),
        fonds_id=place.inventory.fonds_id if place else None,
        inventory_id=place.inventory_id if place else None,
        dossier_id=dossier.pk,
        code=dossier.archive_file_code,
        code_keys=[fold(dossier.archive_file_code), fold(dossier.file_code), *aliases],
        title=dossier.title,
        subtitle=dossier.note if whole else "",
        retention_code=dossier.retention_code,
        date_from=dossier.start_date,
        date_to=dossier.end_date,
        year=_year(dossier.start_date),
        sealed=sealed,
        place=fold(dossier.archive_file_code),
        keywords=dossier.keywords,
        marks=_marks(dossier, place, frozenset() if whole else COUNTED),
        text=" ".join(str(value) for value in dossier.extra.values()),
    )


def _marks(
    record: Dossier | Document, place: Place | None, hidden: frozenset[str] = frozenset()
) -> list[str]:
    """The tokens of every field of a description, and of where it stands on the shelves."""
    values = {
        name: getattr(record, name)
        for name in DESCRIBED
        if name not in hidden and name != "extra" and hasattr(record, name)
    }
    values["extra"] = " ".join(f"{label} {value}" for label, value in record.extra.items())
    if place is not None:
        values |= {
            "fonds": place.inventory.fonds.code,
            "inventory": place.inventory.code,
            "box": place.box,
            "place_number": place.number,
        }
    return marks_of(values)


def _document_entry(
    document: Document, home: _Home, access_level: str, aliases: Sequence[str], text: str
) -> Findable:
    shown = document.code
    keys = code_keys(shown)
    extra = " ".join(str(value) for value in document.extra.values())
    return Findable(
        obj=document.pk,
        kind="document",
        body_id=document.body_id,
        access_level=access_level,
        fonds_id=home.place.inventory.fonds_id if home.place else None,
        inventory_id=home.place.inventory_id if home.place else None,
        dossier_id=home.dossier_id,
        code=shown or document.record_archive_code,
        code_keys=[keys.full, keys.yearless, fold(document.record_archive_code), *aliases],
        title=document.subject,
        subtitle=" ".join(filter(None, [document.type_text, document.note, document.handwriting])),
        record_type=document.record_type,
        retention_code=document.retention_code,
        issuer=document.issuer,
        date_from=document.issued_on,
        date_to=document.issued_on,
        year=_year(document.issued_on),
        sealed=home.sealed,
        tangled=home.tangled,
        place=f"{fold(home.code)}.{home.ordinal:07d}",
        keywords=document.keywords,
        marks=_marks(document, home.place),
        text=f"{extra} {text}".strip(),
    )
