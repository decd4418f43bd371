"""The filters of registers: which can be asked for, what they are called, and their links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive import queries
from tangthu.archive.models import Inventory
from tangthu.discovery import lists
from tangthu.identity.policies import Viewer
from tangthu.records.fields import code_label
from tangthu.ui.tables import Filter, Option


def filters_of(
    offered: Sequence[str], query: Mapping[str, str], fonds: Mapping[str, str]
) -> dict[str, str]:
    """The filters of a list that a query string asks for and that can hold; others are forgotten.

    `fonds` are the names by id that the viewer may know (queries.filter_names).
    """
    return {
        key: value for key in offered if (value := query.get(key, "")) and _known(key, value, fonds)
    }


def filter_words(key: str, value: str, fonds: Mapping[str, str]) -> tuple[str, str]:
    """A filter and its value as people read them; `fonds` as for filters_of."""
    label, words = _FILTERS[key]
    return str(label), fonds.get(value, "–") if key in _NAMED else words(value)


def inventories_of(
    viewer: Viewer, fixed: Mapping[str, str], names: Mapping[str, str], asked: str
) -> dict[str, str]:
    """The inventories to choose from: all of the page's fonds, elsewhere the one asked for."""
    if "fonds" in fixed:
        return queries.inventory_names(viewer, Inventory.objects.filter(fonds=fixed["fonds"]))
    return {asked: names[asked]} if asked in names else {}


def inventory_filter(inventories: Mapping[str, str]) -> list[Filter]:
    """The filter by inventory, which counts nothing; none where there is nothing to choose."""
    if not inventories:
        return []
    options = tuple(Option(value, words) for value, words in inventories.items())
    return [Filter("inventory", _FILTERS["inventory"][0], options)]


def _known(key: str, value: str, fonds: Mapping[str, str]) -> bool:
    """Whether a filter value can stand in an address; others are forgotten, as if not there."""
    if key in _NAMED:
        return value in fonds
    if key == "year":
        return value.isascii() and value.isdigit() and len(value) == 4
    if key == "sealed":
        return value in {"0", "1"}
    lists_of = {"type": "document_types", "retention": "maintenance"}
    return code_label(lists_of[key], value, timezone.localdate()) != value


def filter_of(key: str, found: lists.Facet, chosen: str | None, fonds: Mapping[str, str]) -> Filter:
    """A filter with the values that would leave something, each with its count."""
    label, words = _FILTERS[key]
    counts = {("1" if v is True else "0" if v is False else str(v)): n for v, n in found}
    if chosen is not None:
        counts.setdefault(chosen, 0)
    order = sorted(counts, reverse=True) if key == "year" else list(counts)
    options = tuple(
        Option(value, fonds.get(value, "–") if key in _NAMED else words(value), counts[value])
        for value in order
    )
    return Filter(key, label, options)


def _sealed(value: str) -> str:
    return _("Đã đóng gói") if value == "1" else _("Chưa đóng gói")


def _code_words(list_name: str) -> Callable[[str], str]:
    return lambda value: code_label(list_name, value, timezone.localdate())


_FILTERS: Mapping[str, tuple[str | Promise, Callable[[str], str]]] = {
    "type": (gettext_lazy("Tên loại"), _code_words("document_types")),
    "year": (gettext_lazy("Năm"), str),
    "retention": (gettext_lazy("Thời hạn lưu trữ"), _code_words("maintenance")),
    "fonds": (gettext_lazy("Phông"), str),
    "sealed": (gettext_lazy("Đóng gói"), _sealed),
    "inventory": (gettext_lazy("Mục lục"), str),
}
# Filters whose values are ids; what they are called is looked up.
_NAMED = frozenset({"fonds", "inventory"})
