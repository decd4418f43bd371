"""How fast a job goes now: from what it reported in the last minutes, never from its start.

A job that was resumed began with work already done, and one that stands still must not go on
promising an end; so only what was done lately counts, and it is measured up to this moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

Sample = Sequence[float]  # seconds since 1970 by the database's clock, done at that moment

WINDOW_SECONDS = 180.0
STEP_SECONDS = 5.0
STILL_SECONDS = 60.0
_SHORTEST = 2.0


def with_sample(pace: list[list[float]], at: float, done: int) -> list[list[float]]:
    """The samples to keep once `done` was reported at `at`: the last minutes', thinned out.

    A `done` that went back is of another kind of work: what was before says nothing of it.
    """
    if pace and done < pace[-1][1]:
        pace = []
    if pace and at - pace[-1][0] < STEP_SECONDS:
        return pace
    return [one for one in [*pace, [at, done]] if at - one[0] <= WINDOW_SECONDS]


@dataclass(frozen=True, slots=True)
class Speed:
    """`rate` in units a second, None while nothing can be said; `still_since` if it stands."""

    rate: float | None = None
    still_since: dt.datetime | None = None


def speed_of(points: Sequence[Sample], now: dt.datetime, begun: dt.datetime | None = None) -> Speed:
    """How fast a job goes at `now`; `points` end with its last report, `begun`: when it was taken.

    After a minute in which nothing was done it stands still, and has no rate.
    """
    moment = now.timestamp()
    moved = _last_move(points)
    if moved is None and begun is not None:
        moved = begun.timestamp()
    if moved is not None and moment - moved >= STILL_SECONDS:
        return Speed(None, dt.datetime.fromtimestamp(moved, tz=dt.UTC))
    lately = [one for one in points if moment - one[0] <= WINDOW_SECONDS]
    if not lately or moment - lately[0][0] < _SHORTEST or points[-1][1] <= lately[0][1]:
        return Speed()
    return Speed((points[-1][1] - lately[0][1]) / (moment - lately[0][0]))


def _last_move(points: Sequence[Sample]) -> float | None:
    """When more was reported than before for the last time, or anything for the first time."""
    for before, after in zip(reversed(points[:-1]), reversed(points), strict=False):
        if after[1] > before[1]:
            return after[0]
    return points[0][0] if points else None
