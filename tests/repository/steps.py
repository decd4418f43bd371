"""What the repository's crash tests do: targets for killed processes, baselines, what is compared."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import Any

import ocfl as ocfl_py
from django.db import connection
from psycopg import sql

from tests.support.house import TestHouse

STEPS = "tests.repository.steps"
FOLDERS = ("ledger", "secrets", "stores", "working")
# When something was done differs between two runs; what was done must not.
VOLATILE = ("verified_at", "updated_at", "started_at", "finished_at", "created_at", "proof_version")
APPS = ("records", "archive", "repository", "discovery", "capture")


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
        self._template = f"template_{house.name}"
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


def catalogue() -> dict[str, list[Any]]:
    """Every row of the record-keeping tables, without the times at which work was done."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
            "AND table_type = 'BASE TABLE' ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall() if name.split("_")[0] in APPS]
        for table in tables:
            cursor.execute(
                f'SELECT to_jsonb(t) - %s::text[] FROM "{table}" t ORDER BY 1', [list(VOLATILE)]
            )
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def told(*objs: uuid.UUID) -> list[tuple[str, str]]:
    """Kind and outcome of the objects' events, in order."""
    from tangthu.ledger.history import history

    return [(event.kind_name, event.out) for event in history(*objs)]


def files(root: Path) -> dict[str, str]:
    """Digest of every file below a folder, by relative path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def stored(house: TestHouse) -> dict[str, dict[str, str]]:
    """What lies in the stores and in the working store."""
    places = [house.home.stores / name for name in ("kho-a", "kho-b")]
    return {path.name: files(path) for path in (*places, house.home.working)}


def objects(house: TestHouse) -> list[Path]:
    """The root of every object in both stores."""
    return [
        path.parent
        for name in ("kho-a", "kho-b")
        for path in (house.home.stores / name).rglob("0=ocfl_object_1.1")
    ]


def say_valid(root: Path) -> bool:
    """The verdict of an independent implementation."""
    return bool(ocfl_py.Object().validate(str(root))[0])
