"""Print a list: the copy gets its code and is recorded at every body that it tells of."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tangthu.discovery.listing import Listed
from tangthu.identity.acting import Acting
from tangthu.kernel.errors import InvalidInput
from tangthu.records.actions.note_access import new_serial, note_list
from tangthu.records.models import Use
from tangthu.reports import sources
from tangthu.ui.tables import Column

MOST = 1000


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list as it is printed; `more` says that rows were left out.

    `levels` are the access levels of its rows.
    """

    wanted: sources.Asked
    columns: tuple[Column[Listed], ...]
    rows: tuple[list[str], ...]
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
        raise InvalidInput(_("Danh sách không có dòng nào để in."), hint=_("Bỏ bớt điều kiện."))
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
    levels = frozenset(one.row.access_level for one in printed)
    return PrintedList(wanted, shown, rows, len(found) > MOST, levels, uses[0])
