"""Exports of long lists: `python -m benchmarks.exports`; figures in results/exports.json.

20 000 documents of one body, made with the words of Vietnamese offices, are exported in every
format, once all of them and once a tenth, each in a process of its own whose greatest memory is
measured, with that of the processes that it starts (typesetting). Times are of the whole job:
reading with rights asked row by row, writing, recording.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.common import installation, machine, save

ROWS = 20_000
FORMATS = ("xlsx", "docx", "doc", "pdf")


def fill(count: int) -> None:
    """Documents in one dossier, as rows, with their index entries made by the app's own code."""
    from django.db import connections
    from tests.support.house import TestHouse
    from tests.support.records import make_dossier

    from benchmarks.vietnamese import MATTERS, THINGS
    from tangthu.archive.searchables import reindex_dossiers
    from tangthu.kernel.home import Home

    made = make_dossier(TestHouse(Home.from_environment()))
    luck = random.Random(7)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT * FROM records_document WHERE id = %s", [made.documents[0].pk])
        names = [column[0] for column in cursor.description]
        given = {"id", "record_archive_code", "number", "subject"}
        rest = ", ".join(name for name in names if name not in given)
        subjects = [
            f"{luck.choice(MATTERS)}: {luck.choice(THINGS)}, {luck.choice(THINGS)}"
            for _ in range(count)
        ]
        cursor.execute(
            f"INSERT INTO records_document (id, record_archive_code, number, subject, {rest}) "
            "SELECT gen_random_uuid(), d.record_archive_code || '-' || n, n::text, s.subject, "
            f"{', '.join('d.' + name for name in rest.split(', '))} "
            "FROM records_document d, unnest(%s::text[]) WITH ORDINALITY AS s(subject, n) "
            "WHERE d.id = %s",
            [subjects, made.documents[0].pk],
        )
        cursor.execute(
            "INSERT INTO records_membership (dossier_id, document_id, ordinal) "
            "SELECT %s, id, 10 + number::int FROM records_document WHERE id <> %s",
            [made.dossier.pk, made.documents[0].pk],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        reindex_dossiers([made.dossier.pk])
        cursor.execute("ANALYZE")


def _peak_kb() -> int:
    """The most memory that this program had; a process begins with its parent's mark otherwise."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def one(format_: str, text: str) -> None:
    """Export in this process and say what it took, as JSON on stdout."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tangthu.kernel.settings"
    import django

    django.setup()
    from tangthu.identity.acting import Acting
    from tangthu.identity.queries import viewer_named
    from tangthu.kernel.jobs import execute
    from tangthu.reports.actions.order_export import order_export

    viewer = viewer_named("cuc")
    assert viewer is not None
    before = _peak_kb()
    begun = time.perf_counter()
    export, job = order_export(
        Acting(viewer, "cli"), source="documents", pairs={"q": text} if text else {}, columns=[],
        format_=format_, queued=False,
    )  # fmt: skip
    done = execute(job.id)
    assert done.state == "done", done.message
    export.refresh_from_db()
    print(
        json.dumps(
            {
                "rows": export.rows,
                "seconds": round(time.perf_counter() - begun, 1),
                "file_kb": round((export.size or 0) / 1000),
                "before_mb": round(before / 1024),
                "peak_mb": round(_peak_kb() / 1024),
                "peak_of_children_mb": round(
                    resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                ),
            }
        )
    )


def main() -> int:
    """Fill, export, save the figures."""
    facts = machine()
    figures: dict[str, object] = {}
    with installation() as root:
        fill(ROWS)
        environment = {**os.environ, "TANGTHU_HOME": str(root)}
        for format_ in FORMATS:
            for name, text in (("a tenth", 'td:"xe mô tô"'), ("all", "")):
                done = subprocess.run(
                    [sys.executable, "-m", "benchmarks.exports", format_, text],
                    cwd=Path(__file__).resolve().parents[1], env=environment,
                    capture_output=True, text=True, check=True,
                )  # fmt: skip
                figures[f"{format_}, {name}"] = json.loads(done.stdout.splitlines()[-1])
                print(format_, name, figures[f"{format_}, {name}"], file=sys.stderr)
    save("exports", facts, figures)
    return 0


if __name__ == "__main__":
    sys.exit(one(*sys.argv[1:]) if len(sys.argv) > 2 else main())
