"""Business transactions with and without the ledger, for IN-93: what is done, and under which load.

Each transaction updates one row by one person's will. Three shapes, from what the house does to the
least that a transaction can be:

- *action*: `describe_fonds` as it stands, the way a request comes to it: find who acts, read the
  fonds, check rights and that it did not change meanwhile, lock, compare, save the one row.
  "Without" is the same action with `record` taken out and the table's watch switched off (the
  event's values are still put together, some microseconds).
- *ordinary*: the same on a small table: find who acts, lock and load the row, save it. Two tables
  of one shape, one watched and recorded, one bare.
- *lean*: one UPDATE by key in one statement of Django's plain cursor, nothing read, nothing
  checked: the ledger's share is the largest there can be.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SHAPES = ("action", "ordinary", "lean")
ROWS = 10_000
FONDS = 1_000
PROCESSES = 4
# Other processes start from this one, which has everything imported and no open connection.
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Rows:
    """The rows to be changed: of the two small tables (the same ids in both), and fonds."""

    small: list[uuid.UUID]
    fonds: list[uuid.UUID]

    def of(self, shape: str) -> list[uuid.UUID]:
        """The rows that transactions of `shape` change."""
        return self.fonds if shape == "action" else self.small


def prepare() -> Rows:
    """Make the rows, each with its first event."""
    from django.db import connections, transaction

    from tangthu.identity.models import Body
    from tangthu.ledger.protection import Protect
    from tangthu.ledger.record import record_many

    ids = [uuid.uuid4() for _ in range(ROWS)]
    _model_of("bench_bare"), _model_of("bench_watched")  # before there are threads
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
    body = Body.objects.get(code="H30.81")
    return Rows(ids, [_open_fonds(body, number) for number in range(FONDS)])


def _open_fonds(body: Any, number: int) -> uuid.UUID:
    from tangthu.archive.actions.open_fonds import open_fonds
    from tangthu.identity.acting import SYSTEM

    opened = open_fonds(
        SYSTEM,
        body,
        code=f"P{number:05}",
        name=f"Phông Ủy ban nhân dân huyện số {number}",
        agency_code="H30.81",
        creator_history="Thành lập năm 1976 trên cơ sở hợp nhất hai cơ quan.",
        main_groups="Văn thư; Tổ chức; Tài chính; Kế hoạch",
    )
    return opened.id


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


def _model_of(table: str) -> Any:
    """The Django model of one of the two small tables."""
    if table not in _MODELS:
        from django.db import models

        meta = type("Meta", (), {"managed": False, "db_table": table, "app_label": "ledger"})
        _MODELS[table] = type(
            table.title().replace("_", ""),
            (models.Model,),
            {
                "__module__": "benchmarks.business",
                "Meta": meta,
                "id": models.UUIDField(primary_key=True),
                "title": models.TextField(),
                "changed": models.BigIntegerField(),
            },
        )
    return _MODELS[table]


_MODELS: dict[str, Any] = {}


def _lean(row: uuid.UUID, watched: bool) -> None:
    from django.db import connection, transaction

    from tangthu.ledger.record import record

    table = "bench_watched" if watched else "bench_bare"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET changed = changed + 1 WHERE id = %s", [row])
        if watched:
            record(event_of(row))


def _ordinary(row: uuid.UUID, watched: bool) -> None:
    from django.db import transaction

    from tangthu.identity.queries import viewer_named
    from tangthu.ledger.record import record

    with transaction.atomic():
        assert viewer_named("hoa") is not None
        model = _model_of("bench_watched" if watched else "bench_bare")
        item = model.objects.select_for_update().get(pk=row)
        item.changed += 1
        item.save(update_fields=["changed"])
        if watched:
            record(event_of(row))


def _action(row: uuid.UUID, watched: bool) -> None:
    from tangthu.archive import queries
    from tangthu.archive.actions import describe_fonds as action
    from tangthu.identity.acting import Acting
    from tangthu.identity.queries import viewer_named

    viewer = viewer_named("cuc")
    assert viewer is not None
    shown = queries.one_fonds(viewer, row)
    action.describe_fonds(
        Acting(viewer, "web"),
        row,
        {"note": f"Đã chỉnh lý lần {random.randrange(10**9)}"},
        expected=action.digest_of(shown),
    )


_ONE: dict[str, Callable[[uuid.UUID, bool], None]] = {
    "lean": _lean,
    "ordinary": _ordinary,
    "action": _action,
}


def watch(on: bool) -> None:
    """Switch the watch on the table of fonds on or off, for the action without the ledger."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE archive_fonds {'ENABLE' if on else 'DISABLE'} TRIGGER USER")


