"""One moment of the database: what it says, and its dump by pg_dump of the very same moment.

The dump is taken with the application's own login, which may read everything and become nobody
else (IN-38). It is a logical one: it can be restored into a server of another place and version.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from tangthu.kernel import logins, pg_programs
from tangthu.kernel.errors import DatabaseUnusable

# Sessions are not records, and a restored house has none: everybody signs in anew.
LEFT_OUT = ("django_session",)
_LOOK_SECONDS = 0.2
_BY_DESCRIPTOR = re.compile(r"/proc/self/fd/(\d+)")
# A row's text depends on these.
_READING = (
    "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; "
    "SET bytea_output = 'hex'; SET extra_float_digits = 1"
)


@contextmanager
def service(parts: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """Environment (and descriptors to hand on) in which libpq's programs log in by `parts`.

    No password stands on a command line. Programs name the login `service=tangthu`.
    """
    lines = "".join(f"{key}={value}\n" for key, value in parts.items())
    with tempfile.NamedTemporaryFile("w", dir=settings.HOME.temporary, suffix=".conf") as named:
        named.write(f"[tangthu]\n{lines}")
        named.flush()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        by_descriptor = _BY_DESCRIPTOR.fullmatch(str(parts.get("host", "")))
        handed = (int(by_descriptor[1]),) if by_descriptor else ()
        yield {**kept, "PGSERVICEFILE": named.name}, handed


def program(name: str) -> str:
    """Path of one of PostgreSQL's programs."""
    return str(pg_programs.wheel_folder() / "bin" / name)


def last_words(process_error: str) -> str:
    """The last line that a program said of why it failed."""
    lines = process_error.strip().splitlines()
    return lines[-1] if lines else ""


class Snapshot:
    """One moment of the database, held open until the block of `taken` ends."""

    def __init__(self, connection: psycopg.Connection[Any], parts: Mapping[str, Any]) -> None:
        self.connection, self._parts = connection, parts
        row = self._one("SELECT pg_export_snapshot(), clock_timestamp(), version()")
        self.exported, self.moment, self.server = row
        self.moment: dt.datetime = self.moment.astimezone(dt.UTC)

    def _one(self, query: str) -> Any:
        return self.connection.execute(query.encode()).fetchone()

    def size(self) -> int:
        """Bytes of the whole database: a dump takes less."""
        return int(self._one("SELECT pg_database_size(current_database())")[0])

    def logs(self) -> list[dict[str, Any]]:
        """Every log: number, body, origin, rows, signed size, newest checkpoint."""
        rows = self.connection.execute(
            "SELECT l.log_id, l.body::text, l.origin, t.size, t.signed_size, coalesce((SELECT note "
            "FROM ledger_checkpoint c WHERE c.log_id = l.log_id ORDER BY size DESC LIMIT 1), '') "
            "FROM ledger_log l JOIN ledger_tree t USING (log_id) ORDER BY log_id"
        ).fetchall()
        names = ("log_id", "body", "origin", "size", "signed_size", "checkpoint")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def migrations(self) -> dict[str, str]:
        """The newest migration of each app."""
        return dict(
            self.connection.execute(
                "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"
            ).fetchall()
        )

    def stores(self) -> list[dict[str, Any]]:
        """The folders in use, in order: name, path. What was given up is not saved."""
        rows = self.connection.execute(
            "SELECT name, path FROM repository_store WHERE state IN ('joining', 'active') "
            "AND kind = 'folder' ORDER BY position"
        ).fetchall()
        return [{"name": name, "path": path} for name, path in rows]

    def packages(self) -> Iterator[tuple[str, int, str]]:
        """Every package: identifier, newest version, digest of its inventory."""
        with self.connection.cursor("packages") as cursor:
            cursor.execute(
                "SELECT p.objid, p.head, v.inventory_sha256 FROM repository_package p "
                "JOIN repository_packageversion v ON v.package_id = p.id AND v.number = p.head "
                "ORDER BY p.objid"
            )
            yield from cursor

    def needed_contents(self, *, packaged: bool) -> Iterator[str]:
        """Digest of every content that a record needs, without what only withheld documents have.

        Unless the set has what is `packaged`, the documents of dossiers with a package are not
        asked for: which of their contents lie in it, no row says.
        """
        outside = (
            "AND NOT EXISTS (SELECT FROM records_membership m JOIN repository_package p "
            "ON p.dossier_id = m.dossier_id WHERE m.document_id = f.document_id)"
        )
        query = (
            "SELECT DISTINCT f.sha256 FROM records_contentfile f WHERE NOT EXISTS (SELECT FROM "
            "records_withheld w WHERE w.document_id = f.document_id AND w.released_at IS NULL) "
            f"{'' if packaged else outside} ORDER BY 1"
        )
        with self.connection.cursor("contents") as cursor:
            cursor.execute(query.encode())
            for (digest,) in cursor:
                yield digest

    def package_bytes(self) -> int:
        """Bytes of all versions of all packages, one copy of each."""
        return int(self._one("SELECT coalesce(sum(bytes), 0) FROM repository_packageversion")[0])

    def dump(self, folder: Path, watch: Callable[[], None]) -> None:
        """Write the dump of this moment into the new folder `folder`.

        `watch` is called several times a second; what it raises ends the dump. Raises
        DatabaseUnusable.
        """
        command = [
            program("pg_dump"), "--dbname=service=tangthu", "--format=directory",
            f"--file={folder}", f"--snapshot={self.exported}", "--jobs=2", "--compress=gzip:6",
            "--no-owner", "--no-privileges", "--no-sync", "--no-password",
            *(f"--exclude-table-data={name}" for name in LEFT_OUT),
        ]  # fmt: skip
        with service(self._parts) as (environment, handed):
            run(command, environment, handed, watch)


