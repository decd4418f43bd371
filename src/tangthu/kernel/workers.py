"""Which workers live, and where: each tells of itself every few seconds."""

from __future__ import annotations

import datetime as dt
import logging
import os
import platform
import uuid

from django.db import Error, connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from tangthu import __version__
from tangthu.kernel.models import Worker

log = logging.getLogger("tangthu.worker")

HEARTBEAT_SECONDS = 5.0
# Longer than a database takes to come back from a restart.
DEAD_AFTER = dt.timedelta(seconds=30)
_FORGOTTEN_AFTER = dt.timedelta(days=2)

# The worker that this process is; None in a web server or a command.
me: uuid.UUID | None = None


def begin(concurrency: int) -> Worker:
    """Enter this process among the workers; what it runs from now on bears its id."""
    global me
    worker = Worker(
        host=platform.node()[:100],
        pid=os.getpid(),
        version=__version__,
        concurrency=concurrency,
    )
    worker.save(force_insert=True)
    Worker.objects.filter(seen_at__lt=Now() - _FORGOTTEN_AFTER).delete()
    me = worker.id
    return worker


def beat(worker: Worker) -> None:
    """Say that the worker lives. A database that is away is told next time."""
    try:
        if not Worker.objects.filter(pk=worker.pk).update(seen_at=Now()):
            worker.save(force_insert=True)
    except Error:
        log.warning("the database cannot be told now that this worker lives")
    finally:
        connection.close()


def end(worker: Worker) -> None:
    """Take the worker off the list: it ends of itself."""
    global me
    me = None
    try:
        Worker.objects.filter(pk=worker.pk).delete()
    except Error:
        log.warning("the database cannot be told that this worker ends")
    finally:
        connection.close()


def living() -> QuerySet[Worker]:
    """The workers that spoke lately, by host and since when."""
    return Worker.objects.filter(seen_at__gte=Now() - DEAD_AFTER).order_by("host", "started_at")


def silent() -> QuerySet[Worker]:
    """The workers that fell silent in the last days without saying goodbye."""
    return Worker.objects.filter(seen_at__lt=Now() - DEAD_AFTER).order_by("-seen_at")
