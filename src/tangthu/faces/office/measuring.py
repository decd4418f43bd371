"""How many requests this process answered, with which status, and how long they took."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponseBase

from tangthu.kernel.metrics import Metric, Sample

BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_lock = threading.Lock()
_answers: Counter[tuple[str, int]] = Counter()
_within: Counter[float] = Counter()
_seconds = 0.0


class Measured:
    """Count every request by method and status, and its time until the answer begins."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        response = self.respond(request)
        note(request.method or "", response.status_code, time.perf_counter() - begun)
        return response


def note(method: str, status: int, seconds: float) -> None:
    """Count one answer. A method that is none of HTTP's own counts as `other`."""
    global _seconds
    with _lock:
        _answers[method if method in _METHODS else "other", status] += 1
        _within[next((bound for bound in BOUNDS if seconds <= bound), float("inf"))] += 1
        _seconds += seconds


def collect() -> Iterator[Metric]:
    """The counts of this process; each process of the site has its own, told apart by `process`."""
    mine = {"process": str(os.getpid())}
    with _lock:
        answers, within, seconds = dict(_answers), dict(_within), _seconds
    yield Metric(
        "tangthu_http_requests_total",
        "Requests that this process answered.",
        tuple(
            Sample(n, {"method": method, "status": str(status), **mine})
            for (method, status), n in sorted(answers.items())
        ),
        "counter",
    )
    total = 0
    samples = []
    for bound in (*BOUNDS, float("inf")):
        total += within.get(bound, 0)
        words = "+Inf" if bound == float("inf") else repr(bound)
        samples.append(Sample(total, {"le": words, **mine}, "_bucket"))
    samples += [Sample(seconds, mine, "_sum"), Sample(total, mine, "_count")]
    yield Metric(
        "tangthu_http_request_seconds",
        "Time until the answer begins.",
        tuple(samples),
        "histogram",
    )
