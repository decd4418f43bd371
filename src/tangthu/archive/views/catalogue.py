"""The registers of dossiers and documents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tangthu.archive import queries
from tangthu.discovery import lists
from tangthu.discovery.guarded import TooBroad
from tangthu.discovery.listing import Listed, columns_of, read
from tangthu.identity.policies import Viewer
from tangthu.records.fields import code_choices, code_label
from tangthu.records.levels import narrowed
from tangthu.ui import formats
from tangthu.ui.choosing import shown_columns
from tangthu.ui.tables import (
    BulkAction,
    EmptyState,
    Filter,
    Option,
    Register,
    RegisterPage,
)

PAGE = 50
# The filter that only stands beside a chosen fonds.
INVENTORY = "inventory"
LABEL = "sensitivity"
# Filters whose values are not counted.
UNCOUNTED = frozenset({INVENTORY, LABEL})
SORTS = {"place": "place", "date": "date", "code": "code"}

# Names by id of what filters may cut to, by the filter (queries.filter_names).
Names = Mapping[str, Mapping[str, str]]


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
    ("fonds", INVENTORY, "year", "retention", LABEL, "sealed"),
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
    ("type", "year", "retention", LABEL, "fonds", "sealed"),
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
    fixed = fixed or {}
    names = queries.filter_names(viewer, {**request.GET.dict(), **fixed})
    viewer, degrees = _narrowed(viewer, request.GET.get("secrecy", ""))
    filters = {**filters_of(listing, request.GET, names), **fixed}
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
        bulk=_bulk(viewer, listing),
    )
    try:
        chosen = shown_columns(request, listing.name) or ()
        return _filled(viewer, listing, register, filters, fixed, names, chosen, degrees)
    except TooBroad as error:
        trouble = EmptyState(error.message, error.hint)
        return register.page([], sort_values=lambda one: (one.row.key,), trouble=trouble), ""


def _bulk(viewer: Viewer, listing: Listing) -> tuple[BulkAction, ...]:
    """What the viewer may do with marked rows of a listing."""
    chosen = BulkAction(_("Làm hàng loạt…"), f"{reverse('bulk:choose')}?nguon={listing.name}")
    if listing.name != DOSSIERS.name or not viewer.bodies_with("archive.seal"):
        return (chosen,)
    return (BulkAction(_("Đóng gói…"), reverse("archive:dossiers-seal")), chosen)


def _filled(
    viewer: Viewer,
    listing: Listing,
    register: Register[Listed],
    filters: Mapping[str, str],
    fixed: Mapping[str, str],
    names: Names,
    chosen: Sequence[str],
    degrees: tuple[Filter, ...],
) -> tuple[RegisterPage, str]:
    """The register with the rows that its query string asks for, and how many there are."""
    offered = [key for key in listing.filters if key not in fixed]
    if not names[INVENTORY] and INVENTORY in offered:
        offered.remove(INVENTORY)
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
        facets=[key for key in offered if key not in UNCOUNTED],
    )
    register.filters = (
        *degrees,
        *(_filter(key, found.facets.get(key), filters.get(key), names) for key in offered),
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


def filters_of(listing: Listing, query: Mapping[str, str], names: Names) -> dict[str, str]:
    """The filters that a query string asks for and that can hold; others are forgotten.

    `names` are those of queries.filter_names: what the viewer may know.
    """
    return {
        key: value
        for key in listing.filters
        if (value := query.get(key, "")) and _known(key, value, names)
    }


def filter_words(key: str, value: str, names: Names) -> tuple[str, str]:
    """A filter and its value as people read them."""
    label, words = _FILTERS[key]
    return str(label), names[key].get(value, "–") if key in names else words(value)


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


def _known(key: str, value: str, names: Names) -> bool:
    """Whether a filter value can stand in an address; others are forgotten, as if not there."""
    if key in names:
        return value in names[key]
    if key == "year":
        return value.isascii() and value.isdigit() and len(value) == 4
    if key == "sealed":
        return value in {"0", "1"}
    lists_of = {"type": "document_types", "retention": "maintenance", LABEL: LABEL}
    return code_label(lists_of[key], value, timezone.localdate()) != value


def _filter(key: str, found: lists.Facet | None, chosen: str | None, names: Names) -> Filter:
    """A filter with the values that would leave something, each with its count; all the names that
    there are where nothing was counted."""
    if found is None:
        every = code_choices(LABEL, timezone.localdate()) if key == LABEL else names[key].items()
        options = tuple(Option(value, words) for value, words in every)
        return Filter(key, _FILTERS[key][0], options)
    counts = {("1" if v is True else "0" if v is False else str(v)): n for v, n in found}
    if chosen is not None:
        counts.setdefault(chosen, 0)
    order = sorted(counts, reverse=True) if key == "year" else list(counts)
    options = tuple(
        Option(value, filter_words(key, value, names)[1], counts[value]) for value in order
    )
    return Filter(key, _FILTERS[key][0], options)


def _sealed(value: str) -> str:
    return _("Đã đóng gói") if value == "1" else _("Chưa đóng gói")


def _code_words(list_name: str) -> Callable[[str], str]:
    return lambda value: code_label(list_name, value, timezone.localdate())


_FILTERS: Mapping[str, tuple[str | Promise, Callable[[str], str]]] = {
    "type": (gettext_lazy("Tên loại"), _code_words("document_types")),
    "year": (gettext_lazy("Năm"), str),
    "retention": (gettext_lazy("Thời hạn lưu trữ"), _code_words("maintenance")),
    "fonds": (gettext_lazy("Phông"), str),
    INVENTORY: (gettext_lazy("Mục lục"), str),
    LABEL: (gettext_lazy("Nhãn"), _code_words(LABEL)),
    "sealed": (gettext_lazy("Đóng gói"), _sealed),
}
