"""One log per body (IN-20): its origin is fixed for the life of the log, leaf 0 is `sys.open`."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from django.db import connection, connections, transaction

from tangthu.kernel.deployment import ORIGIN_PREFIX, isolated
from tangthu.kernel.errors import InvalidInput
from tangthu.standards.ril.events import build_system_leaf

# Segments are also folder names of the static tree, so none may be "." or "..".
_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+"
_ORIGIN = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})+")


@dataclass(frozen=True, slots=True)
class Log:
    """A body's log: its number here and its origin."""

    log_id: int
    body: uuid.UUID
    origin: str


def open_log(body: uuid.UUID, origin: str) -> Log:
    """Open the log of `body` under `origin` (a schema-less URL such as `archive.example/main`).

    Must run inside the transaction that creates the body. Raises InvalidInput for a malformed or
    used origin. The origin stands in every checkpoint and proof of the log, and tells by its
    beginning that they come from an isolated LAN (AR-128).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("open_log needs the action's transaction")
    if isolated() != origin.startswith(ORIGIN_PREFIX):
        raise InvalidInput(
            "Tên gốc của sổ cái không hợp với chế độ triển khai.",
            hint=f"Trên mạng LAN độc lập tên gốc bắt đầu bằng {ORIGIN_PREFIX}, nơi khác thì không.",
        )
    if not _ORIGIN.fullmatch(origin) or len(origin) > 120:
        raise InvalidInput("Tên gốc của sổ cái không hợp lệ.", hint="Ví dụ: luutru.example/H30")
    with connection.cursor() as cursor:
        # An origin is the folder of a static tree: none may lie inside another's.
        cursor.execute(
            "SELECT 1 FROM ledger_log WHERE lower(origin) = lower(%(new)s) "
            "OR starts_with(lower(%(new)s), lower(origin) || '/') "
            "OR starts_with(lower(origin), lower(%(new)s) || '/')",
            {"new": origin},
        )
        if cursor.fetchone() is not None:
            raise InvalidInput("Tên gốc của sổ cái đã được dùng.", origin=origin)
        cursor.execute(
            "INSERT INTO ledger_log (body, origin) VALUES (%s, %s) "
            "RETURNING log_id, (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
            [body, origin],
        )
        log_id, moment = cursor.fetchone()
        cursor.execute("INSERT INTO ledger_tree (log_id) VALUES (%s)", [log_id])
        cursor.execute(
            "INSERT INTO ledger_pending (log_id, leaf) VALUES (%s, %s)",
            [log_id, build_system_leaf("sys.open", {"origin": origin}, moment)],
        )
    return Log(log_id, body, origin)


def log_of(body: uuid.UUID) -> Log:
    """The log of `body`. Raises LookupError if the body has none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT log_id, origin FROM ledger_log WHERE body = %s", [body])
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"no log for body {body}")
    return Log(row[0], body, row[1])


def all_logs(using: str = "default") -> list[Log]:
    """Every log of this installation, oldest first, read through the connection `using`."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT log_id, body, origin FROM ledger_log ORDER BY log_id")
        return [Log(*row) for row in cursor.fetchall()]
