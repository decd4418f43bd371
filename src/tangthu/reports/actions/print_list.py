"""Print a list: the copy gets its code and is recorded at every body that it tells of."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tangthu.discovery.listing import Listed
from tangthu.identity.acting import Acting
from tangthu.records.actions.note_access import new_serial, note_list
from tangthu.records.levels import level_of
from tangthu.records.models import Use
from tangthu.reports import sources
from tangthu.ui.tables import Column

MOST = 1000


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list as it is printed; `more` says that rows were left out.

    `numbers` stand before the rows; `levels` are the access levels of all that it names.
    """

    wanted: sources.Asked
    columns: tuple[Column[Listed], ...]
    rows: tuple[list[str], ...]
    numbers: tuple[int, ...]
    more: bool
    levels: frozenset[str]
    use: Use


def print_list(
    acting: Acting, *, source: str, pairs: Mapping[str, str], columns: Sequence[str]
) -> PrintedList:
    """The first MOST rows of a list, recorded as printed. Raises InvalidInput for an empty one."""
    wanted = sources.asked(acting.viewer, source, pairs)
    shown = sources.chosen_columns(wanted, columns)
    found: list[Listed] = []
    for portion, _after in sources.portions(lambda: acting.viewer, wanted, after=None):
        found += portion
        if len(found) > MOST:
            break
    if not found:
        raise sources.nothing_listed()
    printed = found[:MOST]
    uses = note_list(
        acting,
        sorted({one.record.body_id for one in printed}),
        use=Use.Kind.LIST_PRINT,
        event="reports.list.printed",
        copy=uuid.uuid4(),
        detail={
            "list": source,
            "asked": dict(sorted(sources.kept_pairs(pairs, wanted).items())),
            "columns": [column.key for column in shown],
        },
        serial=new_serial(),
        rows=Counter(one.record.body_id for one in printed),
    )
    rows = tuple(sources.cells(one, shown) for one in printed)
    numbers = tuple(one.ordinal or at for at, one in enumerate(printed, start=1))
    levels = {one.row.access_level for one in printed}
    levels |= {level_of(one) for one in sources.named_in_head(acting.viewer, wanted)}
    more = len(found) > MOST
    return PrintedList(wanted, shown, rows, numbers, more, frozenset(levels), uses[0])
