"""How common a token is, as PostgreSQL's own statistics know it.

A token in every third title needs no index: a short walk in order meets enough of them. Which way
is shorter only the statistics can say; they are read seldom, and where there are none (few entries)
every token counts as rare.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

_KEEP_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Shares:
    """Share (0 to 1) of the entries in which each of the common tokens stands."""

    known: Mapping[str, float] = field(default_factory=dict)

    def of(self, token: str) -> float:
        """The share of `token`; 0 if it is none of the common ones."""
        return self.known.get(token, 0.0)

    def of_beginning(self, beginning: str) -> float:
        """A share that the tokens with this beginning have at least."""
        return max((s for token, s in self.known.items() if token.startswith(beginning)), default=0)


# Read along with something else (guarded.reading), so that no page pays a round trip of its own.
COLUMNS = ("head", "whole")
SQL = ", ".join(
    "(SELECT jsonb_build_array(most_common_elems, most_common_elem_freqs) FROM pg_stats "
    "WHERE schemaname = ANY (current_schemas(false)) "
    f"AND tablename = 'discovery_entry' AND attname = '{column}')"
    for column in COLUMNS
)

_kept: dict[str, tuple[float, dict[str, Shares]]] = {}


def is_due() -> bool:
    """Whether the shares known of this database are too old, or none are known."""
    kept = _kept.get(_database())
    return kept is None or time.monotonic() - kept[0] > _KEEP_SECONDS


def keep(read: Sequence[tuple[list[str] | None, list[float] | None] | None]) -> None:
    """Keep what SQL has read: for each column its common tokens and their shares."""
    found = {}
    for column, row in zip(COLUMNS, read, strict=True):
        tokens, frequencies = row or (None, None)
        # After the frequencies of the elements stand the least and the greatest of them.
        found[column] = Shares(dict(zip(tokens or (), frequencies or (), strict=False)))
    _kept[_database()] = (time.monotonic(), found)


def shares(column: str) -> Shares:
    """Shares of the common tokens of `head` or `whole`, as they were last read."""
    kept = _kept.get(_database())
    return kept[1][column] if kept else Shares()


def _database() -> str:
    return str(connection.settings_dict["NAME"])