def run(
    command: list[str],
    environment: Mapping[str, str],
    handed: tuple[int, ...],
    watch: Callable[[], None],
) -> None:
    """Run one of PostgreSQL's programs to its end. Raises DatabaseUnusable with its last words."""
    with tempfile.TemporaryFile("w+", dir=settings.HOME.temporary) as said:
        process = subprocess.Popen(
            command, env=dict(environment), pass_fds=handed, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
        )  # fmt: skip
        try:
            while process.poll() is None:
                watch()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_SECONDS)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if process.returncode != 0:
            said.seek(0)
            raise DatabaseUnusable(
                _("{program} không làm xong.").format(program=Path(command[0]).name),
                hint=last_words(said.read()),
                status=process.returncode,
            )


def contents(
    connection: psycopg.Connection[Any], watch: Callable[[], None] = lambda: None
) -> dict[str, list[Any]]:
    """Of every table the number of its rows and a digest of them, whatever their order.

    The digest is PostgreSQL's own 64-bit hash of each row's text, added up: it tells a restore that
    lost or changed something from one that did not; it is no proof against a forger.
    """
    connection.execute(_READING)
    tables = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
    ).fetchall()
    found: dict[str, list[Any]] = {}
    for (name,) in tables:
        if name in LEFT_OUT:
            continue
        watch()
        row = connection.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text "
                "FROM {} t"
            ).format(sql.Identifier(name))
        ).fetchone()
        assert row is not None
        found[name] = [row[0], row[1]]
    return found


@contextmanager
def taken() -> Iterator[Snapshot]:
    """Hold one moment of the database for the duration of the block."""
    parts = {
        **logins.conninfo(settings.HOME, logins.APP_ROLE),
        "dbname": connections["default"].settings_dict["NAME"],
    }
    # A dump may take hours: only the house's own transactions have a limit.
    limits = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
    connection = psycopg.connect(**{**parts, "options": limits})
    try:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield Snapshot(connection, parts)
    finally:
        connection.close()
