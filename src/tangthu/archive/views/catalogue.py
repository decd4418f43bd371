"""The registers of dossiers and documents, and the list of fonds with the page of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tangthu.archive import queries
from tangthu.archive.models import Fonds
from tangthu.archive.views.facts import fonds_facts
from tangthu.archive.views.filters import (
    filter_of,
    filters_of,
    inventories_of,
    inventory_filter,
)
from tangthu.archive.views.telling import tell
from tangthu.discovery import lists
from tangthu.discovery.guarded import TooBroad
from tangthu.discovery.listing import Listed, columns_of, read
from tangthu.identity.policies import Viewer
from tangthu.records.fields import code_label
from tangthu.records.levels import narrowed
from tangthu.ui import formats
from tangthu.ui.choosing import shown_columns
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import (
    Cell,
    Column,
    EmptyState,
    Filter,
    Option,
    Register,
    RegisterPage,
)

PAGE = 50
SORTS = {"place": "place", "date": "date", "code": "code"}


@dataclass(frozen=True, slots=True)
class Listing:
    """What one register lists: the kind of entry, its words, and which filters it has."""

    kind: str
    name: str
    caption: str | Promise
    url_name: str
    filters: tuple[str, ...]
    empty: EmptyState


DOSSIERS = Listing(
    "dossier",
    "dossiers",
    gettext_lazy("Hồ sơ"),
    "archive:dossier",
    ("fonds", "year", "retention", "sealed", "inventory"),
    EmptyState(
        gettext_lazy("Chưa có hồ sơ nào bạn được xem"),
        gettext_lazy("Hồ sơ hiện ở đây sau khi một đợt số hóa được tiếp nhận."),
    ),
)
DOCUMENTS = Listing(
    "document",
    "documents",
    gettext_lazy("Tài liệu"),
    "archive:document",
    ("type", "year", "retention", "fonds", "sealed", "inventory"),
    EmptyState(
        gettext_lazy("Chưa có tài liệu nào bạn được xem"),
        gettext_lazy("Tài liệu hiện ở đây cùng với hồ sơ chứa nó."),
    ),
)


@require_safe
def dossiers(request: HttpRequest) -> HttpResponse:
    """The register of dossiers."""
    return _register_page(request, DOSSIERS)


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """The register of documents."""
    return _register_page(request, DOCUMENTS)


def _register_page(request: HttpRequest, listing: Listing) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    page, count = listed(request, viewer, listing)
    context = {"register": page, "count": count, "caption": listing.caption}
    return render(request, "archive/register.html", context)


def listed(
    request: HttpRequest,
    viewer: Viewer,
    listing: Listing,
    fixed: Mapping[str, str] | None = None,
) -> tuple[RegisterPage, str]:
    """One page of a listing as the query string asks for it, and how many there are in words.

    `fixed` are filters that belong to the page and cannot be taken off. Where too much was asked
    for at once, the page says so in the place of its rows, and the count is "".
    """
    names = queries.filter_names(viewer, request.GET)
    fixed = fixed or {}
    inventories = inventories_of(viewer, fixed, names, request.GET.get("inventory", ""))
    names |= inventories
    viewer, degrees = _narrowed(viewer, request.GET.get("secrecy", ""))
    filters = {**filters_of(listing.filters, request.GET, names), **fixed}
    register: Register[Listed] = Register(
        name=listing.name,
        caption=listing.caption,
        query=request.GET,
        default_sort="place",
        row_id=lambda one: str(one.row.obj),
        columns=columns_of(listing.kind),
        source=listing.name,
        fixed=fixed,
        searchable=True,
        page_size=PAGE,
        empty=listing.empty,
    )
    try:
        chosen = shown_columns(request, listing.name) or ()
        more = (*degrees, *inventory_filter(inventories))
        return _filled(viewer, listing, register, filters, fixed, names, chosen, more)
    except TooBroad as error:
        trouble = EmptyState(error.message, error.hint)
        return register.page([], sort_values=lambda one: (one.row.key,), trouble=trouble), ""


def _filled(
    viewer: Viewer,
    listing: Listing,
    register: Register[Listed],
    filters: Mapping[str, str],
    fixed: Mapping[str, str],
    fonds: Mapping[str, str],
    chosen: Sequence[str],
    more: tuple[Filter, ...],
) -> tuple[RegisterPage, str]:
    """The register with the rows that its query string asks for, and how many there are."""
    offered = [key for key in listing.filters if key not in fixed and key != "inventory"]
    cursor = register.cursor(width=2)
    key = (str(cursor.values[0]), uuid.UUID(str(cursor.values[1]))) if cursor else None
    backwards = bool(cursor and cursor.backwards)
    found = lists.page(
        viewer,
        listing.kind,
        text=register.search,
        filters=filters,
        order=SORTS[register.sort_key],
        descending=register.descending,
        after=None if backwards else key,
        before=key if backwards else None,
        limit=PAGE + 1,
        facets=offered,
    )
    register.filters = (
        *more,
        *(filter_of(key, found.facets[key], filters.get(key), fonds) for key in offered),
    )
    rows = list(reversed(found.rows)) if backwards else list(found.rows)
    page = register.page(
        # A record of the degree asked for may lie in a dossier of another.
        read(viewer.narrowed(""), rows, wanted=chosen),
        sort_values=lambda one: (one.row.key, str(one.row.obj)),
        cursor=cursor,
        total=None if found.capped else found.count,
    )
    return page, in_words(found.count, capped=found.capped)


def _narrowed(viewer: Viewer, asked: str) -> tuple[Viewer, tuple[Filter, ...]]:
    """On an isolated LAN: the view cut to one degree of secrecy if asked, and the filter for it.

    Nobody is offered a degree beyond his own clearance (AR-128).
    """
    cut, mine = narrowed(viewer, asked)
    if not mine:
        return cut, ()
    today = timezone.localdate()
    options = tuple(Option(degree, code_label("secrecy", degree, today)) for degree in mine)
    return cut, (Filter("secrecy", _("Độ mật"), options),)


def in_words(count: int, *, capped: bool) -> str:
    """A count as shown: exact, or `hơn 10.000`."""
    shown = formats.thousands(count)
    return _("hơn %(n)s") % {"n": shown} if capped else shown


@require_safe
def fonds_list(request: HttpRequest) -> HttpResponse:
    """The fonds of the bodies in which the viewer reads."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    counts = {str(key): n for key, n in lists.facet(viewer, "dossier", "fonds")}
    rows = list(queries.fonds(viewer)[: PAGE * 10])
    register: Register[Fonds] = Register(
        name="fonds",
        caption=_("Phông lưu trữ"),
        query=request.GET,
        default_sort="code",
        row_id=lambda row: str(row.id),
        page_size=PAGE * 10,
        columns=(
            Column("code", _("Mã phông"), lambda row: row.code, "code"),
            Column(
                "name",
                _("Tên phông"),
                lambda row: Cell(
                    row.name, reverse("archive:fonds", args=[row.id]), note=row.body.name
                ),
                primary=True,
            ),
            Column("dates", _("Thời gian"), lambda row: row.date_range),
            Column(
                "count",
                _("Hồ sơ"),
                lambda row: formats.thousands(counts.get(str(row.id), 0)),
                "number",
            ),
            Column("status", _("Trạng thái"), lambda row: row.get_status_display(), "tag"),
        ),
        empty=EmptyState(
            _("Chưa có phông nào"),
            _("Phông được mở khi nhập đợt số hóa đầu tiên của một cơ quan hình thành tài liệu."),
        ),
    )
    page = register.page(rows, sort_values=lambda row: (row.code,), total=len(rows))
    return render(request, "archive/fonds_list.html", {"register": page})


@require_safe
def fonds(request: HttpRequest, fonds_id: uuid.UUID) -> HttpResponse:
    """One fonds: its description, inventories, dossiers and history."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.one_fonds(viewer, fonds_id)
    page, count = listed(request, viewer, DOSSIERS, {"fonds": str(found.id)})
    documents_count = _count(viewer, "document", found)
    actions = []
    if viewer.may("archive.describe", found.body_id):
        edit = reverse("archive:fonds-describe", args=[found.id])
        actions.append(Action(_("Sửa mô tả"), edit, key="e", icon="draft"))
    context: dict[str, Any] = {
        "fonds": found,
        "way": [Crumb(_("Phông lưu trữ"), reverse("archive:fonds-list")), Crumb(found.name)],
        "actions": actions,
        "fact_groups": fonds_facts(found, count, documents_count),
        "inventories": queries.inventories_of(found),
        "register": page,
        "history": tell(found.id, whole=found.body_id in viewer.whole_bodies()),
    }
    return render(request, "archive/fonds.html", context)


def _count(viewer: Viewer, kind: str, found: Fonds) -> str:
    counted = lists.page(viewer, kind, filters={"fonds": str(found.id)}, limit=1)
    return in_words(counted.count, capped=counted.capped)
