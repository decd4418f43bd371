"""States of an installation for crash tests: kept, gone back to, and compared.

Two runs of the same work give records other random ids, and other times at which work was done.
What they must agree in is everything else; ids are compared by what they stand for.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql

from tests.support.house import TestHouse

RUN = "tests.support.states:run_job"
FOLDERS = ("cache", "ledger", "quarantine", "secrets", "stores", "uploads", "working")
APPS = ("records", "archive", "repository", "discovery", "capture")
TABLES = ("kernel_quarantineditem",)
# When something was done differs between two runs; what was done must not.
VOLATILE = (
    "verified_at", "tried_at", "proof_tried_at", "updated_at", "started_at", "finished_at",
    "created_at", "checked_at",
    "arrived_at", "decided_at", "proof_version", "uid",
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def run_job(job_id: str) -> None:
    """Run a job to its end in this process; a target for tests.support.killing."""
    from tangthu.kernel.jobs import execute

    job = execute(uuid.UUID(job_id))
    assert job.state == "done", f"{job.state} {job.message} {job.hint}"


class Baseline:
    """A state of database and home that can be gone back to, again and again."""

    def __init__(self, house: TestHouse, folder: Path) -> None:
        self.house = house
        self._folder = folder
        house.home.secret("batch-marks")  # made once in the life of an installation
        self._template = f"template_{house.name}_{folder.name}"
        house._copy(house.name, self._template)
        for name in FOLDERS:
            if (house.home.root / name).exists():
                shutil.copytree(house.home.root / name, folder / name)

    def restore(self) -> None:
        """Put database and home back as they were."""
        house = self.house
        house.close_connections()
        with house._admin() as admin:
            admin.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(house.name))
            )
        house._copy(self._template, house.name)
        for name in FOLDERS:
            shutil.rmtree(house.home.root / name, ignore_errors=True)
            if (self._folder / name).exists():
                shutil.copytree(self._folder / name, house.home.root / name)

    def drop(self) -> None:
        """Remove the copy of the database."""
        with self.house._admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(self._template)))


def meanings() -> dict[str, str]:
    """What each random id stands for."""
    from tangthu.archive.models import Batch, BatchFile, Inventory
    from tangthu.records.models import ContentFile, Document, Dossier
    from tangthu.repository.models import Package

    found: dict[uuid.UUID, str] = {}
    found |= {one.pk: f"<dossier {one.archive_file_code}>" for one in Dossier.objects.all()}
    found |= {one.pk: f"<document {one.record_archive_code}>" for one in Document.objects.all()}
    for file in ContentFile.objects.select_related("document"):
        found[file.pk] = f"<file {file.document.record_archive_code} {file.position}>"
    for shelf in Inventory.objects.select_related("fonds"):
        found[shelf.pk] = f"<inventory {shelf.fonds.code} {shelf.code}>"
    for package in Package.objects.all():
        found[package.pk] = f"<package of {found[package.dossier_id]}>"
    found |= {one.pk: f"<batch {one.name}>" for one in Batch.objects.all()}
    for item in BatchFile.objects.all():
        found[uuid.UUID(int=item.pk)] = f"<batch file {bytes(item.path_bytes).hex()}>"
    return {str(key): value for key, value in found.items()}


def in_meaning(value: Any, known: dict[str, str]) -> Any:
    """A JSON value with its ids replaced by what they stand for."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return json.loads(_UUID.sub(lambda match: known.get(match[0], match[0]), text))


def catalogue(without: Sequence[str] = ()) -> dict[str, list[str]]:
    """Every row of the record-keeping tables, as sorted JSON texts, but for columns `without`."""
    from tangthu.discovery import census

    # Whether changes of the counts are added up yet depends on when the worker made its round.
    census.settle()
    known = meanings()
    left_out = [*VOLATILE, *without]
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
            "AND table_type = 'BASE TABLE' ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            if table.split("_")[0] not in APPS and table not in TABLES:
                continue
            cursor.execute(f'SELECT to_jsonb(t) - %s::text[] FROM "{table}" t', [left_out])
            rows = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor]
            for row in rows:
                if isinstance(row.get("id"), int):
                    del row["id"]
            found[table] = sorted(
                json.dumps(in_meaning(row, known), ensure_ascii=False, sort_keys=True)
                for row in rows
            )
    return found


def told(*objs: uuid.UUID) -> list[tuple[str, str]]:
    """Kind and outcome of the objects' events, in order."""
    from tangthu.ledger.history import history

    return [(event.kind_name, event.out) for event in history(*objs)]


def all_told() -> list[tuple[str, int, str, str, str]]:
    """Every custody event: its object, number in the chain, kind, outcome, detail."""
    from tangthu.ledger.history import history

    with connection.cursor() as cursor:
        cursor.execute("SELECT obj FROM ledger_object WHERE ch = 'c'")
        objs = [row[0] for row in cursor.fetchall()]
    known = meanings()
    found = [
        (
            known.get(str(obj), str(obj)),
            event.n,
            event.kind_name,
            event.out,
            json.dumps(in_meaning(event.fields.get("detail"), known), sort_keys=True),
        )
        for obj in objs
        for event in history(obj)
    ]
    return sorted(found)


def files(root: Path) -> dict[str, str]:
    """Digest of every file below a folder, by relative path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def stored(house: TestHouse) -> dict[str, dict[str, str]]:
    """What lies in the stores, the working store, the uploads and the quarantine."""
    home = house.home
    places = [home.stores / "kho-a", home.stores / "kho-b", home.working, home.uploads]
    return {path.name: files(path) for path in (*places, home.quarantine)}


def traces(root: Path, words: bytes) -> list[Path]:
    """Every file below `root` that has `words` in its bytes or its path."""
    return [
        path
        for path in root.rglob("*")
        if words in bytes(path) or (path.is_file() and words in path.read_bytes())
    ]


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two outcomes differ, one line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            line
            for key in sorted({*one, *other})
            for line in differences(one.get(key), other.get(key), f"{place}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list):
        here, there = list(map(repr, one)), list(map(repr, other))
        lines = [f"{place} more: {item}" for item in here if item not in there]
        lines += [f"{place} less: {item}" for item in there if item not in here]
        if not lines and here != there:
            lines = [f"{place} how often: {here} / {there}"]
        return lines
    return [] if one == other else [f"{place}: {one!r} / {other!r}"]


def assert_same(found: Any, wanted: Any, when: object = "") -> None:
    """Two outcomes are the same; fails with the lines in which they are not."""
    lines = differences(found, wanted)
    assert not lines, "\n".join([str(when), *lines])
