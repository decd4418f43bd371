"""Which columns of a list a person sees, and what can be done with the list as a whole.

`ui` knows no accounts and no exports: whoever keeps the choice and takes lists out says so once at
start-up. A choice in the address (`cot=code,title`) goes before the remembered one, so that a link
shows the same list to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tangthu.ui.query import edit_query, query_pairs
from tangthu.ui.tables import AT, Column, ColumnChoice, Label, RegisterPage, TakenForm, choice_of

COLUMNS = "cot"
MOST = 60
# The lists with whose rows something can be done, all at once.
ACTED = frozenset({"dossiers", "documents"})
_SEARCH, _KINDS = "search", frozenset({"dossier", "document"})
Memory = Callable[[HttpRequest, str], tuple[str, ...] | None]


def _forgetful(request: HttpRequest, name: str) -> tuple[str, ...] | None:
    return None


_memory: list[Memory] = [_forgetful]
_routes: dict[str, str] = {}


def set_column_memory(memory: Memory) -> None:
    """Say what a person chose for the list of a name; None when nothing was chosen."""
    _memory[0] = memory


def set_list_routes(**names: str) -> None:
    """Name the routes that keep a choice (`columns`), that `export`, `print`, `save` a list, and
    that `act` on all its rows."""
    _routes.update(names)


@dataclass(frozen=True, slots=True)
class ListTools:
    """What stands over a list: its columns to choose from, and the ways to take it out.

    `pairs` is the list as asked for; addresses are empty where there is no such thing.
    """

    name: str
    caption: Label
    choices: tuple[ColumnChoice, ...]
    here: str
    pairs: tuple[tuple[str, str], ...]
    columns_url: str
    export_url: str
    print_url: str
    save_url: str
    act_url: str = ""
    form: TakenForm | None = None

    @property
    def takes(self) -> bool:
        """Whether the list can be taken out or kept in any way."""
        return bool(self.export_url or self.print_url or self.save_url)


def shown_columns(request: HttpRequest | None, name: str) -> tuple[str, ...] | None:
    """The keys of the columns chosen for the list `name`, by address or memory; None: as made."""
    if request is None:
        return None
    asked = request.GET.get(COLUMNS, "")
    if asked:
        return tuple(asked.split(",")[:MOST])
    known: dict[str, tuple[str, ...] | None] = request.__dict__.setdefault("_list_columns", {})
    if name not in known:
        known[name] = _memory[0](request, name)
    return known[name]


def choices_of(
    columns: Iterable[Column[Any]], chosen: tuple[str, ...] | None
) -> tuple[ColumnChoice, ...]:
    """The columns as they can be chosen, with what was chosen."""
    return with_chosen(tuple(choice_of(column) for column in columns), chosen)


def with_chosen(
    choices: tuple[ColumnChoice, ...], chosen: tuple[str, ...] | None
) -> tuple[ColumnChoice, ...]:
    """The choices with what was chosen; what names the row is always shown."""
    if chosen is None or not any(choice.key in chosen for choice in choices):
        return choices
    return tuple(replace(one, on=one.fixed or one.key in chosen) for one in choices)


def only_chosen(page: RegisterPage, choices: tuple[ColumnChoice, ...]) -> RegisterPage:
    """The page with the chosen columns alone."""
    shown = {choice.key for choice in choices if choice.on}
    return replace(
        page,
        headings=tuple(one for one in page.headings if one.key in shown),
        rows=tuple(
            replace(row, fields=tuple(one for one in row.fields if one.key in shown))
            for row in page.rows
        ),
    )


def tools_of(
    request: HttpRequest,
    *,
    name: str,
    caption: Label,
    choices: tuple[ColumnChoice, ...],
    source: str = "",
    fixed: tuple[tuple[str, str], ...] = (),
    form: TakenForm | None = None,
) -> ListTools:
    """The tools of one list; `source` names it to those who take lists out, "" takes none out.

    What is taken out has the columns that are shown, unless it is a `form` with its own.
    """
    here = (request.path + edit_query(request.GET, {COLUMNS: None, AT: None})).removesuffix("?")
    kept = {key for key, _value in fixed} | {AT, "nguon", COLUMNS}
    pairs = [(key, value) for key, value in query_pairs(request.GET) if key not in kept]
    shown = ",".join(choice.key for choice in choices if choice.on)
    pairs = [("nguon", source), *pairs, *fixed, (COLUMNS, shown)]
    query = "?" + urlencode(pairs)
    # A list as made is taken out in the columns that are meant for paper.
    chosen = form is None and any(one.on == one.extra for one in choices)
    taken = pairs if chosen else pairs[:-1]
    taken_query = "?" + urlencode(taken)
    return ListTools(
        name,
        caption,
        choices,
        here,
        tuple(taken),
        columns_url=_route("columns"),
        export_url=_address("export", taken_query) if source else "",
        print_url=_route("print") if source else "",
        save_url=_address("save", query) if source and form is None else "",
        act_url=_route("act") if _is_acted(source, pairs) and form is None else "",
        form=form,
    )


def _is_acted(source: str, pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether something can be done with all rows: of a search, where it is for one kind."""
    return source in ACTED or (source == _SEARCH and dict(pairs).get("kind") in _KINDS)


def _route(what: str) -> str:
    try:
        return reverse(_routes[what]) if what in _routes else ""
    except NoReverseMatch:
        return ""


def _address(what: str, query: str) -> str:
    path = _route(what)
    return path + query if path else ""
