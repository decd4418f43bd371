"""How fast a job goes is said from its last minutes, and not at all when nothing can be said."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from tangthu.kernel.pace import WINDOW_SECONDS, speed_of, with_sample

START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
ZERO = START.timestamp()


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def test_a_resumed_job_does_not_count_what_was_done_before_as_done_now() -> None:
    points = [[ZERO, 900_000.0], [ZERO + 10, 900_020.0]]
    assert speed_of(points, at(10), START).rate == 2.0


def test_only_the_last_minutes_count() -> None:
    points = [[ZERO, 0.0], [ZERO + 100, 100_000.0], [ZERO + 400, 100_300.0]]
    assert speed_of(points[1:], at(400)).rate is None, "one point in the window is no speed"
    points = [*points, [ZERO + 410, 100_400.0]]
    assert speed_of(points, at(410)).rate == 10.0


def test_a_job_that_stands_still_promises_nothing_and_says_since_when() -> None:
    points = [[ZERO, 0.0], [ZERO + 10, 100.0], [ZERO + 65, 100.0]]
    assert speed_of(points, at(40)).rate == 2.5, "it slows down while nothing comes"
    stalled = speed_of(points, at(80))
    assert stalled.rate is None
    assert stalled.still_since == at(10)


def test_a_job_that_never_reported_stands_still_since_it_was_taken_up() -> None:
    assert speed_of([], at(10), START).still_since is None
    assert speed_of([], at(61), START).still_since == START


def test_work_that_begins_anew_forgets_the_pace_of_what_went_before() -> None:
    pace = with_sample([[ZERO, 5000.0]], ZERO + 30, 3)
    assert pace == [[ZERO + 30, 3]]


@given(st.lists(st.tuples(st.floats(0.1, 50), st.integers(-5, 500)), max_size=200))
def test_samples_stay_few_and_within_the_window(steps: list[tuple[float, int]]) -> None:
    pace: list[list[float]] = []
    moment, done = ZERO, 0
    for seconds, more in steps:
        moment, done = moment + seconds, max(0, done + more)
        pace = with_sample(pace, moment, done)
        assert len(pace) <= WINDOW_SECONDS / 5 + 1
        assert all(later[0] - one[0] >= 5 for one, later in itertools.pairwise(pace))
        rate = speed_of([*pace, [moment, done]], dt.datetime.fromtimestamp(moment, dt.UTC)).rate
        assert rate is None or rate > 0
