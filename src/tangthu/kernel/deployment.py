"""Connected, or an isolated LAN: the deployment mode of an installation (AR-127, AR-128).

It is chosen once, when the installation is set up (TANGTHU_MODE), and written down in three places:
the home, the database, and beside every store. From then on they must agree with each other and
with the configuration, or nothing starts. Only an installation that holds nothing can be changed,
by `tangthu mode set`. See docs/decisions/006-two-modes.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from tangthu.kernel.errors import HouseError
from tangthu.kernel.home import Home
from tangthu.standards import durable

CONNECTED: Final = "connected"
ISOLATED: Final = "isolated_lan"
MODES = (CONNECTED, ISOLATED)
MARK = "tangthu-origin:"
"""Stands before the mode in everything that leaves an installation or holds what it has."""
ORIGIN_PREFIX = "isolated-lan/"
"""Begins the origin of every log of an isolated installation: checkpoints and proofs bear it."""
_FILE = "mode"


class WrongMode(HouseError):
    """Configuration, home, database or store belong to different deployment modes."""

    http_status = 409


class ModeFixed(HouseError):
    """The mode cannot be changed any more: the installation holds something."""

    http_status = 409


def isolated() -> bool:
    """Whether this process serves an isolated LAN, where secrecy fields exist."""
    return bool(getattr(settings, "DEPLOYMENT_MODE", CONNECTED) == ISOLATED)


def mark_of(mode: str) -> str:
    """The words that tell where something comes from."""
    return f"{MARK}{mode}"


def read_mark(path: Path) -> str | None:
    """The mode that the mark file at `path` states; None if there is none. Raises WrongMode."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path) from error
    mode = text.removeprefix(MARK)
    if text == mode or mode not in MODES:
        raise _unreadable(path)
    return mode


def write_mark(path: Path, mode: str) -> None:
    """Write the mark file at `path`, whole or not at all. Raises OSError."""
    durable.make_dirs(path.parent)
    durable.write_file(path, [f"{mark_of(mode)}\n".encode()], what="home.mode", mode=0o600)


def home_mark(home: Home) -> Path:
    """The mark file of a home."""
    return home.root / _FILE


def store_mark(root: Path) -> Path:
    """The mark file of a store, beside its root: an OCFL root may hold nothing but objects."""
    return root.parent / f"{root.name}.beside" / _FILE


def settle(home: Home) -> str:
    """The mode of the installation in `home`: what it bears, else what TANGTHU_MODE chooses.

    A home that bears no mark and holds something was made before there were two modes: it is
    connected. A home that is empty is marked now. Raises WrongMode.
    """
    chosen = os.environ.get("TANGTHU_MODE") or None
    if chosen is not None and chosen not in MODES:
        raise WrongMode(
            f"TANGTHU_MODE={chosen[:40]} không phải là một chế độ triển khai.",
            hint=f"Chọn {CONNECTED} hoặc {ISOLATED}.",
        )
    borne = read_mark(home_mark(home))
    if borne is None and _in_use(home):
        borne = CONNECTED
    if borne is not None and chosen is not None and borne != chosen:
        raise WrongMode(
            f"Thư mục {home.root} thuộc chế độ {borne}, nhưng cấu hình chọn {chosen}.",
            hint="Sửa TANGTHU_MODE, hoặc dùng TANGTHU_HOME khác. Hai chế độ không dùng chung "
            "dữ liệu (docs/isolated.md).",
        )
    mode = borne or chosen or CONNECTED
    if read_mark(home_mark(home)) is None and home.root.is_dir():
        write_mark(home_mark(home), mode)
    return mode


def _in_use(home: Home) -> bool:
    """Whether the home holds a database or anything of an installation."""
    if home.postgres.exists():
        return True
    for folder in (home.stores, home.ledger, home.working, home.quarantine):
        if folder.is_dir() and any(folder.iterdir()):
            return True
    return False


def recorded(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    """The mode that the database states; None while it states none and holds nothing."""
    row = connection.execute(
        "SELECT mode FROM kernel_deployment ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is not None:
        return str(row[0])
    return CONNECTED if holds_anything(connection) else None


def holds_anything(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether the installation has a body: from then on there is a ledger that cannot be undone."""
    row = connection.execute("SELECT EXISTS (SELECT FROM identity_body)").fetchone()
    return bool(row and row[0])


def require_same(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Raise WrongMode unless the database belongs to this process's mode; record it if it is new.

    `connection` is the owner's, with every migration run.
    """
    mode = settings.DEPLOYMENT_MODE
    found = recorded(connection)
    if found is None or not _has_row(connection):
        with connection.transaction():
            if found in (None, mode):
                connection.execute("INSERT INTO kernel_deployment (mode) VALUES (%s)", [mode])
                found = mode
    _require(found)


def require_recorded(connection: BaseDatabaseWrapper) -> None:
    """Raise WrongMode unless the database states this process's mode; any login may ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mode FROM kernel_deployment ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    _require(str(row[0]) if row else None)


def _require(found: str | None) -> None:
    mode = settings.DEPLOYMENT_MODE
    if found != mode:
        raise WrongMode(
            f"Cơ sở dữ liệu thuộc chế độ {found}, nhưng cấu hình chọn {mode}.",
            hint="Sửa TANGTHU_MODE hoặc DATABASE_URL; hai chế độ không dùng chung dữ liệu. Nếu "
            "`tangthu mode set` bị cắt ngang, chạy lại lệnh đó.",
        )


def _has_row(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute("SELECT EXISTS (SELECT FROM kernel_deployment)").fetchone()
    return bool(row and row[0])


def change(
    home: Home, connection: psycopg.Connection[tuple[object, ...]], mode: str, decision: str
) -> None:
    """Change the mode of an installation that holds nothing. Raises ModeFixed, WrongMode."""
    if mode not in MODES:
        raise WrongMode(f"{mode[:40]} không phải là một chế độ triển khai.")
    if holds_anything(connection) or any(_contents(home)):
        raise ModeFixed(
            "Hệ thống này đã có dữ liệu nên không đổi chế độ triển khai được nữa.",
            hint="Cài đặt mới trên một TANGTHU_HOME trống, với TANGTHU_MODE muốn dùng.",
        )
    with connection.transaction():
        connection.execute(
            "INSERT INTO kernel_deployment (mode, decision) VALUES (%s, %s)", [mode, decision]
        )
    write_mark(home_mark(home), mode)


def _contents(home: Home) -> Iterator[Path]:
    for folder in (home.stores, home.ledger, home.working, home.quarantine, home.uploads):
        if folder.is_dir():
            yield from folder.iterdir()


def _unreadable(path: Path) -> WrongMode:
    return WrongMode(
        f"Không đọc được chế độ triển khai ghi trong {path}.",
        hint="Tệp này không được sửa tay; khôi phục nó từ bản sao lưu.",
    )
