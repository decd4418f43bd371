"""`tangthu check`: is this installation in order, and what is missing."""

from __future__ import annotations

import os
import platform
import shutil
import stat
from typing import Any

import click

from tangthu.faces.cli.context import FOUND, answer, house, json_option
from tangthu.faces.cli.words import translate as _

MIN_FREE = 1_000_000_000


@click.command(help=_("Kiểm tra cài đặt: phiên bản, quyền, kho, sổ cái, đĩa, phần còn thiếu."))
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Look at everything that an administrator should know; exit 1 if something needs a hand."""
    with house():
        from django.conf import settings
        from django.db import connection

        from tangthu import __version__
        from tangthu.kernel import logins
        from tangthu.kernel.models import Job
        from tangthu.ledger.logs import all_logs
        from tangthu.ledger.overview import overview
        from tangthu.repository.queries import store_summaries
        from tangthu.ui.formats import thousands

        home = settings.HOME
        free = shutil.disk_usage(home.root).free
        facts: dict[str, Any] = {
            "version": __version__,
            "python": platform.python_version(),
            "postgresql": connection.pg_version // 10000,
            "home": str(home.root),
            "mode": settings.DEPLOYMENT_MODE,
            "free_bytes": free,
            "stores": store_summaries(),
            "logs": [
                {
                    "origin": one.origin,
                    "pending": one.pending,
                    "behind": one.worrying,
                    "stopped": one.stopped,
                }
                for one in overview([log.body for log in all_logs()])
            ],
            "database_login": {
                "user": logins.user_of(connection),
                "excess": logins.excess(connection),
                "owner_sessions": logins.sessions_as_owner(connection),
            },
            "jobs_failed": Job.objects.filter(state=Job.State.FAILED).count(),
        }
        findings = _findings(facts, home.secrets)
        words = "\n".join(
            [f"Tàng Thư {facts['version']}, Python {facts['python']}, "
             f"PostgreSQL {facts['postgresql']}, chế độ {facts['mode']}, "
             f"còn trống {thousands(free // 1_000_000)} MB"]
            + [f"  ! {one['message']} {one['fix']}" for one in findings]
        )  # fmt: skip
        answer({**facts, "findings": findings}, as_json=as_json, words=words)
        if findings:
            ctx.exit(FOUND)


def _findings(facts: dict[str, Any], secrets: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def add(message: str, fix: str) -> None:
        found.append({"message": message, "fix": fix})

    if facts["free_bytes"] < MIN_FREE:
        add("Ổ đĩa còn dưới 1 GB.", "Dọn bớt hoặc chuyển TANGTHU_HOME.")
    login = facts["database_login"]
    for words in login["excess"]:
        add(f"Đăng nhập cơ sở dữ liệu có quyền thừa: {words}.",
            "Xem mục Database logins trong docs/install.md.")  # fmt: skip
    if login["owner_sessions"]:
        add(f"{login['owner_sessions']} phiên đang dùng đăng nhập của chủ cơ sở dữ liệu.",
            "Nếu không phải migrate hay sao lưu đang chạy thì dừng tiến trình ấy.")  # fmt: skip
    for path in secrets.rglob("*"):
        mode = stat.S_IMODE(os.lstat(path).st_mode)
        if path.is_file() and mode & 0o077:
            add(f"Tệp bí mật {path.name} đọc được bởi người khác.", f"chmod 600 {path}")
    for store in facts["stores"]:
        if not store["healthy"]:
            add(f"Kho {store['name']} có bản sao hỏng hoặc không truy cập được.",
                "tangthu --as NGƯỜI fixity --repair")  # fmt: skip
    for log in facts["logs"]:
        if log["stopped"]:
            add(f"Sổ cái {log['origin']} đã dừng: {log['stopped']}", "Xem docs/ledger.md.")
        elif log["behind"]:
            add(f"Sổ cái {log['origin']} chậm: {log['pending']} sự kiện đang chờ.",
                "Xem tiến trình integrator có chạy không.")  # fmt: skip
    if facts["jobs_failed"]:
        add(f"{facts['jobs_failed']} công việc nền bị lỗi.", "Xem trang Công việc nền.")
    return found
