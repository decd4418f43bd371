"""A set becomes a house again, in an empty home; nothing of it can start before it is whole.

Order: the set is read through; every log is kept from signing (IN-89, IN-90) before anything else
is there; files; the database, compared table by table with what the set says of its moment; logins;
the ledger's files up to what the rows know as signed. The mark on the home goes last.
"""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from tangthu.backup import emptied, houses
from tangthu.backup.actions.settle_restored import RestoreTold, note_restored, settle
from tangthu.backup.sealed_keys import put_back
from tangthu.backup.sets import DATABASE, Entry, SetFacts, entries, is_inside, place_of
from tangthu.backup.snapshot import contents, program, run, service
from tangthu.backup.verifying import verify_set
from tangthu.kernel import database, logins
from tangthu.kernel.errors import HouseError, NoRoom
from tangthu.kernel.home import Home
from tangthu.kernel.prepare import as_owner, prepare
from tangthu.ledger.logs import all_logs
from tangthu.ledger.recovering import order_recovery
from tangthu.ledger.signer import Signer
from tangthu.ledger.writing_again import write_files
from tangthu.standards import durable

# A restored database with its indexes, as a multiple of its dump; found by measuring.
_DATABASE_GROWS = 8
_HOME_PARTS = re.compile(r"(?s)home/(mode|rules/.+|working/.+|ledger/.+|secrets/ledger/\d+\.state)")
_BESIDE_PARTS = re.compile(r"([^/]+)/(root|beside)/(.+)", re.DOTALL)

Watch = Callable[[str, int], None]


class RestoreRefused(HouseError):
    """The set, or the place that it is to be restored to, does not allow a restore."""

    http_status = 409


@dataclass(slots=True)
class Restored:
    """What a restore did, and the keys that the house still lacks."""

    facts: SetFacts
    files: int = 0
    bytes: int = 0
    tables: int = 0
    rows: int = 0
    missing_keys: list[str] = field(default_factory=list)


def restore(
    folder: Path,
    *,
    keys: Mapping[str, bytes] | None = None,
    trust: str = "",
    by: str = "",
    watch: Watch,
    note: bool = True,
) -> Restored:
    """Restore the set in `folder` into the home of this process, which `emptied.begin` has marked.

    `keys`: those of a sealed file, opened; they tell whether their house made the set. `trust`: why
    the set is believed where they do not (a dump can run any order in the database). `watch` hears
    of each stage with bytes done. `by`: who restores, by name and position (RM-959). `note`: say it
    in the ledger (a trial does not, and has no store outside `home`). Raises RestoreRefused (a
    damaged set leaves the home empty), NoRoom, DatabaseUnusable; the home stays marked then, and
    can be restored into again.
    """
    home: Home = settings.HOME
    facts = _verified(folder, home, keys or {}, trust, watch)
    for log in facts.logs:
        signer = Signer(home, log["log_id"], log["origin"])
        order_recovery(signer, log["size"], facts.name)
    durable.point("backup.restore.shut")
    result = Restored(facts)
    if keys:
        put_back(home, dict(keys))
    for entry in entries(folder):
        for target in _targets(home, facts, entry.path):
            _require_within(home, target)
            _copy(place_of(folder, entry), target, entry)
            result.bytes += entry.size
        result.files += 1
        watch("files", entry.size)
    durable.point("backup.restore.files")
    with database.available(home):
        _load(folder, facts, result, watch)
        durable.point("backup.restore.database")
        prepare()
        # A trial never reads outside its home, whatever the rows say of stores.
        settle(home, moved=facts.holds_stores or not note)
        for one in all_logs():
            write_files(one)
        result.missing_keys = [name for name in facts.keys if name not in (keys or {})]
        if note:
            note_restored(facts, _told(result, by, trust))
        connections.close_all()
    emptied.finish(home)
    durable.point("backup.restore.whole")
    return result


def _told(result: Restored, by: str, trust: str) -> RestoreTold:
    facts = result.facts
    return RestoreTold(
        " ".join(by.split())[:200], _account(), trust, result.files, result.tables, result.rows,
        facts.packages, result.missing_keys,
    )  # fmt: skip


