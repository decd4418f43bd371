"""Which fields a description has: one registry for facts, forms and events.

The elements come from the rule sets: those of TT05 at either end of a package, then the house's own
(rulesets/own_fields.toml). An element is a field here when the model has a column of its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import get_language

from tangthu.kernel import terms
from tangthu.kernel.rulebook import rulebook
from tangthu.records.models import Document, Dossier
from tangthu.standards.rules import Field
from tangthu.standards.rules.errors import NotInForceError
from tangthu.ui.partial_dates import DateError, from_iso

_SETS = {
    Dossier: ("aip_dossier", "sip_dossier", "own_dossier"),
    Document: ("aip_document", "sip_document", "own_document"),
}
_OWN = {Dossier: "own_dossier", Document: "own_document"}
# A code is given once for ever (AR-36), and what is counted is not typed.
FIXED = frozenset(
    {"archive_file_code", "file_code", "record_archive_code", "record_count", "page_count"}
)
FIRST_RULES = date(2025, 7, 1)

Record = type[Dossier] | type[Document]


def fields_of(model: Record, on: date) -> tuple[Field, ...]:
    """The fields that describe a dossier or a document on the day `on`, each once."""
    return _fields_of(model, max(on, FIRST_RULES))


@cache
def _fields_of(model: Record, on: date) -> tuple[Field, ...]:
    rules = rulebook()
    columns = {field.name for field in model._meta.get_fields()}
    found: dict[str, Field] = {}
    for name in _SETS[model]:
        for field in rules.fields(name, on):
            if field.identifier in columns:
                found.setdefault(field.identifier, field)
    return tuple(found.values())


def own_fields(model: Record, on: date) -> tuple[Field, ...]:
    """The house's own fields, which no element of TT05 holds (rulesets/own_fields.toml)."""
    return rulebook().fields(_OWN[model], max(on, FIRST_RULES))


def editable_fields(model: Record, on: date) -> tuple[Field, ...]:
    """The fields that a person may change."""
    return tuple(field for field in fields_of(model, on) if field.identifier not in FIXED)


def label_of(field: Field) -> str:
    """The field's name in the language of this thread."""
    return terms.spoken(field.en if _english() else field.vi)


def code_label(list_name: str, code: str, on: date) -> str:
    """What a code means, by the list in force on `on`; the code itself if the list lacks it."""
    return _labels(list_name, on, _english()).get(code, code)


def code_choices(list_name: str, on: date) -> list[tuple[str, str]]:
    """Codes and names of a list on the day `on`, in the order of the law."""
    return list(_labels(list_name, on, _english()).items())


@cache
def _labels(list_name: str, on: date, english: bool) -> dict[str, str]:
    rules = rulebook()
    try:
        codes = rules.codes(list_name, on)
    except NotInForceError:
        codes = rules.newest_codes(list_name)
    return {code.code: code.en if english else code.vi for code in codes}


def _english() -> bool:
    return (get_language() or "vi").startswith("en")


def shown_value(field: Field, value: Any, on: date) -> str:
    """A value as people read it: codes by name, dates as written here, flags as words."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _yes_no(value)
    if field.code_list:
        codes: Sequence[str] = value if isinstance(value, list | tuple) else [str(value)]
        return "; ".join(code_label(field.code_list, code, on) for code in codes)
    if field.kind == "date":
        return shown_date(str(value))
    return str(value)


def shown_date(iso: str) -> str:
    """A partial ISO date as `04/02/2010`, `02/2010` or `2010`; other text as it stands."""
    try:
        return from_iso(iso).vietnamese() if iso else ""
    except DateError:
        return iso


def _yes_no(value: bool) -> str:
    if _english():
        return "Yes" if value else "No"
    return "Có" if value else "Không"