@dataclass(frozen=True)
class Load:
    """What `writers` sessions do, all they can, or as often per second as `rate` > 0 says."""

    shape: str
    watched: bool
    writers: int
    seconds: float
    rate: float = 0.0


@dataclass(frozen=True)
class Done:
    """Transactions per second, and the seconds that each took from when it was due."""

    per_s: float
    took: list[float]


class _Arrivals:
    """Moments at which transactions are due, as independent people make them: one queue that the
    writers of a process share. Whoever comes while all are busy waits, and the wait counts."""

    def __init__(self, rate: float, seconds: float, writers: int, start: Any) -> None:
        self._rate = rate
        self._seconds = seconds
        self._start = start
        self._lock = threading.Lock()
        self._ready = threading.Barrier(writers, action=self._begin)

    def _begin(self) -> None:
        self._start.wait()  # everybody is connected
        self._start.wait()  # and has been told to begin
        self._due = time.monotonic()
        self._until = self._due + self._seconds

    def __iter__(self) -> Iterator[float]:
        self._ready.wait()
        while True:
            with self._lock:
                if self._rate:
                    self._due += random.expovariate(self._rate)
                due = self._due if self._rate else time.monotonic()
            time.sleep(max(0.0, min(due, self._until) - time.monotonic()))
            if time.monotonic() >= self._until:
                return
            yield due


def _writer(load: Load, rows: list[uuid.UUID], arrivals: _Arrivals, took: list[float]) -> None:
    from django.db import connection

    one = _ONE[load.shape]
    one(random.choice(rows), load.watched)  # connects, and reads what is cached per process
    for due in arrivals:
        one(random.choice(rows), load.watched)
        took.append(time.monotonic() - due)
    connection.close()


def _process(
    load: Load, rows: list[uuid.UUID], processes: int, number: int, start: Any, out: Any
) -> None:
    from tangthu.archive.actions import describe_fonds

    if not load.watched:
        describe_fonds.record = lambda _event: None  # type: ignore[assignment, return-value]
    random.seed()
    took: list[float] = []
    threads = load.writers // processes
    arrivals = _Arrivals(load.rate / processes, load.seconds, threads, start)
    # Every writer has rows of its own: nobody waits for, or is told of, somebody else's change.
    writers = [
        threading.Thread(
            target=_writer,
            args=(load, rows[number * threads + thread :: load.writers], arrivals, took),
        )
        for thread in range(threads)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    out.put(took)


def run(load: Load, rows: Rows, begin: Callable[[], None]) -> Done:
    """Put the load on, from processes of its own; `begin` is called when all are connected."""
    from django.db import connections

    if load.shape == "action":
        watch(load.watched)
    connections.close_all()
    out = FORK.Queue()
    processes = min(PROCESSES, load.writers)
    start = FORK.Barrier(processes + 1)
    crowd = [
        FORK.Process(
            target=_process, args=(load, rows.of(load.shape), processes, number, start, out)
        )
        for number in range(processes)
    ]
    for process in crowd:
        process.start()
    start.wait()
    begin()
    start.wait()
    took = [value for _ in crowd for value in out.get()]
    for process in crowd:
        process.join()
    return Done(len(took) / load.seconds, took)
