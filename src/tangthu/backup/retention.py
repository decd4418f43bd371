"""What is removed from a place: chains that are too old, and what killed runs left there.

A chain goes as a whole, so nobody counts who needs which bytes.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from tangthu.backup import houses, rules
from tangthu.backup.sets import DATABASE, SIDECAR
from tangthu.standards import durable


def remove_old(place: Path, now: dt.datetime) -> list[str]:
    """Remove every chain whose first set is older than sets are kept; returns the names of sets.

    Called after a new set was made, so one set at least is always left; the chain of the newest
    set is never removed.
    """
    known = houses.own_sets(place, now)
    if not known:
        return []
    newest = known[-1].chain
    begun: dict[str, dt.datetime] = {}
    for one in known:
        begun[one.chain] = min(begun.get(one.chain, one.made_at), one.made_at)
    old = {
        chain
        for chain, first in begun.items()
        if chain != newest and rules.is_over(first, "kept", now)
    }
    # The newest first: what is left of a chain when this is killed can still be restored.
    gone = [one.name for one in reversed(known) if one.chain in old]
    for name in gone:
        _remove(place, place / name)
    return gone


def _remove(place: Path, folder: Path) -> None:
    """Remove a set; its dump, which holds the keys of events, is overwritten first (IN-85)."""
    hidden = place / f".{folder.name}.removed"
    durable.rename(folder, hidden, what="backup.removed")
    _erase(hidden)


def _erase(folder: Path) -> None:
    for path in (folder / DATABASE).rglob("*"):
        if path.is_file() and not path.is_symlink():
            durable.overwrite_and_remove(path)
    shutil.rmtree(folder)


def clear_unfinished(place: Path) -> None:
    """Remove what killed runs left in `place`: sets not finished, and sets not wholly removed."""
    for folder in place.glob(".*.unfinished"):
        durable.remove_deserted(folder, lambda: False)
    for folder in place.glob(".*.removed"):
        if (folder / SIDECAR).exists() or folder.is_dir():
            _erase(folder)
