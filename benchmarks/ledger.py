"""What the ledger costs (IN-92, IN-93, IN-95): `python -m benchmarks.ledger [seconds per figure]`.

Two business transactions are measured, each on two tables of one shape, one watched and recorded,
one bare, with the integrator of the installation at work. *lean*: one row updated by its key in one
statement, the least that a transaction can be, so that the ledger's share is the largest there can
be. *ordinary*: what the house's actions do: read who acts, lock and load the row, save it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.common import installation, machine, percentile, save

ROWS = 10_000
PROCESSES = 4
INTEGRATE = 60_000
TARGETS = {
    "throughput_ratio_half_load": 0.9,
    "throughput_ratio_saturated": 0.5,
    "added_latency_p95_ms": 5.0,
    "integrated_per_s": 5000,
    "audited_files_per_s": 200_000,
}
# Other processes start from this one, which has everything imported and no open connection.
_FORK = multiprocessing.get_context("fork")


def prepare_tables() -> list[uuid.UUID]:
    """Make the two tables and give every row its first event; returns the row ids."""
    from django.db import connections, transaction

    from tangthu.ledger.protection import Protect
    from tangthu.ledger.record import record_many

    ids = [uuid.uuid4() for _ in range(ROWS)]
    model_of("bench_bare"), model_of("bench_watched")  # before there are threads
    with connections["owner"].cursor() as cursor:
        for table in ("bench_bare", "bench_watched"):
            cursor.execute(
                f"CREATE TABLE {table} (id uuid PRIMARY KEY, title text NOT NULL, "
                "changed bigint NOT NULL) WITH (fillfactor = 80)"
            )
            cursor.execute(
                f"INSERT INTO {table} SELECT unnest(%s::uuid[]), %s, 0",
                [ids, "Quyết định về việc phê duyệt kế hoạch"],
            )
            cursor.execute(f"GRANT SELECT, UPDATE ON {table} TO tangthu_app")
            cursor.execute(f"ANALYZE {table}")
        cursor.execute(Protect("bench_watched", "id").sql)
    for start in range(0, ROWS, 1000):
        with transaction.atomic():
            record_many([event_of(row) for row in ids[start : start + 1000]])
    return ids


def event_of(row: uuid.UUID) -> Any:
    """An event such as an action records: actor, state, detail."""
    from tangthu.identity.models import Body
    from tangthu.ledger.record import Actor, Event

    if not _BODY:
        _BODY.append(Body.objects.get(code="H30.81").id)
    return Event(
        kind="records.document.described",
        obj=row,
        body=_BODY[0],
        actor=Actor(uuid.UUID(int=7), "Trần Thị Hoa", "Văn thư", "web"),
        state=("tangthu-document/1", {"title": "Quyết định", "pages": 12}),
        detail={"fields": ["title", "pages"]},
    )


_BODY: list[uuid.UUID] = []


def model_of(table: str) -> Any:
    """The Django model of one of the two tables."""
    if table not in _MODELS:
        from django.db import models

        meta = type("Meta", (), {"managed": False, "db_table": table, "app_label": "ledger"})
        _MODELS[table] = type(
            table.title().replace("_", ""),
            (models.Model,),
            {
                "__module__": "benchmarks.ledger",
                "Meta": meta,
                "id": models.UUIDField(primary_key=True),
                "title": models.TextField(),
                "changed": models.BigIntegerField(),
            },
        )
    return _MODELS[table]


_MODELS: dict[str, Any] = {}


def one(row: uuid.UUID, watched: bool, shape: str) -> None:
    """One business transaction of `shape`, recorded if `watched`."""
    from django.db import connection, transaction

    from tangthu.identity.queries import viewer_named
    from tangthu.ledger.record import record

    table = "bench_watched" if watched else "bench_bare"
    with transaction.atomic():
        if shape == "lean":
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET changed = changed + 1 WHERE id = %s", [row])
        else:
            assert viewer_named("hoa") is not None
            item = model_of(table).objects.select_for_update().get(pk=row)
            item.changed += 1
            item.save(update_fields=["changed"])
        if watched:
            record(event_of(row))


def _writer(
    ids: list[uuid.UUID], watched: bool, shape: str, until: float, pace: float, took: list[float]
) -> None:
    from django.db import connection

    one(random.choice(ids), watched, shape)  # connects, and reads what is cached per process
    due = time.monotonic() + random.random() * pace
    while time.monotonic() < until:
        if pace:
            time.sleep(max(0.0, due - time.monotonic()))
            due += pace
        start = time.perf_counter()
        one(random.choice(ids), watched, shape)
        took.append(time.perf_counter() - start)
    connection.close()


def _process(
    ids: list[uuid.UUID],
    watched: bool,
    shape: str,
    until: float,
    pace: float,
    threads: int,
    out: Any,
) -> None:
    took: list[float] = []
    workers = [
        threading.Thread(target=_writer, args=(ids, watched, shape, until, pace, took))
        for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    out.put(took)


def load(
    ids: list[uuid.UUID],
    writers: int,
    watched: bool,
    shape: str,
    seconds: float,
    rate: float = 0.0,
) -> tuple[float, list[float]]:
    """Transactions per second and the seconds each took; `rate` > 0 offers that many per second."""
    from django.db import connections

    connections.close_all()
    out = _FORK.Queue()
    processes = min(PROCESSES, writers)
    pace = writers / rate if rate else 0.0
    until = time.monotonic() + seconds + 0.3
    crowd = [
        _FORK.Process(
            target=_process, args=(ids, watched, shape, until, pace, writers // processes, out)
        )
        for _ in range(processes)
    ]
    for process in crowd:
        process.start()
    took = [value for _ in crowd for value in out.get()]
    for process in crowd:
        process.join()
    return len(took) / (seconds + 0.3), took


def _integrate() -> None:
    from tangthu.ledger.integrator import run_forever

    run_forever()


def compare(ids: list[uuid.UUID], seconds: float) -> dict[str, Any]:
    """IN-93: with and without the ledger, saturated and at half load; one after the other."""
    from django.db import connections

    connections.close_all()
    integrator = _FORK.Process(target=_integrate)
    integrator.start()
    try:
        return {shape: _compare(ids, shape, seconds) for shape in ("lean", "ordinary")}
    finally:
        with suppress(ProcessLookupError):
            os.kill(integrator.pid or 0, signal.SIGTERM)
        integrator.join()


def _compare(ids: list[uuid.UUID], shape: str, seconds: float) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for writers in (1, 8, 32):
        bare, _ = load(ids, writers, False, shape, seconds)
        watched, _ = load(ids, writers, True, shape, seconds)
        figures[f"saturated_{writers}"] = {
            "bare_per_s": round(bare),
            "with_ledger_per_s": round(watched),
            "ratio": round(watched / bare, 3),
        }
    offered = figures["saturated_8"]["bare_per_s"] / 2
    bare, without = load(ids, 8, False, shape, seconds, offered)
    watched, recorded = load(ids, 8, True, shape, seconds, offered)
    added = {
        f"added_p{share}_ms": round(
            1000 * (percentile(recorded, share / 100) - percentile(without, share / 100)), 2
        )
        for share in (50, 95)
    }
    figures["half_load_8"] = {
        "offered_per_s": round(offered),
        "bare_per_s": round(bare),
        "with_ledger_per_s": round(watched),
        "ratio": round(watched / bare, 3),
        **added,
    }
    return figures


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
            record_many([event_of(row) for row in random.sample(ids, 1000)])
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
        ids = prepare_tables()
        figures: dict[str, Any] = compare(ids, seconds)
        figures |= integrate_and_audit(ids)
    facts["load_after"] = [round(value, 2) for value in os.getloadavg()]
    save("ledger", facts, {**figures, "targets": TARGETS})


if __name__ == "__main__":
    main()
