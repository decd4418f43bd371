"""How the index stands as a whole: how common a token is, how much was written, whether marks hold.

How common a token is, PostgreSQL's own statistics know. They are read seldom, and where there are
none (few entries) every token counts as rare. Nothing here decides what is found, only the way.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Standing:
    """Shares in the description and in all; entries written so far; whether all bear marks."""

    head: Shares = field(default_factory=Shares)
    whole: Shares = field(default_factory=Shares)
    written: int = 0
    marked: bool = False

    def shares(self, column: str) -> Shares:
        """Those of `head` or `whole`."""
        return self.head if column == "head" else self.whole


def _tokens(column: str) -> str:
    return (
        "(SELECT jsonb_build_array(most_common_elems, most_common_elem_freqs) FROM pg_stats "
        "WHERE schemaname = ANY (current_schemas(false)) "
        f"AND tablename = 'discovery_entry' AND attname = '{column}')"
    )


# Read along with something else (guarded.reading), so that no page pays a round trip of its own.
SQL = (
    f"jsonb_build_object('head', {_tokens('head')}, 'whole', {_tokens('whole')}, "
    "'written', (SELECT last_value FROM discovery_entry_serial), "
    "'marked', (SELECT NOT bool_or(outdated) FROM discovery_indexstate))"
)

_kept: dict[str, tuple[float, Standing]] = {}


def is_due() -> bool:
    """Whether what is known of this database is too old, or nothing is known."""
    kept = _kept.get(_database())
    return kept is None or time.monotonic() - kept[0] > _KEEP_SECONDS


def keep(read: str | Mapping[str, Any]) -> None:
    """Keep what SQL has read, as it came from the database."""
    facts = json.loads(read) if isinstance(read, str) else read
    _kept[_database()] = (
        time.monotonic(),
        Standing(
            _shares(facts.get("head")),
            _shares(facts.get("whole")),
            facts.get("written") or 0,
            bool(facts.get("marked")),
        ),
    )


def _shares(read: tuple[list[str] | None, list[float] | None] | None) -> Shares:
    tokens, frequencies = read or (None, None)
    # After the frequencies of the elements stand the least and the greatest of them.
    return Shares(dict(zip(tokens or (), frequencies or (), strict=False)))


def standing() -> Standing:
    """How the index of this database stood when that was last read."""
    kept = _kept.get(_database())
    return kept[1] if kept else Standing()


def _database() -> str:
    return str(connection.settings_dict["NAME"])
