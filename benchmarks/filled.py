"""An index of a million entries, for every benchmark that asks something of it.

It is filled as the house fills it (the same vectors), but by COPY, and stands in the installation's
own PostgreSQL with its own settings.
"""

from __future__ import annotations

import multiprocessing
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.common import installation
from benchmarks.vietnamese import Paper, Writer

DOCUMENTS_EACH = 19
PORTION = 2000
SMALL_BODIES = 20
RETENTIONS = ("01", "01", "01", "02", "02", "03")
_FORK = multiprocessing.get_context("fork")


def rows_of(number: int, bodies: list[tuple[uuid.UUID, uuid.UUID | None]]) -> Iterator[list[Any]]:
    """The index rows of dossier `number` and of its documents."""
    from tangthu.discovery.index import Findable, entry_row
    from tangthu.standards.vietnamese import code_keys, fold

    writer = Writer(f"dossier {number}")
    body, fonds = bodies[share_of(writer.dice)]
    level = "01" if writer.dice.random() < 0.85 else "02"
    dossier = uuid.UUID(int=writer.dice.getrandbits(128))
    code = f"001.03.08.H30.{number // 1000:03d}.2024.{number % 1000:03d}"
    serial = 1 + number * (DOCUMENTS_EACH + 1)
    common = {
        "body_id": body, "access_level": level, "fonds_id": fonds, "dossier_id": dossier,
        "sealed": writer.dice.random() < 0.6, "retention_code": writer.dice.choice(RETENTIONS),
    }  # fmt: skip
    papers: list[Paper] = [writer.paper() for _ in range(DOCUMENTS_EACH)]
    first = min(paper.issued_on for paper in papers)
    yield entry_row(
        Findable(
            obj=dossier,
            kind="dossier",
            code=code,
            code_keys=[fold(code)],
            place=fold(code),
            title=f"Hồ sơ {papers[0].subject.partition(' ')[2]}",
            date_from=first[:7],
            date_to=first[:7],
            year=int(first[:4]),
            keywords=writer.compound(),
            **common,
        ),
        serial,
    )
    for ordinal, paper in enumerate(papers, start=1):
        shown = f"{paper.number}/{paper.symbol}"
        keys = code_keys(shown)
        archive_code = f"{fold(code)}.{ordinal:07d}"
        yield entry_row(
            Findable(
                obj=uuid.UUID(int=writer.dice.getrandbits(128)),
                kind="document",
                code=shown,
                code_keys=[keys.full, keys.yearless, archive_code],
                place=archive_code,
                title=paper.subject,
                subtitle=paper.type_text,
                record_type=paper.record_type,
                issuer=paper.issuer,
                date_from=paper.issued_on,
                date_to=paper.issued_on,
                year=int(paper.issued_on[:4]),
                text=paper.text,
                **common,
            ),
            serial + ordinal,
        )


def share_of(dice: random.Random) -> int:
    """Which body: one holds seven tenths of all, one two tenths, small ones the rest."""
    lot = dice.random()
    return 0 if lot < 0.7 else 1 if lot < 0.9 else 2 + dice.randrange(SMALL_BODIES)


def _copy(dossiers: range, bodies: list[tuple[uuid.UUID, uuid.UUID | None]]) -> None:
    from django.db import connections

    from tangthu.discovery.index import _COLUMNS

    with connections["owner"].cursor() as cursor:
        into = f"COPY discovery_entry ({', '.join(_COLUMNS)}) FROM STDIN"
        for start in range(dossiers.start, dossiers.stop, PORTION):
            with cursor.copy(into) as copy:
                for number in range(start, min(start + PORTION, dossiers.stop)):
                    for row in rows_of(number, bodies):
                        copy.write_row(row)
    connections.close_all()


def fill(entries: int) -> dict[str, float]:
    """Fill the index; returns how long each part took, in seconds, and its size."""
    from django.db import connections

    from tangthu.discovery import census

    shared = bodies()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'discovery_entry' "
            "AND indexname LIKE 'entry_%%'"
        )
        indexes = dict(cursor.fetchall())
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
    connections.close_all()
    took = {}
    began = time.perf_counter()
    dossiers = entries // (DOCUMENTS_EACH + 1)
    middle = dossiers // 2
    crowd = [
        _FORK.Process(target=_copy, args=(part, shared))
        for part in (range(middle), range(middle, dossiers))
    ]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()
        if process.exitcode:
            raise SystemExit("the index could not be filled")
    took["copy_s"] = round(time.perf_counter() - began, 1)
    began = time.perf_counter()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition in indexes.values():
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM (ANALYZE) discovery_entry")
        cursor.execute("SELECT setval('discovery_entry_serial', %s)", [entries])
        took["index_s"] = round(time.perf_counter() - began, 1)
        began = time.perf_counter()
        census.settle()
        cursor.execute("VACUUM (ANALYZE) discovery_census")
        cursor.execute("VACUUM (ANALYZE) discovery_censuschange")
        took["census_s"] = round(time.perf_counter() - began, 1)
        cursor.execute(
            "SELECT count(*), pg_table_size('discovery_entry'), pg_indexes_size('discovery_entry') "
            "FROM discovery_entry"
        )
        count, table, index = cursor.fetchone()
    return took | {"entries": count, "table_mb": table >> 20, "indexes_mb": index >> 20}


def bodies() -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """The bodies with their fonds: the two of the cast, and small ones known to the index only."""
    from tests.support.records import open_a_fonds

    from tangthu.identity.models import Body

    found: list[tuple[uuid.UUID, uuid.UUID | None]] = []
    for code, archivist in (("H30.81", "cuc"), ("H31.07", "nga")):
        body = Body.objects.get(code=code)
        found.append((body.id, open_a_fonds(_acting(archivist), body).id))
    return [*found, *((small, None) for small in small_bodies())]


def small_bodies() -> list[uuid.UUID]:
    """Ids of the small bodies."""
    return [uuid.uuid5(uuid.NAMESPACE_OID, f"body {n}") for n in range(SMALL_BODIES)]


def _acting(username: str) -> Any:
    from tangthu.identity.acting import Acting

    return Acting(viewer(username), "cli")


def viewer(username: str) -> Any:
    """The person of the cast with this name."""
    from tangthu.identity.queries import viewer_named

    found = viewer_named(username)
    assert found is not None
    return found


@contextmanager
def filled_installation(kept: Path | None) -> Iterator[tuple[Path, bool]]:
    """A throw-away installation, or the one kept in a folder; and whether it must be filled."""
    if kept is None:
        with installation() as root:
            yield root, True
        return
    with installation(kept) as root:
        from tangthu.discovery.models import Entry

        yield root, not Entry.objects.exists()
