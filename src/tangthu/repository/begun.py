"""What a repair found before it began: kept with each copy until its outcome is entered.

A repair puts files in order on the disk first and tells the ledger after. Killed in between, the
next check would find everything whole and the damage would never have been told. So what was found
is written down before the first file is touched, and the next check tells it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tangthu.repository.actions.mend_copies import Mended
from tangthu.repository.fixity import CopyVerdict
from tangthu.repository.models import Copy

_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def begin(found: Sequence[CopyVerdict]) -> None:
    """Write down what was found, copy by copy, before anything is mended."""
    with transaction.atomic():
        for verdict in found:
            row = verdict.copy
            if row.pk is None:
                row.state, row.verified_at = Copy.State.UNCHECKED, _NEVER
            # Names may hold what the database cannot: as a text of ASCII they stay as they are.
            row.mending = {"said": json.dumps(_as_data(verdict))}
            if row.pk is None and verdict.unreachable:
                row.mending = None
            elif row.pk is None:
                row.save()
            else:
                row.save(update_fields=["mending"])


def found_before(now: Sequence[CopyVerdict]) -> list[CopyVerdict]:
    """What is wrong now, together with what a repair that was cut off had found."""
    return [_together(verdict) for verdict in now]


def mended_before(found: Sequence[CopyVerdict], now: Sequence[CopyVerdict]) -> list[Mended]:
    """What a repair that was cut off had put in order: found bad before, and not bad now.

    Where the bytes came from is what that repair would have chosen.
    """
    done: list[Mended] = []
    for before, verdict in zip(found, now, strict=True):
        if verdict.copy.mending is None or verdict.unreachable:
            continue
        wrong = {path for path, _status in (*verdict.bad, *verdict.unchecked)}
        hurt = [*before.bad, *before.unread.items()]
        for path, status in [("", before.unusable)] if before.unusable else hurt:
            if path not in wrong and not verdict.unusable:
                done.append(Mended(before.store, path, _source(before, path, status, found)))
    return done


def _source(hurt: CopyVerdict, path: str, status: str, found: Sequence[CopyVerdict]) -> str:
    if status != "extra":
        for other in found:
            wrong = {place for place, _status in (*other.bad, *other.unchecked)}
            if other is not hurt and not {"", path} & wrong:
                return other.store
    return hurt.store


def _as_data(verdict: CopyVerdict) -> dict[str, Any]:
    """As JSON; pairs stand in lists, because the database does not keep the order of objects."""
    return {
        "files": verdict.files,
        "bytes": verdict.bytes,
        "problems": list(verdict.problems.items()),
        "unread": list(verdict.unread.items()),
        "extra": verdict.extra,
        "unusable": verdict.unusable,
    }


def _together(now: CopyVerdict) -> CopyVerdict:
    before = now.copy.mending
    if before is None:
        return now
    if "said" in before:
        before = json.loads(before["said"])
    return CopyVerdict(
        now.copy,
        now.place,
        files=before["files"],
        bytes=before["bytes"],
        problems={**dict(before["problems"]), **now.problems},
        unread={**dict(before["unread"]), **now.unread},
        extra=list(dict.fromkeys([*before["extra"], *now.extra])),
        unusable=before["unusable"] or now.unusable,
        unreachable=now.unreachable,
        newer=now.newer,
    )
