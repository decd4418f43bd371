"""What search should find, by looking at every entry in plain Python; knows nothing of SQL."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tangthu.discovery.index import Findable
from tangthu.discovery.language import Query, Term
from tangthu.identity.policies import Scope, Viewer
from tangthu.standards.vietnamese import words

Tokens = list[tuple[str, str]]

_OPENED = {"read.public": {"01"}, "read.conditional": {"01", "02"}}


def may_see(viewer: Viewer, one: Findable) -> bool:
    """Whether a role of the viewer at the entry's own body opens its level."""
    roles = {str(role) for body, role, _ in viewer.positions if body == one.body_id}
    levels = set() if roles <= {"administrator", "keeper", "security_officer"} else {"01"}
    if roles & {"leader", "deputy", "archivist", "historical_archivist", "inspector"}:
        levels |= {"02"}
    return one.access_level in levels or any(_granted(scope, one) for scope in viewer.scopes)


def _granted(scope: Scope, one: Findable) -> bool:
    """Whether a grant for less than a body opens the entry."""
    if scope.body != one.body_id or one.access_level not in _OPENED[scope.right]:
        return False
    if scope.kind == "document":
        return scope.id == one.obj
    if one.tangled:
        return False
    return scope.id == (one.fonds_id if scope.kind == "fonds" else one.dossier_id)


def holds(one: Findable, query: Query, filters: Mapping[str, str] | None = None) -> bool:
    """Whether the entry answers the query and the filters."""
    groups: dict[int, bool] = {}
    for term in query.terms:
        if term.excluded:
            if _stands(one, term):
                return False
        else:
            groups[term.group] = groups.get(term.group, True) and _stands(one, term)
    if groups and not any(groups.values()):
        return False
    for code, excluded in query.archive_codes:
        if (code in one.code_keys or one.place.startswith(code)) == excluded:
            return False
    asked = [*(filters or {}).items(), *query.conditions.items()]
    return all(_is(one, name, value) for name, value in asked) and not any(
        _is(one, name, value) for name, value in query.without
    )


def _stands(one: Findable, term: Term) -> bool:
    texts = {
        "": [one.title, one.code, one.subtitle, one.keywords, one.issuer, one.text],
        "title": [one.title],
        "issuer": [one.issuer],
    }[term.field]
    fields: list[Tokens] = [[(w.exact, w.folded) for w in words(text)] for text in texts]
    if term.tokens and (_side_by_side if term.adjacent else _all_there)(fields, term):
        return True
    return any(
        key in one.code_keys
        or any(k.startswith(key + ("-" if "/" in key else "/")) for k in one.code_keys)
        for key in term.keys
    )


def _all_there(fields: list[Tokens], term: Term) -> bool:
    return all(
        any(_same(word, term, at) for field in fields for word in field)
        for at in range(len(term.tokens))
    )


def _side_by_side(fields: list[Tokens], term: Term) -> bool:
    size = len(term.tokens)
    return any(
        all(_same(field[start + at], term, at) for at in range(size))
        for field in fields
        for start in range(len(field) - size + 1)
    )


def _same(word: tuple[str, str], term: Term, at: int) -> bool:
    token = term.tokens[at]
    if term.prefix and at == len(term.tokens) - 1:
        return any(form.startswith(token) for form in word)
    return token in word


def _is(one: Findable, name: str, value: str) -> bool:
    if name == "kind":
        return one.kind == value
    if name == "year":
        return one.year is not None and str(one.year) == value
    if name == "type":
        return one.record_type == value
    if name == "retention":
        return one.retention_code == value
    if name == "sealed":
        return one.sealed == (value == "1")
    if name == "fonds":
        return str(one.fonds_id) == value
    first, last = _days(value)
    mine = _days(one.date_from) if one.date_from else ("", "")
    if not one.date_from:
        return False
    return {
        "from": mine[1] >= first,
        "to": mine[0] <= last,
        "date": mine[0] <= last and mine[1] >= first,
    }[name]


def _days(iso: str) -> tuple[str, str]:
    """First and last day of a partial ISO date."""
    if len(iso) == 4:
        return f"{iso}-01-01", f"{iso}-12-31"
    if len(iso) == 7:
        end = calendar.monthrange(int(iso[:4]), int(iso[5:]))[1]
        return f"{iso}-01", f"{iso}-{end}"
    return iso, iso


def facet(entries: Sequence[Findable], column: str) -> Counter[Any]:
    """How often each value stands in the entries."""
    values = [getattr(one, column) for one in entries]
    return Counter(value for value in values if value not in ("", None))
