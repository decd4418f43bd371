"""Mending the copies of one package from each other; every byte that is taken is proven first.

Whatever is put into a copy has the digest that the copy's own inventory, or the catalogue, asks
for. What does not belong into an object is set aside beside it, never thrown away.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from tangthu.repository.fixity import CopyVerdict
from tangthu.repository.stores import StoreUnusable, beside, open_store
from tangthu.standards import durable, ocfl

SET_ASIDE = "set-aside"
_FAILURES = (ocfl.OcflError, OSError, StoreUnusable)


@dataclass(frozen=True, slots=True)
class Mended:
    """One thing put in order: in which store, which path ("" for the whole object), from where."""

    store: str
    path: str
    source: str


def mend(verdicts: Sequence[CopyVerdict]) -> list[Mended]:
    """Mend what can be mended; a place that cannot be is left as it is and not in the answer.

    Single files first, so that a copy that lost its inventory finds a whole one to be made from.
    """
    done: list[Mended] = []
    for hurt in verdicts:
        if not (hurt.unusable or hurt.unreachable):
            done += _mend_files(hurt, verdicts)
            done += _set_aside(hurt)
    for hurt in verdicts:
        if hurt.unusable and not hurt.unreachable:
            done += _replace(hurt, verdicts)
    return done


def _mend_files(hurt: CopyVerdict, verdicts: Sequence[CopyVerdict]) -> list[Mended]:
    done: list[Mended] = []
    others = [one for one in verdicts if one is not hurt and not one.unreachable]
    for path in (*hurt.problems, *hurt.unread):
        # A copy can hold the good bytes itself: an inventory stands twice in every object.
        for source in (*others, hurt):
            if _mend_file(hurt, path, source):
                done.append(Mended(hurt.store, path, source.store))
                break
    return done


def _mend_file(hurt: CopyVerdict, path: str, source: CopyVerdict) -> bool:
    try:
        store = open_store(hurt.copy.store)
        try:
            ocfl.repair_file(store, hurt.place, path, source.place)
        except ocfl.OcflError:
            # The other copy as a whole cannot be trusted; its file may be the right one.
            ocfl.repair_content(store, hurt.place, path, source.place / path)
    except _FAILURES:
        return False
    return True


def _set_aside(hurt: CopyVerdict) -> list[Mended]:
    done: list[Mended] = []
    for path in hurt.extra:
        try:
            folder = beside(hurt.copy.store, hurt.copy.package.objid) / SET_ASIDE
            durable.make_dirs(folder)
            name = f"{secrets.token_hex(4)}-{path.rpartition('/')[2]}"
            durable.rename(hurt.place / path, folder / name, what="repository.set_aside")
        except _FAILURES:
            continue
        done.append(Mended(hurt.store, path, hurt.store))
    return done


def _replace(hurt: CopyVerdict, verdicts: Sequence[CopyVerdict]) -> list[Mended]:
    for good in verdicts:
        if good is hurt or good.unusable or good.unreachable:
            continue
        try:
            # Copies every file against the inventory, so a source that is not whole is refused.
            ocfl.replicate(good.place, open_store(hurt.copy.store), replace=True)
        except _FAILURES:
            continue
        return [Mended(hurt.store, "", good.store)]
    return []
