"""Figures of the kernel: versions, the queue, workers, and the room of the home."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from tangthu.kernel import workers
from tangthu.kernel.metrics import Metric, Sample, gauge

# Only what the index on state and time finds quickly: the table keeps all jobs there ever were.
_OPEN = """
SELECT state, kind, count(*), extract(epoch FROM clock_timestamp() - min(created_at))
FROM kernel_job WHERE state IN ('waiting', 'running') GROUP BY state, kind ORDER BY 1, 2
"""
_ENDED = """
SELECT state, kind, count(*), coalesce(sum(extract(epoch FROM finished_at - started_at)), 0),
       coalesce(max(extract(epoch FROM finished_at - started_at)), 0)
FROM kernel_job WHERE state IN ('done', 'failed', 'stopped')
AND created_at >= clock_timestamp() - interval '1 day' GROUP BY state, kind ORDER BY 1, 2
"""


def of_installation() -> Iterator[Metric]:
    """Versions, and the room on the disk of the home; needs no database."""
    yield gauge(
        "tangthu_info", "Versions of what runs here.", 1,
        version=settings.VERSION, python=platform.python_version(),
        mode=settings.DEPLOYMENT_MODE,
    )  # fmt: skip
    usage = shutil.disk_usage(settings.HOME.root)
    yield gauge("tangthu_home_free_bytes", "Room left on the disk of the home.", usage.free)
    yield gauge("tangthu_home_size_bytes", "Size of the disk of the home.", usage.total)


def of_queue() -> Iterator[Metric]:
    """Jobs that wait and run, those that ended lately, and workers."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        open_jobs = cursor.fetchall()
        cursor.execute(_ENDED)
        ended = cursor.fetchall()
    yield Metric(
        "tangthu_jobs",
        "Jobs that wait or run now.",
        tuple(Sample(n, {"state": state, "kind": kind}) for state, kind, n, _age in open_jobs),
    )
    waited = max((float(age) for state, _k, _n, age in open_jobs if state == "waiting"), default=0)
    yield gauge("tangthu_job_oldest_waiting_seconds", "Age of the job that waits longest.", waited)
    for name, help_, column in (
        ("tangthu_jobs_ended_day", "Jobs ordered in the last day that ended.", 2),
        ("tangthu_job_seconds_day", "Seconds that those jobs ran, together.", 3),
        ("tangthu_job_longest_seconds_day", "Seconds that the longest of them ran.", 4),
    ):
        samples = tuple(
            Sample(float(row[column]), {"state": row[0], "kind": row[1]}) for row in ended
        )
        yield Metric(name, help_, samples)
    living = list(workers.living())
    yield Metric(
        "tangthu_workers",
        "Workers by whether they speak.",
        (
            Sample(len(living), {"state": "living"}),
            Sample(workers.silent().count(), {"state": "silent"}),
        ),
    )
    places = sum(one.concurrency for one in living)
    yield gauge("tangthu_worker_places", "Jobs that living workers can run at once.", places)
