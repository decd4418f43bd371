"""Who logs in to the database: the owner, the application and the integrator, each by itself.

Nothing that runs for people can become the owner (IN-38): the web server and the workers log in as
`tangthu_app`, the integrator as `tangthu_integrator`, and neither is a member of another role. The
owner's login is used by `up`, `migrate` and `logins` alone. Passwords are random and lie in
`secrets/database` of the home (mode 600), read by libpq itself at every connection, so that a new
password needs no restart; an administrator may give a whole connection string per role instead.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tangthu.kernel import postgres
from tangthu.kernel.errors import DatabaseUnusable
from tangthu.kernel.home import Home, unusable
from tangthu.standards import durable

APP_ROLE = "tangthu_app"
INTEGRATOR_ROLE = "tangthu_integrator"
ROLES = (APP_ROLE, INTEGRATOR_ROLE)
PLACE, OWNER = "DATABASE_URL", "DATABASE_OWNER_URL"
GIVEN = {APP_ROLE: "DATABASE_APP_URL", INTEGRATOR_ROLE: "DATABASE_INTEGRATOR_URL"}
# What says who logs in; the rest of a connection string says where.
_WHO = {"user", "password", "passfile"}


def embedded() -> bool:
    """Whether this installation runs its own PostgreSQL (no connection string is given)."""
    return not any(os.environ.get(name) for name in (PLACE, OWNER, *GIVEN.values()))


def owner_conninfo(home: Home) -> str:
    """libpq connection string of the owner. Raises DatabaseUnusable if nobody said who that is."""
    if embedded():
        return postgres.url(home)
    given = os.environ.get(OWNER) or os.environ.get(PLACE)
    if not given:
        raise DatabaseUnusable(
            "Lệnh này cần đăng nhập của chủ cơ sở dữ liệu.",
            hint=f"Đặt {OWNER} (chỉ cho lệnh này).",
        )
    return given


def names_owner() -> bool:
    """Whether this process was told how the owner logs in."""
    place = parsed(os.environ.get(PLACE, ""))
    return embedded() or bool(os.environ.get(OWNER)) or "user" in place


def conninfo(home: Home, role: str) -> dict[str, Any]:
    """What libpq needs to log in as `role`, by keyword. Raises DatabaseUnusable."""
    given = os.environ.get(GIVEN[role])
    if given:
        return parsed(given)
    if embedded():
        where: dict[str, Any] = {**postgres.place(home)}
    else:
        named = os.environ.get(PLACE) or os.environ.get(OWNER) or _any_given()
        where = {key: value for key, value in parsed(named).items() if key not in _WHO}
    return {**where, "user": role, "passfile": str(password_file(home, role))}


def _any_given() -> str:
    return next(os.environ[name] for name in GIVEN.values() if os.environ.get(name))


def parsed(given: str) -> dict[str, Any]:
    """A connection string by keyword. Raises DatabaseUnusable if it is none."""
    try:
        return conninfo_to_dict(given)
    except psycopg.ProgrammingError as error:
        raise DatabaseUnusable(
            "DATABASE_URL không đúng dạng.",
            hint="Ví dụ: postgresql://user:password@host:5432/tangthu",
        ) from error


def environment_of(role: str) -> dict[str, str]:
    """This process's environment for a child that logs in as `role`, and cannot as anybody else."""
    kept = dict(os.environ)
    place = kept.pop(PLACE, "") or kept.get(OWNER, "")
    for name in (OWNER, *(name for who, name in GIVEN.items() if who != role)):
        kept.pop(name, None)
    if place:
        where = {key: value for key, value in parsed(place).items() if key not in _WHO}
        kept[PLACE] = make_conninfo(**where)
    return kept


def password_file(home: Home, role: str) -> Path:
    """Where the password of `role` lies, in libpq's own form."""
    return home.secrets / "database" / f"{role}.pgpass"


def may_read_password(home: Home, role: str) -> bool:
    """Whether this process can log in as `role`, or will once the password is made."""
    path = password_file(home, role)
    return bool(os.environ.get(GIVEN[role])) or not path.exists() or os.access(path, os.R_OK)


def _write_password(home: Home, role: str, path: Path) -> str:
    password = secrets.token_urlsafe(48)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = f"*:*:*:{role}:{password}\n".encode("ascii")
        durable.write_file(path, [line], what="database.password", mode=0o600)
    except OSError as error:
        raise unusable(home.root, error) from error
    return password


def _password(path: Path) -> str:
    return path.read_text(encoding="ascii").strip().rpartition(":")[2]


def ensure_logins(connection: psycopg.Connection[Any], home: Home) -> None:
    """See to it that both roles exist and can log in; `connection` is the owner's.

    Makes passwords that are missing and gives roles from before their login. Raises
    DatabaseUnusable, with the SQL for the server's administrator where our account may not.
    """
    for role in ROLES:
        found = connection.execute(
            "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [role]
        ).fetchone()
        if os.environ.get(GIVEN[role]):
            _ensure_given(connection, home, role, exists=found is not None)
            continue
        path = password_file(home, role)
        if not path.exists():
            _write_password(home, role, path)
        if found is None or not found[0]:
            _order(connection, home, orders(connection, home))
        elif _refusal(home, role):
            _mend(connection, home, role)


def _ensure_given(
    connection: psycopg.Connection[Any], home: Home, role: str, *, exists: bool
) -> None:
    """A login of the administrator's own: the role itself, or a member of it."""
    if not exists:
        create = sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role))
        _order(connection, home, [create.as_string(connection)])
    refused = _refusal(home, role)
    if refused:
        raise DatabaseUnusable(f"Không đăng nhập được bằng {GIVEN[role]}.", hint=refused)


