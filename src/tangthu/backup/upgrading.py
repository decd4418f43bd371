"""The house moves to another version of PostgreSQL and of the schema, beside the old cluster.

Order: dump of one moment of the old cluster; restore into a new one, compared table by table with
what that moment held; migrations there; the ledger recomputed against the new rows; then both
clusters change places in one step of the file system. The old one is never written to and is kept.

Killed anywhere before that step, the old cluster stands where it stood; after it, the new one does,
and the old lies in the working folder until `settle` has given it its name. Which of the two a
folder holds is told by a mark inside the new one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from tangthu.backup.restoring import unlike_tables
from tangthu.backup.snapshot import contents, last_words, program, run, service
from tangthu.kernel import database, deployment, logins, pg_programs, postgres
from tangthu.kernel.errors import AlreadyRunning, HouseError, NoRoom, Refused
from tangthu.kernel.home import Home
from tangthu.standards import durable

WORK, TRIAL = "upgrade", "upgrade-rehearsal"
_MARK = "made-by-upgrade"
# A dump is smaller than its cluster, a fresh cluster not larger; the server needs room to live.
_ROOM = 2
_LEAST_ROOM = 300 * 1024 * 1024
_LIMITS = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
_OF_THE_HOUSE = ("DATABASE_URL", logins.OWNER, *logins.GIVEN.values())

Watch = Callable[[str], None]


class UpgradeRefused(HouseError):
    """The new cluster is not what the old one is; the house was left as it was."""

    http_status = 409


@dataclass(slots=True)
class Upgraded:
    """What an upgrade, or its rehearsal, did: versions, figures in bytes, seconds by stage.

    `changed`: tables that the migrations changed; `migrations`: how many ran; `kept`: where the old
    cluster lies now, "" after a rehearsal.
    """

    old_version: int
    new_version: int
    old_bytes: int = 0
    dump_bytes: int = 0
    new_bytes: int = 0
    tables: int = 0
    rows: int = 0
    migrations: int = 0
    changed: list[str] = field(default_factory=list)
    logs: int = 0
    kept: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


def rehearse(home: Home, old: Path, watch: Watch) -> Upgraded:
    """Do all of an upgrade on a copy and throw it away; the house may run meanwhile.

    `old`: the programs that made the cluster. `watch` hears of each stage. Raises UpgradeRefused,
    NoRoom, DatabaseUnusable.
    """
    _require_embedded()
    work = Home(home.root / TRIAL)
    with home.only_one(TRIAL):
        _clear(work)
        try:
            with pg_programs.programs_of(old):
                done = _started(home, work, old)
                with postgres.needed(home), _stage(done, "dump", watch):
                    before = _dump(home, work, done)
            _build(home, work, done, before, watch)
        finally:
            _clear(work)
    return done


def upgrade(home: Home, old: Path, watch: Watch) -> Upgraded:
    """Move the house to the new cluster; nothing else may use it meanwhile.

    Raises AlreadyRunning, UpgradeRefused, NoRoom, DatabaseUnusable: the house is as it was then.
    """
    _require_embedded()
    work = Home(home.root / WORK)
    with home.only_one("up"), _alone(home):
        settle(home)
        _require_one_disk(home)
        with pg_programs.programs_of(old):
            done = _started(home, work, old)
            postgres.start(home)
            try:
                with _stage(done, "dump", watch):
                    before = _dump(home, work, done)
            finally:
                postgres.stop(home)
        durable.point("upgrade.dumped")
        _build(home, work, done, before, watch)
        done.kept = str(home.root / _swap(home, work, done))
        settle(home)
    return done


def settle(home: Home) -> None:
    """Finish or clear away what an upgrade left that was killed; the caller has the house alone."""
    work = Home(home.root / WORK)
    mark = home.postgres / _MARK
    if mark.exists():
        kept = json.loads(mark.read_bytes())["kept"]
        if work.postgres.exists():
            durable.rename(work.postgres, home.root / kept, what="upgrade.kept")
        mark.unlink()
        durable.fsync_dir(home.postgres)
        durable.point("upgrade.settled")
    _clear(work)


def _clear(work: Home) -> None:
    if work.root.exists():
        postgres.stop(work)
        shutil.rmtree(work.root)


def _require_embedded() -> None:
    if not logins.embedded():
        raise Refused(
            _("Cơ sở dữ liệu ở máy chủ riêng: không nâng cấp bằng lệnh này."),
            hint=_("Nâng cấp máy chủ PostgreSQL theo cách của nó, rồi chạy tangthu migrate."),
        )


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold off everybody who would use the database until the block ends."""
    with home.lock_file("postgres-users") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                _("Còn tiến trình đang dùng cơ sở dữ liệu của {home}.").format(home=home.root),
                hint=_("Dừng tangthu up, các worker và lệnh đang chạy rồi làm lại."),
            ) from error
        yield


def _require_one_disk(home: Home) -> None:
    """The change of places is one step only within one file system that can do it."""
    with tempfile.TemporaryDirectory(dir=home.root, prefix=".upgrade-") as probe:
        one, other = Path(probe) / "one", Path(probe) / "other"
        one.mkdir()
        other.mkdir()
        able = durable.exchange(one, other, what="upgrade.probe")
    if not able or home.postgres.stat().st_dev != home.root.stat().st_dev:
        raise Refused(
            _("Thư mục postgres phải nằm cùng ổ đĩa với {home}, trên hệ tệp đổi chỗ được.").format(
                home=home.root
            ),
            hint=_("Phục hồi một bộ sao lưu vào thư mục mới bằng phiên bản mới (docs/backup.md)."),
        )


