"""Searching, lists, dossiers, documents and fonds: what can be read of records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Query

from tangthu.archive import queries as archive
from tangthu.archive.views.catalogue import (
    DOCUMENTS,
    DOSSIERS,
    SORTS,
    UNCOUNTED,
    Listing,
    filters_of,
)
from tangthu.archive.views.telling import tell
from tangthu.discovery import findable, lists
from tangthu.discovery.language import MAX_QUERY, parse, storable
from tangthu.discovery.met import note_met
from tangthu.discovery.search import COUNT_CAP
from tangthu.discovery.search import search as run_search
from tangthu.faces.api import drawing, paging, shapes
from tangthu.faces.api.problems import BadFields
from tangthu.faces.api.routes.shared import router
from tangthu.kernel import shown
from tangthu.records import queries as records
from tangthu.records.levels import degree_of, narrowed
from tangthu.records.queries import sees_all
from tangthu.standards.vietnamese import nfc

Limit = Query(50, ge=1, le=paging.MOST)
Text = Query("", max_length=MAX_QUERY)
Word = Query("", max_length=60)
Sort = Query("place", pattern="^-?(place|date|code)$")


@router.get(
    "search", response=shapes.lists.Hits, tags=["search"], summary=_("Tìm, đúng nhất lên đầu")
)
def search(
    request: Any,
    q: str = Query(..., min_length=1, max_length=MAX_QUERY),
    kind: str = Word,
    secrecy: str = Word,
    limit: int = Query(20, ge=1, le=100),
    cursor: str = "",
) -> Any:
    query = parse(nfc(storable(q)).strip())
    if query.is_empty:
        problems = {"q": [translate("Chưa có gì để tìm.")]}
        raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
    kind = _kind(kind)
    viewer, _degrees = narrowed(request.viewer, secrecy)
    page = paging.Paging(request, "search", {"q": q, "kind": kind, "secrecy": secrecy}, 1)
    offset = int(page.cursor.values[0] or 0) if page.cursor else 0
    found = run_search(viewer, query, kind=kind, offset=offset, limit=limit)
    note_met([hit.obj for hit in found.hits])
    end = offset + len(found.hits)
    more = page.text((end,)) if found.hits and end < min(found.count, COUNT_CAP) else None
    return {
        "items": [_hit(hit) for hit in found.hits],
        "count": {"total": found.count, "capped": found.capped},
        "by_kind": dict(found.by_kind),
        "widened": found.widened,
        "next": page.links(more)["next"],
    }


def _kind(kind: str) -> str:
    if kind and kind not in {one.name for one in findable.kinds()}:
        problems = {"kind": [", ".join(one.name for one in findable.kinds())]}
        raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
    return kind


def _hit(hit: Any) -> dict[str, Any]:
    return {
        "id": hit.obj,
        "kind": hit.kind,
        "code": hit.code,
        "title": hit.title,
        "issuer": hit.issuer,
        "date": hit.date_from,
        "record_type": hit.record_type,
        "dossier": hit.dossier_id,
        "access_level": hit.access_level,
        "snippet": hit.snippet,
        "title_lit": hit.title_lit,
        "snippet_lit": hit.snippet_lit,
    }


@router.get(
    "dossiers", response=shapes.lists.Lines, tags=["dossiers"], summary=_("Danh sách hồ sơ")
)
def list_dossiers(
    request: Any,
    q: str = Text,
    fonds: str = Word,
    inventory: str = Word,
    year: str = Word,
    retention: str = Word,
    sealed: str = Word,
    sensitivity: str = Word,
    secrecy: str = Word,
    sort: str = Sort,
    facets: bool = False,
    limit: int = Limit,
    cursor: str = "",
) -> Any:
    asked = {
        "fonds": fonds, "inventory": inventory, "year": year, "retention": retention,
        "sealed": sealed, "sensitivity": sensitivity,
    }  # fmt: skip
    return _lines(request, DOSSIERS, q, asked, secrecy, sort, limit, facets=facets)


@router.get(
    "documents", response=shapes.lists.Lines, tags=["documents"], summary=_("Danh sách tài liệu")
)
def list_documents(
    request: Any,
    q: str = Text,
    type: str = Word,  # noqa: A002 (as the page's filter is called)
    fonds: str = Word,
    year: str = Word,
    retention: str = Word,
    sealed: str = Word,
    sensitivity: str = Word,
    secrecy: str = Word,
    sort: str = Sort,
    facets: bool = False,
    limit: int = Limit,
    cursor: str = "",
) -> Any:
    asked = {
        "type": type, "fonds": fonds, "year": year, "retention": retention, "sealed": sealed,
        "sensitivity": sensitivity,
    }  # fmt: skip
    return _lines(request, DOCUMENTS, q, asked, secrecy, sort, limit, facets=facets)


def _lines(
    request: Any,
    listing: Listing,
    text: str,
    asked: Mapping[str, str],
    secrecy: str,
    sort: str,
    limit: int,
    *,
    facets: bool,
) -> dict[str, Any]:
    viewer, degrees = narrowed(request.viewer, secrecy)
    names = archive.filter_names(viewer, asked)
    filters = filters_of(listing, asked, names)
    strange = [name for name, value in asked.items() if value and name not in filters]
    if secrecy and secrecy not in degrees:
        strange.append("secrecy")
    if strange:
        # A value that cannot hold would otherwise give a list that was not asked for.
        problems = {name: [translate("Không có giá trị này.")] for name in strange}
        raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
    page = paging.Paging(
        request, listing.name, {**asked, "q": text, "secrecy": secrecy, "sort": sort}, 2
    )
    key = None
    if page.cursor is not None:
        key = (str(page.cursor.values[0]), uuid.UUID(str(page.cursor.values[1])))
    backwards = bool(page.cursor and page.cursor.backwards)
    found = lists.page(
        viewer,
        listing.kind,
        text=nfc(storable(text)).strip(),
        filters=filters,
        order=SORTS[sort.removeprefix("-")],
        descending=sort.startswith("-"),
        after=None if backwards else key,
        before=key if backwards else None,
        limit=limit,
        facets=[one for one in listing.filters if one not in UNCOUNTED] if facets else (),
    )
    for row in found.rows:
        shown.note(degree_of(row.access_level))
    first, last = (found.rows[0], found.rows[-1]) if found.rows else (None, None)
    before = None
    if found.has_previous and first is not None:
        before = page.text((first.key, str(first.obj)), backwards=True)
    after = page.text((last.key, str(last.obj))) if found.has_next and last is not None else None
    return {
        "items": [_line(row) for row in found.rows],
        "count": {"total": found.count, "capped": found.capped},
        "facets": {
            name: [{"value": _value(value), "count": n} for value, n in values]
            for name, values in found.facets.items()
        },
        **page.links(after, before),
    }


def _value(value: Any) -> str:
    return ("1" if value else "0") if isinstance(value, bool) else str(value)


def _line(row: lists.Row) -> dict[str, Any]:
    return {
        "id": row.obj,
        "kind": row.kind,
        "code": row.code,
        "title": row.title,
        "issuer": row.issuer,
        "date_from": row.date_from,
        "date_to": row.date_to,
        "record_type": row.record_type,
        "retention_code": row.retention_code,
        "access_level": row.access_level,
        "sealed": row.sealed,
        "dossier": row.dossier_id,
    }


@router.get(
    "dossiers/{uuid:dossier_id}", response=shapes.records.Dossier, tags=["dossiers"],
    summary=_("Một hồ sơ"),
)  # fmt: skip
def read_dossier(request: Any, response: HttpResponse, dossier_id: uuid.UUID) -> Any:
    found = records.dossier(request.viewer, dossier_id)
    drawing.note_seen(request, found)
    drawn = drawing.dossier(request.viewer, found)
    response["ETag"] = f'"{drawn["state"]}"'
    return drawn


@router.get(
    "dossiers/{uuid:dossier_id}/documents", response=shapes.records.InPlaces, tags=["dossiers"],
    summary=_("Tài liệu của một hồ sơ, theo thứ tự"),
)  # fmt: skip
def dossier_documents(
    request: Any, dossier_id: uuid.UUID, limit: int = Limit, cursor: str = ""
) -> Any:
    found = records.dossier(request.viewer, dossier_id)
    rows = records.documents_of(request.viewer, found)
    return paging.by_column(
        request, "dossier-documents", rows, "ordinal", drawing.in_place, limit=limit,
        asked={"dossier": dossier_id},
    )  # fmt: skip


@router.get(
    "dossiers/{uuid:dossier_id}/history", response=shapes.records.History, tags=["dossiers"],
    summary=_("Lịch sử của một hồ sơ"),
)  # fmt: skip
def dossier_history(request: Any, dossier_id: uuid.UUID) -> Any:
    found = records.dossier(request.viewer, dossier_id)
    return _history(found.pk, whole=sees_all(request.viewer, found))


def _history(obj: uuid.UUID, *, whole: bool) -> dict[str, Any]:
    found = tell(obj, whole=whole)
    return {
        "items": [
            {"when": one.when, "who": one.who, "as_what": one.as_what, "did": one.did,
             "note": one.note}
            for one in found.entries
        ],
        "left_out": found.left_out,
    }  # fmt: skip


@router.get(
    "documents/{uuid:document_id}", response=shapes.records.Document, tags=["documents"],
    summary=_("Một tài liệu"),
)  # fmt: skip
def read_document(request: Any, response: HttpResponse, document_id: uuid.UUID) -> Any:
    found = records.document(request.viewer, document_id)
    drawing.note_seen(request, found)
    drawn = drawing.document(request.viewer, found)
    response["ETag"] = f'"{drawn["state"]}"'
    return drawn


@router.get(
    "documents/{uuid:document_id}/history", response=shapes.records.History, tags=["documents"],
    summary=_("Lịch sử của một tài liệu"),
)  # fmt: skip
def document_history(request: Any, document_id: uuid.UUID) -> Any:
    return _history(records.document(request.viewer, document_id).pk, whole=True)


@router.get(
    "fonds", response=shapes.fonds.FondsList, tags=["fonds"], summary=_("Các phông lưu trữ")
)
def list_fonds(request: Any, limit: int = Limit, cursor: str = "") -> Any:
    rows = archive.fonds(request.viewer)
    return paging.by_column(request, "fonds", rows, "code", drawing.fonds_line, limit=limit)


@router.get(
    "fonds/{uuid:fonds_id}", response=shapes.fonds.Fonds, tags=["fonds"], summary=_("Một phông")
)
def read_fonds(request: Any, response: HttpResponse, fonds_id: uuid.UUID) -> Any:
    found = archive.one_fonds(request.viewer, fonds_id)
    state = drawing.state_of(found)
    response["ETag"] = f'"{state}"'
    return {
        **drawing.fonds_line(found),
        "agency_code": found.agency_code,
        "description": {name: getattr(found, name) for name in _FONDS_FIELDS},
        "inventories": [
            {"id": one.pk, "code": one.code, "title": one.title}
            for one in archive.inventories_of(found)
        ],
        "dossiers": _counted(request, "dossier", fonds_id),
        "documents": _counted(request, "document", fonds_id),
        "state": state,
    }


_FONDS_FIELDS = (
    "name", "creator_history", "date_range", "main_groups", "language_codes", "backup_regime",
    "note",
)  # fmt: skip


def _counted(request: Any, kind: Literal["dossier", "document"], fonds: uuid.UUID) -> Any:
    total, capped = lists.count(request.viewer, kind, filters={"fonds": str(fonds)})
    return {"total": total, "capped": capped}


@router.get(
    "fonds/{uuid:fonds_id}/history", response=shapes.records.History, tags=["fonds"],
    summary=_("Lịch sử của một phông"),
)  # fmt: skip
def fonds_history(request: Any, fonds_id: uuid.UUID) -> Any:
    found = archive.one_fonds(request.viewer, fonds_id)
    return _history(found.pk, whole=found.body_id in request.viewer.whole_bodies())
