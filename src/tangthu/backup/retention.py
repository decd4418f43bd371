"""What is removed from a place: chains that are too old, and what killed runs left there.

A chain goes as a whole, so nobody counts who needs which bytes. It goes only if the newest set can
take its place: it lacks nothing, leaves nothing out that the chain has, and was read through.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from tangthu.backup import houses, rules
from tangthu.backup.sets import DATABASE, SIDECAR, SetFacts, SetUnusable
from tangthu.backup.verifying import verify_set
from tangthu.standards import durable


@dataclass(slots=True)
class Overdue:
    """The sets of a place that are kept too long, and why they are not removed ("" if they may)."""

    sets: list[SetFacts] = field(default_factory=list)
    newest: SetFacts | None = None
    why: str = ""


def overdue(place: Path, now: dt.datetime) -> Overdue:
    """What is older than sets are kept; never the chain of the newest set.

    The newest come first: what is left of a chain when its removal is killed can still be restored.
    """
    known = houses.own_sets(place, now)
    if not known:
        return Overdue()
    newest = known[-1]
    begun: dict[str, dt.datetime] = {}
    for one in known:
        begun[one.chain] = min(begun.get(one.chain, one.made_at), one.made_at)
    old = {
        chain
        for chain, first in begun.items()
        if chain != newest.chain and rules.is_over(first, "kept", now)
    }
    sets = [one for one in reversed(known) if one.chain in old]
    return Overdue(sets, newest, _why_kept(newest, sets) if sets else "")


def _why_kept(newest: SetFacts, old: Sequence[SetFacts]) -> str:
    if newest.problems:
        return _("bộ mới nhất {name} thiếu tệp").format(name=newest.name)
    if not newest.holds_stores and any(one.holds_stores for one in old):
        return _("bộ mới nhất {name} không có các gói").format(name=newest.name)
    if newest.packages < max(one.packages for one in old):
        return _("bộ mới nhất {name} có ít gói hơn").format(name=newest.name)
    return ""


def remove_old(
    place: Path, now: dt.datetime, watch: Callable[[int], None] = lambda _more: None
) -> list[str]:
    """Remove every chain whose first set is older than sets are kept; returns the names of sets.

    The newest set, which stays, is read through first; `watch` hears of bytes read. Raises
    SetUnusable if it is damaged: then nothing is removed.
    """
    found = overdue(place, now)
    if found.newest is None or not found.sets or found.why:
        return []
    verdict = verify_set(place / found.newest.name, watch)
    if not verdict.whole:
        raise SetUnusable(
            _("Bộ sao lưu {name} hỏng {n} tệp: {named}.").format(
                name=found.newest.name, n=len(verdict.bad), named=verdict.bad[0][0]
            ),
            hint=_("Các bộ cũ được giữ lại. Kiểm tra ổ đĩa sao lưu rồi lập một bộ đầy đủ."),
        )
    gone = [one.name for one in found.sets]
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
