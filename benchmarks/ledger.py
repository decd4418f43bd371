"""What the ledger costs (IN-92, IN-93, IN-95): `python -m benchmarks.ledger [seconds per figure]`.

Business transactions run with and without the ledger by turns, clients, server and integrator on
the one machine; see benchmarks.business for what they do. Reported are the medians of the turns,
and the processor time of everybody together, which other work on the machine disturbs less.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks import business
from benchmarks.business import Done, Load, Rows
from benchmarks.common import installation, machine, percentile, save

TURNS = 3
HALF_LOAD_WRITERS = 32
SETTLE_SECONDS = 120.0
INTEGRATE = 60_000
TARGETS = {
    "throughput_ratio_half_load": 0.9,
    "throughput_ratio_saturated": 0.5,
    "added_latency_p95_ms": 5.0,
    "integrated_per_s": 5000,
    "audited_files_per_s": 200_000,
}


def _integrate() -> None:
    from tangthu.ledger.integrator import run_forever

    run_forever()


def compare(rows: Rows, seconds: float) -> dict[str, Any]:
    """IN-93: with and without the ledger, saturated and at half load, by turns."""
    from django.db import connections

    connections.close_all()
    integrator = business.FORK.Process(target=_integrate)
    integrator.start()
    try:
        turn = max(1.0, seconds / TURNS)
        return {shape: _compare(rows, shape, turn) for shape in business.SHAPES}
    finally:
        with suppress(ProcessLookupError):
            os.kill(integrator.pid or 0, signal.SIGTERM)
        integrator.join()
        business.watch(True)


def _compare(rows: Rows, shape: str, seconds: float) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for writers in (1, 8, 32):
        figures[f"saturated_{writers}"] = _rates(_turns(rows, shape, writers, seconds))
    fastest = max(figure["bare_per_s"] for figure in figures.values())
    turns = _turns(rows, shape, HALF_LOAD_WRITERS, seconds, fastest / 2)
    figures["half_load"] = {"offered_per_s": round(fastest / 2), **_rates(turns)}
    for share in (50, 95):
        times = [
            [1000 * percentile(measured.took, share / 100) for measured, _ in turn]
            for turn in turns
        ]
        figures["half_load"] |= {
            f"bare_p{share}_ms": _median([bare for bare, _ in times]),
            f"added_p{share}_ms": _median([watched - bare for bare, watched in times]),
        }
    return figures


_Measured = tuple[Done, float]


def _turns(
    rows: Rows, shape: str, writers: int, seconds: float, rate: float = 0.0
) -> list[tuple[_Measured, _Measured]]:
    bare, watched = (Load(shape, on, writers, seconds, rate) for on in (False, True))
    return [(_measure(bare, rows), _measure(watched, rows)) for _ in range(TURNS)]


def _measure(load: Load, rows: Rows) -> _Measured:
    """One run, and the processor seconds that it cost, until its events are in the tree."""
    from django.db import connections

    before: list[float] = []
    done = business.run(load, rows, lambda: before.append(_spent()))
    deadline = time.monotonic() + SETTLE_SECONDS
    with connections["owner"].cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM ledger_pending)")
            if cursor.fetchone()[0]:
                break
            time.sleep(0.2)
    connections.close_all()
    return done, _spent() - before[0]


def _spent() -> float:
    """Processor seconds of this process, the server, and all who are or were under them."""
    from django.conf import settings

    server = (settings.HOME.postgres / "data/postmaster.pid").read_text().splitlines()[0]
    return _spent_under(os.getpid()) + _spent_under(int(server))


def _spent_under(root: int) -> float:
    parents: dict[int, list[int]] = {}
    times: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        # A process may end while it is looked at: its time then stands at its parent.
        with suppress(OSError):
            if folder.name.isdigit():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(folder.name))
                times[int(folder.name)] = [int(field) for field in fields[11:15]]
    waiting, ticks = [root], 0
    while waiting:
        process = waiting.pop()
        ticks += sum(times.get(process, []))
        waiting += parents.get(process, [])
    return ticks / os.sysconf("SC_CLK_TCK")


def _rates(turns: list[tuple[_Measured, _Measured]]) -> dict[str, Any]:
    ratios = [watched.per_s / bare.per_s for (bare, _), (watched, _) in turns]
    costs = [[1e6 * spent / len(done.took) for done, spent in turn] for turn in turns]
    return {
        "bare_per_s": round(_median([bare.per_s for (bare, _), _ in turns])),
        "with_ledger_per_s": round(_median([watched.per_s for _, (watched, _) in turns])),
        "ratio": round(_median(ratios), 3),
        "ratio_lowest": round(min(ratios), 3),
        "ratio_highest": round(max(ratios), 3),
        "bare_processor_us": round(_median([bare for bare, _ in costs])),
        "with_ledger_processor_us": round(_median([watched for _, watched in costs])),
    }


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def integrate_and_audit(ids: list[uuid.UUID]) -> dict[str, Any]:
    """IN-92 and IN-95: the outbox emptied, published, and the whole log recomputed."""
    from django.conf import settings
    from django.db import transaction

    from tangthu.identity.models import Body
    from tangthu.ledger.integrator import publish, run_once, step
    from tangthu.ledger.logs import log_of
    from tangthu.ledger.publishing import tree_folder
    from tangthu.ledger.record import record_many
    from tangthu.ledger.signer import Signer
    from tangthu.ledger.verification import verify
    from tangthu.standards.tlog.audit import verify_log

    log = log_of(Body.objects.get(code="H30.81").id)
    run_once()
    started = time.perf_counter()
    for _ in range(0, INTEGRATE, 1000):
        with transaction.atomic():
            record_many([business.event_of(row) for row in random.sample(ids, 1000)])
    recorded = time.perf_counter() - started
    started = time.perf_counter()
    count = 0
    while taken := step(log):
        count += taken
    integrated = time.perf_counter() - started
    started = time.perf_counter()
    publish(log)
    published = time.perf_counter() - started
    folder = tree_folder(settings.HOME, log)
    key = Signer(settings.HOME, log.log_id, log.origin).verifier_key
    started = time.perf_counter()
    size = verify_log(folder, log.origin, [key]).head.checkpoint.size
    files = time.perf_counter() - started
    started = time.perf_counter()
    verdict = verify(log)
    whole = time.perf_counter() - started
    assert verdict.ok, verdict.problems
    return {
        "recorded_in_bulk_per_s": round(INTEGRATE / recorded),
        "integrated_per_s": round(count / integrated),
        "published_per_s": round(count / published),
        "integrated_and_published_per_s": round(count / (integrated + published)),
        "log_size": size,
        "audited_files_per_s": round(size / files),
        "audited_files_and_rows_per_s": round(size / whole),
        **growth(folder, size),
    }


def growth(folder: Path, size: int) -> dict[str, Any]:
    """IN-26: bytes on disk per million events in full bundles and full tiles."""

    def full(kind: str) -> int:
        files = (folder / "tile" / kind).rglob("*")
        return sum(p.stat().st_size for p in files if p.is_file() and p.parent.suffix != ".p")

    covered = size // 256 * 256
    return {
        "entries_mb_per_million": round(full("entries") / covered, 1),
        "tiles_mb_per_million": round((full("0") + full("1") + full("2")) / covered, 1),
    }


def main() -> None:
    """Measure everything once."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    facts = machine()
    with installation():
        rows = business.prepare()
        figures: dict[str, Any] = compare(rows, seconds)
        figures |= integrate_and_audit(rows.small)
    facts["load_after"] = [round(value, 2) for value in os.getloadavg()]
    save("ledger", facts, {**figures, "targets": TARGETS})


if __name__ == "__main__":
    main()
