"""`tangthu check`: is this installation in order, what is missing, and what mends it."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import answer, house, json_option
from tangthu.faces.cli.words import language
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import DatabaseUnusable

if TYPE_CHECKING:
    from tangthu.kernel.checks import Checked, Needs

# The exit status for the worst level that was found.
_STATUS = {"ok": 0, "note": 0, "warning": 1, "error": 2}
_SIGNS = {"ok": "+", "note": "i", "warning": "!", "error": "X"}


@click.command(help=_("Kiểm tra cài đặt: phiên bản, quyền, kho, sổ cái, đĩa, phần còn thiếu."))
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Make every check; exit 1 if something needs a hand, 2 if something is wrong.

    Without its database the installation is told so, and the rest is looked at.
    """
    with ExitStack() as stack:
        away: DatabaseUnusable | None = None
        try:
            stack.enter_context(house(look=False))
        except DatabaseUnusable as error:
            away = error
        from django.utils import translation

        # The JSON answers do not change with the language of whoever calls.
        with translation.override("vi" if as_json else language()):
            from tangthu.kernel import checks

            reach, why = _reach(away)
            found = checks.run(reach=reach, why=why)
            answer(_document(found, reach), as_json=as_json, words=_words(found))
            ctx.exit(_STATUS[checks.worst(one for each in found for one in each.findings)])


def _reach(away: DatabaseUnusable | None) -> tuple[Needs, DatabaseUnusable | None]:
    """How far the checks can look, and what keeps them from looking further.

    Raises WrongMode for the database of another deployment mode.
    """
    from tangthu.kernel.checks import Needs
    from tangthu.kernel.prepare import require_prepared

    if away is not None:
        return Needs.NOTHING, away
    try:
        require_prepared()
    except DatabaseUnusable as error:
        return (Needs.SERVER if _answers() else Needs.NOTHING), error
    return Needs.SCHEMA, None


def _answers() -> bool:
    """Whether the application is let in by the server."""
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error:
        return False
    return True


def _document(found: Sequence[Checked], reach: Needs) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    from tangthu.kernel import checks, logins
    from tangthu.kernel.checks_machine import versions

    server = reach >= checks.Needs.SERVER
    return {
        "version": settings.VERSION,
        "python": platform.python_version(),
        "postgresql": connection.pg_version // 10000 if server else None,
        "home": str(settings.HOME.root),
        "mode": settings.DEPLOYMENT_MODE,
        "libraries": dict(versions()),
        "database_login": {
            "user": logins.user_of(connection),
            "excess": logins.excess(connection),
            "owner_sessions": logins.sessions_as_owner(connection),
        }
        if server
        else None,
        "level": checks.worst(one for each in found for one in each.findings),
        "findings": [
            {
                "check": each.name,
                "level": one.level,
                "message": one.message,
                "cost": one.cost,
                "remedy": one.remedy,
            }
            for each in found
            for one in each.findings
        ],
    }


def _words(found: Sequence[Checked]) -> str:
    """The findings by check: a sign, the sentence, and under it what it costs and what mends it."""
    lines = []
    for each in found:
        lines.append(each.label)
        for one in each.findings:
            lines.append(f"  {_SIGNS[one.level]} {one.message}")
            lines += [
                f"      {more}" for more in (one.cost, one.remedy and f"→ {one.remedy}") if more
            ]
    return "\n".join(lines)