def _started(home: Home, work: Home, old: Path) -> Upgraded:
    """Room is looked for, and a home for the new cluster furnished with what it needs of ours."""
    done = Upgraded(pg_programs.major_of(old), pg_programs.wheel_major())
    done.old_bytes = _size(home.postgres / "data")
    wanted = done.old_bytes * _ROOM + _size(home.ledger) + _LEAST_ROOM
    if not home.has_room(wanted):
        raise NoRoom(
            _("{place} không đủ chỗ để nâng cấp.").format(place=home.root),
            hint=_("Cần {wanted} MB trống, đang có {free} MB; chưa có gì được ghi.").format(
                wanted=wanted // 1_000_000, free=home.free_bytes() // 1_000_000
            ),
            wanted=wanted,
        )
    work.root.mkdir(mode=0o700)
    for name in ("secrets", "rules"):
        if (home.root / name).exists():
            (work.root / name).symlink_to(home.root / name)
    mark = deployment.home_mark(home)
    if mark.exists():
        shutil.copy(mark, deployment.home_mark(work))
    # Before the moment of the dump: files may then be behind the rows, never before them.
    shutil.copytree(home.ledger, work.ledger, ignore=shutil.ignore_patterns(".*"))
    work.ensure()
    durable.point("upgrade.furnished")
    return done


def _dump(home: Home, work: Home, done: Upgraded) -> dict[str, list[Any]]:
    """Dump one moment of the old cluster; returns what every table held in it."""
    parts = {**logins.parsed(postgres.url(home)), "options": _LIMITS}
    folder = work.root / "dump"
    with psycopg.connect(**parts) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        command = [
            program("pg_dump"), "--dbname=service=tangthu", "--format=directory",
            f"--file={folder}", f"--snapshot={row[0]}", "--jobs=2", "--compress=gzip:1",
            "--no-owner", "--no-privileges", "--no-sync", "--no-password",
        ]  # fmt: skip
        with service(parts) as (environment, handed):
            run(command, environment, handed, _nothing)
        found = contents(connection)
    done.dump_bytes = _size(folder)
    return found


def _build(
    home: Home, work: Home, done: Upgraded, before: dict[str, list[Any]], watch: Watch
) -> None:
    """Restore, compare, migrate and verify in the new cluster. Raises UpgradeRefused."""
    parts = logins.parsed(postgres.url(work))
    with postgres.needed(work):
        with _stage(done, "restore", watch):
            command = [
                program("pg_restore"), "--dbname=service=tangthu",
                f"--jobs={min(4, os.cpu_count() or 1)}", "--no-owner", "--no-privileges",
                "--exit-on-error", "--no-password", str(work.root / "dump"),
            ]  # fmt: skip
            with service(parts) as (environment, handed):
                run(command, environment, handed, _nothing)
        with _stage(done, "compare", watch), psycopg.connect(**parts, autocommit=True) as there:
            there.execute("ANALYZE")
            restored = contents(there)
        unlike = unlike_tables(before, restored)
        if unlike:
            raise UpgradeRefused(
                _("Cụm mới khác cụm cũ ở bảng {names}.").format(names=", ".join(unlike[:5])),
                hint=_("Hệ thống vẫn như trước; kiểm tra ổ đĩa rồi làm lại."),
                tables=unlike[:20],
            )
    done.tables, done.rows = len(restored), sum(rows for rows, _digest in restored.values())
    durable.point("upgrade.restored")
    with _stage(done, "migrate and verify", watch):
        told = _child(work)
    broken = [one for one in told["logs"] if not one["ok"]]
    if broken:
        raise UpgradeRefused(
            _("Sổ cái {origin} không khớp với cụm mới.").format(origin=broken[0]["origin"]),
            hint="; ".join(broken[0]["problems"][:3]),
        )
    done.logs, done.migrations = len(told["logs"]), told["migrations"]
    done.changed = unlike_tables(restored, told["tables"])
    done.new_bytes = _size(work.postgres / "data")
    durable.point("upgrade.verified")


def _child(work: Home) -> dict[str, Any]:
    """What the new version says of itself in the new cluster, from a process that has no other."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_THE_HOUSE}
    environment = {
        **kept,
        "TANGTHU_HOME": str(work.root),
        "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings",
        database.PROCESS: database.COMMAND,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tangthu.backup.upgraded", str(os.getpid())],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        told = {"error": {"message": last_words(done.stderr), "hint": ""}}
    if "error" in told:
        raise UpgradeRefused(
            _("Phiên bản mới không chạy được trên cụm mới: {why}").format(
                why=told["error"]["message"]
            ),
            hint=told["error"]["hint"] or _("Hệ thống vẫn như trước."),
        )
    return told


def _swap(home: Home, work: Home, done: Upgraded) -> str:
    """Let both clusters change places; returns the name that the old one gets."""
    kept = f"postgres.before-{done.old_version}-{time.strftime('%Y%m%dT%H%M%S')}"
    data = json.dumps({"kept": kept, "from": done.old_version}).encode()
    durable.write_file(work.postgres / _MARK, [data], what="upgrade.mark")
    os.sync()
    if not durable.exchange(work.postgres, home.postgres, what="upgrade"):
        raise UpgradeRefused(_("Không đổi chỗ được hai cụm."), hint=_("Hệ thống vẫn như trước."))
    return kept


@contextmanager
def _stage(done: Upgraded, name: str, watch: Watch) -> Iterator[None]:
    watch(name)
    began = time.monotonic()
    yield
    done.seconds[name] = round(time.monotonic() - began, 1)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _nothing() -> None:
    """Nobody has to be told while one of PostgreSQL's programs runs."""
