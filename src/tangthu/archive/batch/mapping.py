"""Which column holds which field: proposed from the headings, shown, edited, kept as data.

Seven headings of the real index stand on both levels (`Ngôn ngữ`, `Ghi chú`, `Ký hiệu thông tin`,
`Từ khóa`, `Chế độ sử dụng`, `Mức độ tin cậy`, `Tình trạng vật lý`). They are told apart by a merged
heading above them, else by the side of the split between dossier and document columns on which they
stand, else by elimination; what remains a guess is marked so and asked. A column that fits no field
is kept as additional metadata (AR-28, RM-670).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from tangthu.archive.batch.cells import Column, Table
from tangthu.archive.batch.errors import BadMappingError
from tangthu.archive.batch.headings import (
    BY_HEADING,
    BY_KEY,
    DOCUMENT,
    DOSSIER,
    candidates,
    heading_key,
)

SURE = 0.75  # below this a choice is a guess that a person confirms
_NEAR = 88.0
_VERSION = 1
# `STT` numbers the lines of the list, or, among the document's columns, the dossier's documents.
_LINE, _ORDINAL = "dossier.line", "document.ordinal"


@dataclass(frozen=True, slots=True)
class Choice:
    """The field chosen for one column: None keeps the column as additional metadata.

    `confidence` runs from 0 to 1; `reason` is heading, group, position, elimination, similar,
    repeated, unknown or person; `options` are the fields the heading could also mean.
    """

    column: int
    heading: str
    field: str | None
    confidence: float
    reason: str
    options: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at this choice: a guess between known fields."""
        return bool(self.options) and self.confidence < SURE


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The choices for all columns of an index, in column order."""

    choices: tuple[Choice, ...]

    def columns(self) -> Mapping[str, int]:
        """Column index by field key, for the columns that hold a field."""
        return {choice.field: choice.column for choice in self.choices if choice.field}

    def extras(self) -> tuple[Choice, ...]:
        """The columns with a heading that hold no known field."""
        return tuple(choice for choice in self.choices if not choice.field and choice.heading)

    def changed(self, column: int, field: str | None) -> ColumnMapping:
        """The mapping with `column` put by a person to `field`; whoever held the field loses it.

        Raises BadMappingError for a column or field that does not exist.
        """
        if field is not None and field not in BY_KEY:
            raise BadMappingError(what=f"không có trường {field[:60]}")
        if all(choice.column != column for choice in self.choices):
            raise BadMappingError(what=f"không có cột {column}")
        return ColumnMapping(tuple(_put(choice, column, field) for choice in self.choices))

    def to_json(self) -> str:
        """The mapping as JSON text, to keep with the batch and to use for the next one."""
        columns = [
            {"heading": c.heading, "column": c.column, "field": c.field, "reason": c.reason,
             "confidence": c.confidence}
            for c in self.choices
        ]  # fmt: skip
        return json.dumps({"version": _VERSION, "columns": columns}, ensure_ascii=False)


def _put(choice: Choice, column: int, field: str | None) -> Choice:
    if choice.column == column:
        return replace(choice, field=field, confidence=1.0, reason="person")
    if field is not None and choice.field == field:
        return replace(choice, field=None, confidence=1.0, reason="person")
    return choice


def propose(table: Table) -> ColumnMapping:
    """The mapping that the headings of `table` suggest."""
    options = _whole_dates({column.index: _options(column) for column in table.columns})
    chosen: dict[int, Choice] = {}
    taken: dict[str, int] = {}
    split = _split(table.columns, {index: keys for index, (keys, _) in options.items()})

    def settle(column: Column, field: str | None, confidence: float, reason: str) -> None:
        keys = options[column.index][0]
        chosen[column.index] = Choice(
            column.index, column.heading, field, round(confidence, 2), reason, keys
        )
        if field is not None:
            taken[field] = column.index

    waiting: list[Column] = []
    for near in (False, True):
        for column in table.columns:
            keys, similar = options[column.index]
            if bool(similar) != near or len(keys) != 1:
                continue
            if keys[0] in taken:
                settle(column, None, 0.3, "repeated")
            elif near:
                settle(column, keys[0], min(similar / 100, SURE - 0.05), "similar")
            else:
                settle(column, keys[0], 1.0, "heading")
    for column in table.columns:
        keys, _ = options[column.index]
        if not keys:
            settle(column, None, 1.0, "unknown")
        elif len(keys) > 1:
            field, confidence, reason = _by_place(column, keys, split)
            if field == _ORDINAL and _LINE in keys and _runs_on(table, column):
                confidence = min(confidence, 0.4)
            if field is None or field in taken:
                waiting.append(column)
            else:
                settle(column, field, confidence, reason)
    for column in waiting:
        free = [key for key in options[column.index][0] if key not in taken]
        if not free:
            settle(column, None, 0.3, "repeated")
        elif len(free) == 1:
            settle(column, free[0], 0.9 if split.clean else 0.4, "elimination")
        else:
            left = split.level_left_of(column.index)
            guess = next((key for key in free if BY_KEY[key].level == left), free[0])
            settle(column, guess, 0.5, "position")
    return ColumnMapping(tuple(chosen[column.index] for column in table.columns))


def _runs_on(table: Table, column: Column) -> bool:
    """Whether a column of numbers goes on through several dossiers: then it numbers the list."""
    number = next((c for c in table.columns if "dossier.number" in candidates(c.heading)), None)
    if number is None:
        return False
    given = [row.value(column.index).strip() for row in table.rows]
    values = [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 9]
    dossiers = {row.value(number.index).strip() for row in table.rows} - {""}
    rising = all(one < other for one, other in itertools.pairwise(values))
    return len(dossiers) > 1 and len(values) > len(dossiers) and rising


def load(text: str) -> ColumnMapping:
    """Read back `to_json`. Raises BadMappingError for anything else."""
    try:
        data = json.loads(text)
        if data["version"] != _VERSION:
            raise BadMappingError(what="phiên bản không biết")
        choices = tuple(
            Choice(int(c["column"]), str(c["heading"]), c["field"], float(c["confidence"]),
                   str(c["reason"]))
            for c in data["columns"]
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise BadMappingError(what="không đọc được") from error
    fields = [choice.field for choice in choices if choice.field is not None]
    if any(not isinstance(field, str) or field not in BY_KEY for field in fields):
        raise BadMappingError(what="trường không biết")
    if len(set(fields)) != len(fields):
        raise BadMappingError(what="một trường ở hai cột")
    return ColumnMapping(choices)


def reapply(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Use a kept mapping on another index: by heading and its occurrence, wherever it now stands.

    Columns the kept mapping does not know get the proposal of their heading, if it is still free.
    """
    kept: dict[tuple[str, int], Choice] = {}
    seen: dict[str, int] = {}
    for choice in sorted(mapping.choices, key=lambda c: c.column):
        key = heading_key(choice.heading)
        kept[key, seen.get(key, 0)] = choice
        seen[key] = seen.get(key, 0) + 1
    seen.clear()
    found: dict[int, Choice] = {}
    for proposal in propose(table).choices:
        key = heading_key(proposal.heading)
        old = kept.get((key, seen.get(key, 0)))
        seen[key] = seen.get(key, 0) + 1
        if old is not None:
            found[proposal.column] = replace(
                proposal, field=old.field, confidence=old.confidence, reason=old.reason
            )
        else:
            found[proposal.column] = proposal
    used = {c.field for c in found.values() if c.field and (heading_key(c.heading), 0) in kept}
    for column, choice in found.items():
        if (heading_key(choice.heading), 0) not in kept and choice.field in used:
            found[column] = replace(choice, field=None, confidence=0.3, reason="repeated")
    return ColumnMapping(tuple(found.values()))