def orders(connection: psycopg.Connection[Any], home: Home) -> list[str]:
    """SQL that gives both roles their login with the passwords of this home, one per role.

    The passwords stand in it as SCRAM verifiers, from which nobody can log in.
    """
    found = []
    for role in ROLES:
        path = password_file(home, role)
        if os.environ.get(GIVEN[role]):
            continue
        password = _password(path) if path.exists() else _write_password(home, role, path)
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        found.append(_login_order(connection, role, password, known is not None))
    return found


def _login_order(
    connection: psycopg.Connection[Any], role: str, password: str, exists: bool
) -> str:
    verifier = connection.pgconn.encrypt_password(
        password.encode("ascii"), role.encode("ascii"), b"scram-sha-256"
    )
    return (
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
        .format(
            sql.SQL("ALTER" if exists else "CREATE"),
            sql.Identifier(role),
            sql.Literal(verifier.decode("ascii")),
        )
        .as_string(connection)
    )


def _order(connection: psycopg.Connection[Any], home: Home, wanted: list[str]) -> None:
    try:
        for order in wanted:
            connection.execute(order.encode("utf-8"))
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnusable(
            f"Tài khoản trong DATABASE_URL không tạo được vai trò {APP_ROLE} và {INTEGRATOR_ROLE} "
            "có đăng nhập riêng.",
            hint="Người quản trị PostgreSQL chạy một lần: " + "; ".join(wanted) + ";",
        ) from error


def _refusal(home: Home, role: str) -> str:
    """Why the server does not let `role` in; "" if it does."""
    try:
        psycopg.connect(**{"connect_timeout": 10, **conninfo(home, role)}).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1] or type(error).__name__
    return ""


def _mend(connection: psycopg.Connection[Any], home: Home, role: str) -> None:
    """The password that lies here is not the one that the server has."""
    path, following = password_file(home, role), _following(home, role)
    if following.exists():  # a change of the password was cut off
        _order(connection, home, [_login_order(connection, role, _password(following), True)])
        following.replace(path)
    elif embedded():
        _order(connection, home, [_login_order(connection, role, _password(path), True)])
    if refused := _refusal(home, role):
        # Another installation on that server may use the role: its password is not ours to change.
        raise DatabaseUnusable(
            f"Không đăng nhập được bằng vai trò {role}: {refused}",
            hint=f"Chép {path.name} từ nơi đang dùng vai trò ấy, cho pg_hba.conf nhận vai trò này, "
            "hoặc đặt mật khẩu mới bằng `tangthu logins rotate`.",
        )


def _following(home: Home, role: str) -> Path:
    return password_file(home, role).with_suffix(".next")


def rotate(connection: psycopg.Connection[Any], home: Home) -> list[str]:
    """Give each role a new random password; returns the roles, without those given from outside.

    What runs goes on with its connections and takes the new password for the next one. Cut off at
    any point, the next `up` or `migrate` finishes it. Raises DatabaseUnusable.
    """
    changed = []
    for role in ROLES:
        if os.environ.get(GIVEN[role]):
            continue
        following = _following(home, role)
        password = _write_password(home, role, following)
        _order(connection, home, [_login_order(connection, role, password, True)])
        durable.point("database.password.changed")
        following.replace(password_file(home, role))
        durable.fsync_dir(following.parent)
        changed.append(role)
    return changed


_EXCESS = """
SELECT session_user::text,
    r.rolsuper, r.rolcreaterole, pg_has_role(session_user, d.datdba, 'MEMBER'),
    EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND pg_has_role(session_user, c.relowner, 'MEMBER')),
    r.rolcreatedb, r.rolreplication, r.rolbypassrls,
    has_database_privilege(session_user, d.oid, 'CREATE'),
    has_schema_privilege(session_user, 'public', 'CREATE'),
    has_database_privilege(session_user, d.oid, 'TEMPORARY'),
    EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname NOT IN (session_user, 'tangthu_app')
            AND o.rolname <> 'tangthu_integrator' AND pg_has_role(session_user, o.oid, 'MEMBER'))
FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()
"""
# The first four are the owner in all but name.
_GRAVE = 4
_EXCESS_WORDS = (
    "là siêu người dùng",
    "tạo được vai trò",
    "là (hoặc trở thành được) chủ cơ sở dữ liệu",
    "là (hoặc trở thành được) chủ các bảng",
    "tạo được cơ sở dữ liệu",
    "sao chép được cả cụm",
    "bỏ qua được quyền theo dòng",
    "tạo được lược đồ",
    "tạo được bảng và hàm",
    "tạo được bảng và hàm tạm",
    "là thành viên của vai trò khác",
)


def excess(connection: Any, *, grave: bool = False) -> list[str]:
    """What the login of a (Django) connection could do that the site must not; one phrase each.

    With `grave` only what makes it the owner in all but name.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EXCESS)
        user, *answers = cursor.fetchone()
    found = zip(_EXCESS_WORDS, answers, strict=True)
    kept = list(found)[:_GRAVE] if grave else found
    return [f"{user} {words}" for words, yes in kept if yes]


def user_of(connection: Any) -> str:
    """The role that a (Django) connection logged in as."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text")
        return str(cursor.fetchone()[0])


def sessions_as_owner(connection: Any) -> int:
    """How many other sessions of this database are logged in as its owner at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity a JOIN pg_database d ON d.oid = a.datid "
            "WHERE d.datname = current_database() AND a.usesysid = d.datdba "
            "AND a.pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
