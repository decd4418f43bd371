"""Checks of the PostgreSQL server: version, what guards against a crash, logins, room, clock."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from tangthu.kernel import logins
from tangthu.kernel.checks import Bodies, Finding

_SETTINGS = (
    "fsync", "full_page_writes", "synchronous_commit", "data_checksums", "autovacuum",
    "max_connections", "server_version_num",
)  # fmt: skip
# A host's clock and the database's may differ so much before it is told, and before it is grave.
_SKEW, _GRAVE_SKEW = 2.0, 60.0
_BUSY = 0.8
# PostgreSQL stops writing at 2 ** 31 transactions that were not frozen.
_OLD_TRANSACTIONS = 1_500_000_000
_TRANSACTION_TIMEOUT_SINCE = 170000


def look(bodies: Bodies) -> Iterator[Finding]:
    """What the server says of itself; it belongs to no body."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_SETTINGS)]
        )
        settings = dict(cursor.fetchall())
    yield from _version(int(settings["server_version_num"]))
    yield from _durability(settings)
    yield from _connection()
    yield from _load(int(settings["max_connections"]))
    yield from _skew()


def _version(version: int) -> Iterator[Finding]:
    # The second number is the maintenance release: 18.1 says 180001.
    major, minor = divmod(version, 10000)
    yield Finding("ok", _("PostgreSQL %(version)s.") % {"version": f"{major}.{minor}"})
    if version < _TRANSACTION_TIMEOUT_SINCE:
        yield Finding(
            "note",
            _("PostgreSQL %(major)s không giới hạn được thời gian của một giao dịch.")
            % {"major": major},
            _("Giờ ghi trong sự kiện có thể lệch giờ ghi vào cơ sở dữ liệu khi máy chậm."),
            _("Nâng PostgreSQL lên 17 trở lên"),
        )


def _durability(settings: dict[str, str]) -> Iterator[Finding]:
    """What must be on for a crash to cost nothing that was told as done."""
    costs = {
        "fsync": ("error", _("Mất điện là có thể hỏng cả cơ sở dữ liệu.")),
        "full_page_writes": ("error", _("Mất điện giữa lúc ghi là có thể hỏng bảng.")),
        "synchronous_commit": ("warning", _("Mất điện là mất việc vừa làm, dù đã báo xong.")),
        "autovacuum": ("warning", _("Bảng phình dần, tra cứu chậm dần.")),
    }
    off = [name for name in costs if settings.get(name) == "off"]
    for name in off:
        level, cost = costs[name]
        yield Finding(
            "error" if level == "error" else "warning",
            _("PostgreSQL đang tắt %(name)s.") % {"name": name},
            cost,
            f'psql "$DATABASE_OWNER_URL" -c "ALTER SYSTEM RESET {name}" '
            '-c "SELECT pg_reload_conf()"',
        )
    if not off:
        yield Finding("ok", _("Các thiết lập chống mất dữ liệu khi mất điện đều bật."))
    if settings.get("data_checksums") != "on":
        yield Finding(
            "warning",
            _("Cơ sở dữ liệu không có mã kiểm của từng trang."),
            _("Đĩa đổi một byte thì không ai biết cho đến khi đọc nhầm."),
            _("Dừng PostgreSQL rồi chạy: %(command)s")
            % {"command": "pg_checksums --enable -D DATA"},
        )


def look_at_logins(bodies: Bodies) -> Iterator[Finding]:
    """Who is logged in, and with what rights (IN-38)."""
    excess = logins.excess(connection)
    for words in excess:
        yield Finding(
            "warning",
            _("Đăng nhập cơ sở dữ liệu có quyền thừa: %(words)s.") % {"words": words},
            _("Một câu lệnh bị chèn qua trang web có thể sửa cả sổ cái."),
            _("Xem mục Database logins trong docs/install.md."),
        )
    if not excess:
        yield Finding(
            "ok",
            _("Đăng nhập %(user)s chỉ có quyền cần thiết.") % {"user": logins.user_of(connection)},
        )
    sessions = logins.sessions_as_owner(connection)
    if sessions:
        yield Finding(
            "warning",
            _("%(n)s phiên đang dùng đăng nhập của chủ cơ sở dữ liệu.") % {"n": sessions},
            _("Chủ cơ sở dữ liệu sửa được mọi bảng, kể cả sổ cái."),
            _("Nếu không phải migrate hay sao lưu đang chạy thì dừng tiến trình ấy."),
        )


def _connection() -> Iterator[Finding]:
    """Whether what goes to a server elsewhere can be read on the way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT host(inet_server_addr()), "
            "coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
        )
        address, encrypted = cursor.fetchone()
    if address is None or encrypted or ipaddress.ip_address(address).is_loopback:
        return
    yield Finding(
        "warning",
        _("Kết nối tới PostgreSQL ở %(address)s không được mã hóa.") % {"address": address},
        _("Ai nghe được mạng ở giữa thì đọc được mọi hồ sơ đi qua."),
        _("Bật ssl ở máy chủ và thêm %(option)s vào DATABASE_URL.")
        % {"option": "sslmode=verify-full"},
    )


def _load(most: int) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
            "(SELECT max(age(datfrozenxid)) FROM pg_database)"
        )
        sessions, age = cursor.fetchone()
    if sessions > most * _BUSY:
        yield Finding(
            "warning",
            _("Đang dùng %(n)s trong %(most)s kết nối của PostgreSQL.")
            % {"n": sessions, "most": most},
            _("Hết kết nối thì trang web báo lỗi."),
            f'psql "$DATABASE_OWNER_URL" -c "ALTER SYSTEM SET max_connections = {most * 2}"',
        )
    if age > _OLD_TRANSACTIONS:
        yield Finding(
            "error",
            _("Cơ sở dữ liệu sắp cạn số giao dịch: tuổi đã tới %(n)s triệu.")
            % {"n": age // 1_000_000},
            _("Đến 2.100 triệu thì PostgreSQL ngừng ghi."),
            'vacuumdb --all --freeze -d "$DATABASE_OWNER_URL"',
        )


def _skew() -> Iterator[Finding]:
    """How far this host's clock is from the database's, less what the asking took."""
    before = dt.datetime.now(dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    after = dt.datetime.now(dt.UTC)
    yield from skew_of(before, theirs, after)


def skew_of(before: dt.datetime, theirs: dt.datetime, after: dt.datetime) -> Iterator[Finding]:
    """What it means that the database said `theirs` between `before` and `after` of this host."""
    nearest = min(max(theirs, before), after)
    skew = abs((theirs - nearest).total_seconds())
    if skew < _SKEW:
        yield Finding("ok", _("Đồng hồ của máy này và của cơ sở dữ liệu khớp nhau."))
        return
    yield Finding(
        "error" if skew >= _GRAVE_SKEW else "warning",
        _("Đồng hồ của máy này lệch đồng hồ của cơ sở dữ liệu %(n)s giây.") % {"n": round(skew)},
        _("Giờ trong nhật ký và trong sự kiện không khớp nhau."),
        "timedatectl set-ntp true",
    )