def _options(column: Column) -> tuple[tuple[str, ...], float]:
    keys = candidates(column.heading)
    if keys or len(column.heading) < 5:
        return _in_group(column, keys), 0.0
    best = process.extractOne(
        heading_key(column.heading), BY_HEADING.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR
    )
    if best is None:
        return (), 0.0
    return BY_HEADING[best[0]][:1] if len(BY_HEADING[best[0]]) == 1 else (), float(best[1])


def _whole_dates(
    options: Mapping[int, tuple[tuple[str, ...], float]],
) -> Mapping[int, tuple[tuple[str, ...], float]]:
    """`Ngày bắt đầu` holds the whole date where no column holds its year."""
    known = {key for keys, _similar in options.values() for key in keys}

    def whole(key: str) -> str:
        name = key.removesuffix("_day")
        return key if name == key or f"{name}_year" in known else name

    return {index: (tuple(map(whole, keys)), near) for index, (keys, near) in options.items()}


def _in_group(column: Column, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Only the fields of the level that the merged heading above the column names."""
    group = f" {heading_key(column.group)} "
    level = None
    if " ho so " in group and " van ban " not in group and " tai lieu " not in group:
        level = DOSSIER
    elif (" van ban " in group or " tai lieu " in group) and " ho so " not in group:
        level = DOCUMENT
    inside = tuple(key for key in keys if BY_KEY[key].level == level)
    return inside or keys


@dataclass(frozen=True, slots=True)
class _Split:
    """Levels of the columns whose heading leaves no doubt, and how well they fall in two blocks."""

    anchors: tuple[tuple[int, str], ...]
    clean: bool

    def level_left_of(self, column: int) -> str | None:
        return next((lv for at, lv in reversed(self.anchors) if at < column), None)

    def level_right_of(self, column: int) -> str | None:
        return next((lv for at, lv in self.anchors if at > column), None)


def _split(columns: Iterable[Column], options: Mapping[int, tuple[str, ...]]) -> _Split:
    anchors = []
    for column in columns:
        levels = {BY_KEY[key].level for key in options[column.index]}
        if len(levels) == 1 and _LINE not in options[column.index]:
            anchors.append((column.index, levels.pop()))
    switches = sum(1 for one, two in itertools.pairwise(anchors) if one[1] != two[1])
    return _Split(tuple(anchors), switches <= 1)


def _by_place(
    column: Column, keys: tuple[str, ...], split: _Split
) -> tuple[str | None, float, str]:
    left, right = split.level_left_of(column.index), split.level_right_of(column.index)
    if _LINE in keys and right is not None:
        left = right  # a number of the line stands before what it numbers
    if left is not None and right is not None and left != right:
        return None, 0.0, "position"
    level = left or right
    field = next((key for key in keys if BY_KEY[key].level == level), None)
    return field, 0.95 if split.clean else 0.4, "position"
