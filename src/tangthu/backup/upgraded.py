"""The new version in the new cluster: migrates, recomputes the ledger, says what the tables hold.

Run by an upgrade as a process: `python -m tangthu.backup.upgraded PARENT`, with the home of the new
cluster in TANGTHU_HOME. Its standard output is one JSON document.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tangthu.kernel.errors import HouseError
from tangthu.kernel.lifeline import end_with_parent


def main() -> int:
    """Do all of it and tell; returns the exit status."""
    end_with_parent(int(sys.argv[1]))
    import django

    django.setup()
    try:
        told = _told()
    except HouseError as error:
        told = {"error": {"message": str(error.message), "hint": str(error.hint)}}
    sys.stdout.write(json.dumps(told) + "\n")
    return 2 if "error" in told else 0


def _told() -> dict[str, Any]:
    from django.conf import settings
    from django.db import connections

    from tangthu.backup.snapshot import contents
    from tangthu.kernel import database
    from tangthu.kernel.prepare import as_owner, prepare
    from tangthu.ledger.logs import all_logs
    from tangthu.ledger.verification import verify
    from tangthu.ledger.writing_again import write_files

    settings.HOME.keep_temporary_files()
    with database.available(settings.HOME):
        with as_owner() as connection:
            before = _migrations(connection)
            prepare()
            migrations = _migrations(connection) - before
        logs = []
        for log in all_logs():
            write_files(log)
            verdict = verify(log)
            logs.append(
                {"origin": log.origin, "ok": verdict.ok, "problems": list(verdict.problems)}
            )
        connections.close_all()
        with as_owner() as connection:
            tables = contents(connection)
    return {"migrations": migrations, "logs": logs, "tables": tables}


def _migrations(connection: Any) -> int:
    return int(connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
    sys.exit(main())