def _account() -> str:
    """The machine's account that this process runs as, by name if it has one."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _verified(
    folder: Path, home: Home, keys: Mapping[str, bytes], trust: str, watch: Watch
) -> SetFacts:
    """Read the set through and see whether this version can take it; else the home is emptied."""
    try:
        _require_trust(folder, keys, trust)
        verdict = verify_set(folder, lambda more: watch("verify", more))
        if verdict.bad:
            named = ", ".join(path for path, _status in verdict.bad[:3])
            raise RestoreRefused(
                _("Bộ sao lưu {name} hỏng {n} tệp: {named}.").format(
                    name=verdict.facts.name, n=len(verdict.bad), named=named
                ),
                hint=_("Dùng bộ khác, hoặc bộ cùng lúc ở nơi giữ thứ hai."),
            )
        for entry in entries(folder):
            for _target in _targets(home, verdict.facts, entry.path):
                pass  # every path is judged before the first is written
        _require_known(verdict.facts)
        _require_room(folder, verdict.facts, home)
    except HouseError:
        emptied.clear(home)
        raise
    return verdict.facts


def _require_trust(folder: Path, keys: Mapping[str, bytes], trust: str) -> None:
    """Raise RestoreRefused unless the keys tell that their house made the set, or somebody says
    why it is believed."""
    secret = keys.get(f"secrets/{houses.KEY_FILE}", b"")
    if trust.strip() or (secret and houses.made_with(folder, secret)):
        return
    raise RestoreRefused(
        _("Không rõ bộ sao lưu {name} do hệ thống nào lập.").format(name=folder.name),
        hint=_(
            "Bộ sao lưu lạ có thể chứa mã lệnh. Nêu --keys TỆP_KHÓA của hệ thống đã lập bộ này, "
            "hoặc nhận trách nhiệm bằng --trust “lý do”."
        ),
    )


def _require_known(facts: SetFacts) -> None:
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    apps = {app for app, _name in known}
    newer = [
        f"{app}.{name}"
        for app, name in facts.migrations.items()
        if app in apps and (app, name) not in known
    ]
    if newer:
        raise RestoreRefused(
            _("Bộ sao lưu này do phiên bản mới hơn của Tàng Thư ghi ra ({version}).").format(
                version=facts.version
            ),
            hint=_("Cài phiên bản ấy rồi phục hồi."),
            migrations=newer[:5],
        )


def _require_room(folder: Path, facts: SetFacts, home: Home) -> None:
    dump = sum(path.stat().st_size for path in (folder / DATABASE).iterdir())
    wanted = facts.bytes * max(1, len(facts.stores)) + dump * _DATABASE_GROWS
    if not home.has_room(wanted):
        raise NoRoom(
            _("{place} không đủ chỗ để phục hồi.").format(place=home.root),
            hint=_("Phục hồi vào ổ lớn hơn; chưa có gì được ghi."),
            wanted=wanted,
        )


def _targets(home: Home, facts: SetFacts, path: str) -> Iterator[Path]:
    """Where a file of the set belongs in the home; nowhere for files of the dump."""
    area, _slash, rest = path.partition("/")
    if not is_inside(path):
        raise _strange(path)
    if _HOME_PARTS.fullmatch(path):
        yield home.root / rest
    elif area == "objects":
        for store in facts.stores:
            yield home.stores / store["name"] / rest
    elif area == "stores" and (found := _BESIDE_PARTS.fullmatch(rest)):
        name, part, inside = found.groups()
        if name not in {store["name"] for store in facts.stores}:
            raise _strange(path)
        yield home.stores / (name if part == "root" else f"{name}.beside") / inside
    elif area != DATABASE:
        raise _strange(path)


def _strange(path: str) -> RestoreRefused:
    return RestoreRefused(
        _("Bộ sao lưu có đường dẫn lạ: {path}.").format(path=path[:200]),
        hint=_("Không dùng bộ này."),
    )


def _require_within(home: Home, target: Path) -> None:
    """Raise RestoreRefused if a link on the way leads out of the home."""
    if not target.resolve().is_relative_to(home.root.resolve()):
        raise _strange(str(target))


def _copy(source: Path, target: Path, entry: Entry) -> None:
    """Copy a file and see that what was written is what the set says. Flushed at the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o644 if entry.path.startswith("home/ledger/") else 0o600
    out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(out, "wb") as writing:
        for piece in durable.chunks_of(source):
            writing.write(piece)
    if durable.digest_file(target).digests["sha256"] != entry.sha256:
        raise RestoreRefused(
            _("Tệp vừa phục hồi không giống bản sao lưu: {path}.").format(path=entry.path),
            hint=_("Kiểm tra ổ đĩa rồi phục hồi lại."),
        )


def _load(folder: Path, facts: SetFacts, result: Restored, watch: Watch) -> None:
    """Load the dump into the empty database and compare every table with the set's own figures."""
    parts = logins.parsed(logins.owner_conninfo(settings.HOME))
    with as_owner() as connection:
        if _tables(connection):
            raise RestoreRefused(
                _("Cơ sở dữ liệu đích không trống."),
                hint=_("Tạo cơ sở dữ liệu mới và đặt DATABASE_URL tới đó."),
            )
    command = [
        program("pg_restore"), "--dbname=service=tangthu", f"--jobs={min(4, os.cpu_count() or 1)}",
        "--no-owner", "--no-privileges", "--exit-on-error", "--no-password",
        str(folder / DATABASE),
    ]  # fmt: skip
    with service(parts) as (environment, handed):
        run(command, environment, handed, lambda: watch("database", 0))
    with as_owner() as connection:
        connection.execute("ANALYZE")
        found = contents(connection, lambda: watch("database", 0))
    unlike = unlike_tables(facts.tables, found)
    if unlike:
        raise RestoreRefused(
            _("Cơ sở dữ liệu vừa phục hồi khác bản sao lưu ở bảng {names}.").format(
                names=", ".join(unlike[:5])
            ),
            hint=_("Phục hồi lại, hoặc dùng bộ khác."),
        )
    result.tables, result.rows = len(found), sum(rows for rows, _digest in found.values())


def _tables(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r'"
    ).fetchone()
    return int(row[0]) if row else 0


def unlike_tables(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Names of tables that are not alike in two accounts of a database."""
    return sorted(
        name
        for name in {*expected, *found}
        if list(expected.get(name, ())) != list(found.get(name, ()))
    )
