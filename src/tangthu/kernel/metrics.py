"""Figures for a monitoring system, in Prometheus' text format 0.0.4: no names, no personal data.

An app registers a function that yields metrics. Labels are words of ours (states, kinds of work,
names of stores), never of bodies or people.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db import DatabaseError

log = logging.getLogger("tangthu.metrics")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure; `suffix` is for the parts of a histogram (`_bucket`, `_sum`, `_count`)."""

    value: float
    labels: Mapping[str, str] | None = None
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of samples under one name, in base units (seconds, bytes)."""

    name: str
    help: str
    samples: tuple[Sample, ...]
    kind: Literal["gauge", "counter", "histogram"] = "gauge"


Collect = Callable[[], Iterable[Metric]]
_collectors: dict[str, Collect] = {}


def register(name: str, collect: Collect) -> None:
    """Have `collect` called at every reading; called from an app's ready().

    Raises ValueError when the name is taken.
    """
    if name in _collectors:
        raise ValueError(f"metrics already registered: {name!r}")
    _collectors[name] = collect


def gauge(name: str, help_: str, value: float, **labels: str) -> Metric:
    """A metric of one sample."""
    return Metric(name, help_, (Sample(value, labels or None),))


def text() -> str:
    """All metrics. What cannot be read now is left out, and `tangthu_up` says so with 0."""
    found: list[Metric] = []
    reached: list[Sample] = []
    for name, collect in sorted(_collectors.items()):
        try:
            found += collect()
            up = 1
        except (DatabaseError, OSError) as error:
            log.warning("metrics of %s could not be read: %s", name, type(error).__name__)
            up = 0
        reached.append(Sample(up, {"part": name}))
    whole = [Metric("tangthu_up", "Whether this part could be read.", tuple(reached)), *found]
    return "".join(line + "\n" for metric in whole for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    told = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    yield f"# HELP {metric.name} {told}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for sample in metric.samples:
        labels = ",".join(
            f'{key}="{_escaped(value)}"' for key, value in (sample.labels or {}).items()
        )
        braces = f"{{{labels}}}" if labels else ""
        yield f"{metric.name}{sample.suffix}{braces} {_number(sample.value)}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(int(value)) if value == int(value) else repr(value)
