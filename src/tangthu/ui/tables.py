"""The register: a sortable, filterable, keyset-paged table whose every control is a link.

A view builds a `Register` from the query string, asks it for the sort, the chosen filters and the
cursor, reads `page_size + 1` rows through `queries.py`, and hands them back to `page()`. What comes
out has only text and addresses in it; `{% register_table page %}` draws it. Nothing from the query
reaches the database unless it names a declared column or filter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.ui.cursors import Cursor, CursorValue, decode_cursor, encode_cursor
from tangthu.ui.query import Query, edit_query, query_pairs

Row = TypeVar("Row")
Label = str | Promise
Tone = Literal["", "info", "ok", "warn", "danger"]
Kind = Literal["text", "short", "code", "number", "date", "tag"]

SORT, AT, DENSITY, SEARCH = "sort", "at", "density", "q"
MAX_FREE_VALUE = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one field of a row; `note` is a second, quieter line; `tone` makes a tag.

    `warning` is a red tag before the text.
    """

    text: Label
    url: str = ""
    note: Label = ""
    tone: Tone = ""
    warning: Label = ""


# Without slots: typing sets __orig_class__ on an instance of a parametrised class.
@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `value` takes a row and gives text or a `Cell`; `primary` marks the one that
    names the row (its text is the row's link); `wide_only` leaves it out on phones; `extra` leaves
    it out until a person chooses it."""

    key: str
    label: Label
    value: Callable[[Row], Label | Cell | int | None]
    kind: Kind = "text"
    sortable: bool = False
    primary: bool = False
    wide_only: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column as it can be chosen; `on` is shown, `fixed` cannot be left out.

    `extra` is left out until it is chosen, so that `on` differs from what a list shows at first.
    """

    key: str
    label: Label
    on: bool
    fixed: bool = False
    extra: bool = False


def choice_of(column: Column[Any]) -> ColumnChoice:
    """A column as it can be chosen, before anybody chose."""
    return ColumnChoice(
        column.key,
        column.label,
        column.primary or not column.extra,
        column.primary,
        column.extra and not column.primary,
    )


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter, with the number of rows it would leave where that is known."""

    value: str
    label: Label
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter made of links; `tabs` is a strip above the table, `multiple` lets several hold."""

    key: str
    label: Label
    options: tuple[Option, ...]
    multiple: bool = False
    tabs: bool = False


@dataclass(frozen=True, slots=True)
class RangeFilter:
    """A span of dates, sent as `<key>_from` and `<key>_to`; the view parses the texts."""

    key: str
    label: Label


@dataclass(frozen=True, slots=True)
class TakenForm:
    """A list that leaves as a form with columns of its own, by its name; no search to be kept."""

    print_label: Label
    export_label: Label


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What can be done with the marked rows: a button that posts `ids` to `url`."""

    label: Label
    url: str
    key: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class EmptyState:
    """Why the list is empty, and what one can do about it."""

    title: Label
    why: Label = ""
    action_label: Label = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as drawn; `direction` is the `aria-sort` value of the sorted column, else empty."""

    label: Label
    kind: Kind
    url: str
    direction: Literal["", "ascending", "descending"]
    wide_only: bool
    key: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A cell with what its column says about it."""

    cell: Cell
    label: Label
    kind: Kind
    primary: bool
    wide_only: bool
    key: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as drawn."""

    id: str
    name: Label
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class OptionView:
    """A filter link as drawn."""

    label: Label
    count: int | None
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterView:
    """A filter as drawn; `summary` names what is chosen."""

    key: str
    label: Label
    options: tuple[OptionView, ...]
    summary: str
    tabs: bool


@dataclass(frozen=True, slots=True)
class RangeView:
    """A date span as drawn; `keep` are the hidden fields that carry the rest of the query."""

    key: str
    label: Label
    start: str
    end: str
    keep: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter and the link that takes it off."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """All that `ui/parts/register.html` needs."""

    name: str
    caption: Label
    headings: tuple[Heading, ...]
    rows: tuple[RowView, ...]
    tabs: tuple[FilterView, ...]
    filters: tuple[FilterView, ...]
    ranges: tuple[RangeView, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    search: str | None
    search_keep: tuple[tuple[str, str], ...]
    next_url: str
    previous_url: str
    first_url: str
    total: int | None
    bulk: tuple[BulkAction, ...]
    empty: EmptyState
    density: Literal["compact", "roomy"]
    density_url: str
    # Why the rows could not be read; shown in their place.
    trouble: EmptyState | None = None
    choices: tuple[ColumnChoice, ...] = ()
    # By which name the whole list can be taken out (ui.choosing), with filters that always hold.
    source: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    form: TakenForm | None = None


class Register(Generic[Row]):
    """One list for one request. Reads the query, forgets what it does not know."""

    def __init__(
        self,
        *,
        name: str,
        caption: Label,
        columns: Sequence[Column[Row]],
        query: Query,
        default_sort: str,
        row_id: Callable[[Row], str],
        filters: Sequence[Filter | RangeFilter] = (),
        empty: EmptyState | None = None,
        bulk: Sequence[BulkAction] = (),
        searchable: bool = False,
        page_size: int = 50,
        source: str = "",
        fixed: Mapping[str, str] | None = None,
        form: TakenForm | None = None,
    ) -> None:
        """`default_sort` is a column key, with `-` before it for descending.

        `source` names the list to those who take lists out; `fixed` are filters that always hold;
        `form`: taken out, the list is a form of its own.
        """
        self.source = source
        self._fixed = tuple((fixed or {}).items())
        self.form = form
        self.name = name
        self.caption = caption
        self.columns = tuple(columns)
        self.filters = tuple(filters)
        self.empty = empty or EmptyState(_("Chưa có gì trong danh sách này"))
        self.bulk = tuple(bulk)
        self.searchable = searchable
        self.page_size = page_size
        self._row_id = row_id
        self._query: dict[str, list[str]] = {}
        for key, value in query_pairs(query):
            self._query.setdefault(key, []).append(value[:MAX_FREE_VALUE] if key != AT else value)
        sorts = {c.key for c in self.columns if c.sortable}
        asked = self._first(SORT)
        self.sort = asked if asked.removeprefix("-") in sorts else default_sort

    @property
    def sort_key(self) -> str:
        """The column sorted by."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Largest or newest first."""
        return self.sort.startswith("-")

    @property
    def search(self) -> str:
        """What was typed into the register's own search box, at most 200 characters."""
        return self._first(SEARCH).strip() if self.searchable else ""

    def chosen(self, key: str) -> tuple[str, ...]:
        """The declared values chosen of filter `key`; values it does not offer are forgotten."""
        for item in self.filters:
            if isinstance(item, Filter) and item.key == key:
                offered = [o.value for o in item.options]
                picked = [v for v in dict.fromkeys(self._query.get(key, [])) if v in offered]
                return tuple(picked if item.multiple else picked[:1])
        return ()

    def span(self, key: str) -> tuple[str, str]:
        """The two texts typed into the date span `key`, each empty when open; not yet parsed."""
        return self._first(f"{key}_from").strip(), self._first(f"{key}_to").strip()

    def cursor(self, width: int) -> Cursor | None:
        """Where to read on from, `width` sort values wide; None is the beginning."""
        return decode_cursor(self._first(AT), register=self.name, sort=self.sort, width=width)

    def page(
        self,
        rows: Sequence[Row],
        *,
        sort_values: Callable[[Row], tuple[CursorValue, ...]],
        cursor: Cursor | None = None,
        total: int | None = None,
        trouble: EmptyState | None = None,
    ) -> RegisterPage:
        """Turn up to `page_size + 1` rows, in the order in which they were read, into a page.

        When `cursor.backwards`, rows come nearest first and are turned round here.
        """
        more = len(rows) > self.page_size
        shown = list(rows[: self.page_size])
        backwards = cursor is not None and cursor.backwards
        if backwards:
            shown.reverse()
        has_next = bool(shown) and (more or backwards)
        has_previous = bool(shown) and (more if backwards else cursor is not None)

        def at(row: Row, *, back: bool) -> str:
            mark = encode_cursor(Cursor(sort_values(row), back), register=self.name, sort=self.sort)
            return self._link({AT: mark}, keep_place=True)

        views = [self._filter_view(f) for f in self.filters if isinstance(f, Filter)]
        compact = self._first(DENSITY) != "roomy"
        return RegisterPage(
            name=self.name,
            caption=self.caption,
            headings=tuple(self._heading(c) for c in self.columns),
            rows=tuple(self._row(r) for r in shown),
            tabs=tuple(v for v in views if v.tabs),
            filters=tuple(v for v in views if not v.tabs),
            ranges=tuple(self._range_view(f) for f in self.filters if isinstance(f, RangeFilter)),
            chips=tuple(self._chips()),
            clear_url=self._link(dict.fromkeys(self._filter_keys())),
            search=self.search if self.searchable else None,
            search_keep=self._keep(SEARCH),
            next_url=at(shown[-1], back=False) if has_next else "",
            previous_url=at(shown[0], back=True) if has_previous else "",
            first_url=self._link({}) if has_previous else "",
            total=total,
            bulk=self.bulk,
            empty=self.empty,
            density="compact" if compact else "roomy",
            density_url=self._link({DENSITY: "roomy" if compact else None}, keep_place=True),
            trouble=trouble,
            choices=tuple(choice_of(column) for column in self.columns),
            source=self.source,
            fixed=self._fixed,
            form=self.form,
        )

    def _first(self, key: str) -> str:
        return self._query.get(key, [""])[0]

    def _link(
        self, changes: Mapping[str, str | int | list[str] | None], *, keep_place: bool = False
    ) -> str:
        """A link with `changes`; a change of what is listed leads back to the first page."""
        return edit_query(self._query, changes if keep_place else {AT: None, **changes})

    def _keep(self, *without: str) -> tuple[tuple[str, str], ...]:
        dropped = {AT, *without}
        return tuple(p for p in query_pairs(self._query) if p[0] not in dropped)

    def _heading(self, column: Column[Row]) -> Heading:
        sorted_here = column.key == self.sort_key
        if not column.sortable:
            return Heading(column.label, column.kind, "", "", column.wide_only, column.key)
        turned = column.key if self.descending or not sorted_here else f"-{column.key}"
        direction: Literal["", "ascending", "descending"] = ""
        if sorted_here:
            direction = "descending" if self.descending else "ascending"
        return Heading(
            column.label,
            column.kind,
            self._link({SORT: turned}),
            direction,
            column.wide_only,
            column.key,
        )

    def _row(self, row: Row) -> RowView:
        fields = []
        name: Label = ""
        for column in self.columns:
            value = column.value(row)
            cell = value if isinstance(value, Cell) else Cell(_text(value))
            name = cell.text if column.primary else name
            fields.append(
                FieldView(
                    cell,
                    column.label,
                    column.kind,
                    column.primary,
                    column.wide_only,
                    column.key,
                )
            )
        return RowView(self._row_id(row), name, tuple(fields))

    def _filter_view(self, item: Filter) -> FilterView:
        chosen = self.chosen(item.key)
        options = []
        if item.tabs:
            options.append(OptionView(_("Tất cả"), None, self._link({item.key: None}), not chosen))
        for option in item.options:
            on = option.value in chosen
            options.append(
                OptionView(option.label, option.count, self._toggle(item, option.value), on)
            )
        labels = [str(o.label) for o in item.options if o.value in chosen]
        return FilterView(item.key, item.label, tuple(options), ", ".join(labels), item.tabs)

    def _toggle(self, item: Filter, value: str) -> str:
        chosen = list(self.chosen(item.key))
        if item.tabs:
            return self._link({item.key: value})
        if value in chosen:
            chosen.remove(value)
        else:
            chosen = [*chosen, value] if item.multiple else [value]
        return self._link({item.key: chosen})

    def _range_view(self, item: RangeFilter) -> RangeView:
        start, end = self.span(item.key)
        keep = self._keep(f"{item.key}_from", f"{item.key}_to")
        return RangeView(item.key, item.label, start, end, keep)

    def _filter_keys(self) -> list[str]:
        keys = [SEARCH] if self.searchable else []
        for item in self.filters:
            if isinstance(item, RangeFilter):
                keys += [f"{item.key}_from", f"{item.key}_to"]
            else:
                keys.append(item.key)
        return keys

    def _chips(self) -> list[Chip]:
        chips = []
        if self.search:
            chips.append(Chip(f"“{self.search}”", self._link({SEARCH: None})))
        for item in self.filters:
            if isinstance(item, RangeFilter):
                start, end = self.span(item.key)
                if start or end:
                    off = self._link({f"{item.key}_from": None, f"{item.key}_to": None})
                    chips.append(Chip(f"{item.label}: {start or '…'} – {end or '…'}", off))
                continue
            labels = {o.value: str(o.label) for o in item.options}
            for value in self.chosen(item.key):
                rest = [v for v in self.chosen(item.key) if v != value]
                chips.append(Chip(f"{item.label}: {labels[value]}", self._link({item.key: rest})))
        return chips


def _text(value: Any) -> Label:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str | Promise) else str(value)
