"""The index once more among the files: saved again by another program, under another name, edited.

Two files that hold the same list are rarely the same bytes, so lists are compared by what stands in
their lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from tangthu.archive.batch import tables
from tangthu.archive.batch.cells import Row, Table
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.incoming import FoundFile, index_path, path_in, walk
from tangthu.archive.models import Batch

ENDINGS = (".xlsx", ".csv", ".xlsm")
# What a checked file is to the index: the same list, or another one that nobody decided about.
AGAIN, OTHER = "again", "other"
_MAX_BYTES = 64 * 1024 * 1024
_ALIKE = 0.8  # share of a line's cells that must stand in one line of the other list
_KEYS = 3
_SHARED = 0.5


@dataclass(slots=True)
class Lines:
    """Lines to be looked for in other lists: each by what stands in its cells."""

    cells: list[Set[str]] = field(default_factory=list)
    _by_key: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Lines:
        """The lines of `rows`, those without text left out."""
        made = cls()
        for row in rows:
            held = {text for text in row.values if text}
            if held:
                for key in sorted(held, key=lambda text: (-len(text), text))[:_KEYS]:
                    made._by_key.setdefault(key, []).append(len(made.cells))
                made.cells.append(held)
        return made

    def found_in(self, rows: Iterable[Row]) -> set[int]:
        """Which of the lines stand in `rows`, also with a few cells changed; by their place."""
        found: set[int] = set()
        for row in rows:
            held = {text for text in row.values if text}
            for text in held:
                for place in self._by_key.get(text, ()):
                    if place not in found:
                        wanted = self.cells[place]
                        if len(wanted & held) >= _ALIKE * len(wanted):
                            found.add(place)
        return found


def copies_with(batch: Batch, numbers: Set[int]) -> set[bytes]:
    """Lists among the batch's files that hold one of these rows of its index.

    In a folder that is not ours as well: those are then never opened again.
    """
    folder, index = Path(batch.folder), index_path(batch)
    if not (numbers and folder.is_dir() and index.is_file()):
        return set()
    table = _table(index)
    if table is None:
        return set()
    wanted = Lines.of(row for row in table.rows if row.number in numbers)
    return {
        item.path_bytes
        for item in _lists(batch, folder)
        if wanted.found_in(_rows(path_in(batch, item.path_bytes)))
    }


def _lists(batch: Batch, folder: Path) -> Iterator[FoundFile]:
    for item in walk(folder, batch.index_name):
        if is_list(item.path) and item.size <= _MAX_BYTES:
            yield item


def is_list(path: str) -> bool:
    """Whether a file's name says that it may be a list."""
    return path.lower().endswith(ENDINGS)


def _table(path: Path) -> Table | None:
    try:
        return tables.read_table(path)
    except BatchError:
        return None


def _rows(path: Path) -> Iterator[Row]:
    """Every line in a file, as it stands and with what is merged over it; none if unreadable."""
    try:
        sheets = tables.read_sheets(path)
    except (BatchError, OSError):
        return
    for sheet in sheets:
        yield from sheet.rows
    try:
        yield from tables.table_of(path.name, sheets).rows
    except BatchError:
        return


def relation(index: Table, path: Path) -> str:
    """What the file at `path` is to the index: AGAIN, OTHER (partly the same list), "" (none)."""
    other = _table(path)
    if other is None:
        return ""
    if [_text(row) for row in index.rows] == [_text(row) for row in other.rows]:
        return AGAIN
    lines = Lines.of(index.rows)
    shared = len(lines.found_in(other.rows))
    return OTHER if lines.cells and shared >= _SHARED * len(lines.cells) else ""


def _text(row: Row) -> Sequence[str]:
    return [text for text in row.values if text]


def differing(index: Table, path: Path) -> tuple[int, int]:
    """How many rows the list at `path` has, and how many of those the index does not have so."""
    other = _table(path)
    if other is None:
        return 0, 0
    known = {tuple(_text(row)) for row in index.rows}
    rows = [tuple(_text(row)) for row in other.rows]
    return len(rows), sum(row not in known for row in rows)


def best(folder: Path, candidates: Sequence[Path]) -> Path | None:
    """Of several lists in a folder the one to begin with: the longest; None if none is an index."""
    read = {one: table for one in candidates if (table := _table(one)) is not None}
    return min(read, key=lambda one: (-len(read[one].rows), one.name), default=None)
