"""The worker process: takes queued jobs by polling (a NOTIFY per insert serialises commits).

One lane takes any job, those first for which a person waits; beside it one place is kept for the
jobs of persons alone, so that a long batch never makes anybody wait for a short act.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from procrastinate import App
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector

from tangthu.kernel import jobs, rounds, workers
from tangthu.kernel.models import Worker

_REVIVE_SECONDS = 2.0
_STALLED_SECONDS = 20
_ROUNDS_SECONDS = 15.0
_AGE_SECONDS = 60.0


async def _revive_often() -> None:
    suspected: set[int] = set()
    while True:
        suspected = await asyncio.to_thread(jobs.revive_deserted, suspected)
        await asyncio.sleep(_REVIVE_SECONDS)


async def _go_round() -> None:
    while True:
        await asyncio.to_thread(rounds.run_due)
        await asyncio.sleep(_ROUNDS_SECONDS)


async def _raise_old() -> None:
    while True:
        await asyncio.to_thread(jobs.raise_old)
        await asyncio.sleep(_AGE_SECONDS)


async def _beat(worker: Worker) -> None:
    while True:
        await asyncio.to_thread(workers.beat, worker)
        await asyncio.sleep(workers.HEARTBEAT_SECONDS)


def _lane(app: App, queues: list[str], concurrency: int) -> Coroutine[Any, Any, None]:
    return app.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        wait=True,
        listen_notify=False,
        install_signal_handlers=False,
        fetch_job_polling_interval=0.5,
        update_heartbeat_interval=5,
        stalled_worker_timeout=_STALLED_SECONDS,
        shutdown_graceful_timeout=10,
    )


async def _work(concurrency: int, worker: Worker) -> None:
    assert isinstance(queue.connector, DjangoConnector)
    app = queue.with_connector(queue.connector.get_worker_connector())
    loop = asyncio.get_running_loop()
    # A thread for each job in hand, and for each of what goes on beside them.
    loop.set_default_executor(ThreadPoolExecutor(concurrency + 8))
    async with app.open_async():
        beside = [
            asyncio.create_task(one)
            for one in (_revive_often(), _go_round(), _raise_old(), _beat(worker))
        ]
        lanes = [
            asyncio.create_task(_lane(app, [jobs.HOUSE, jobs.PERSONS], concurrency)),
            asyncio.create_task(_lane(app, [jobs.PERSONS], 1)),
        ]

        def stop() -> None:
            for lane in lanes:
                lane.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        try:
            # A lane that ends by itself has lost the database for good: the other ends as well.
            await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
            stop()
            ended = await asyncio.gather(*lanes, return_exceptions=True)
        finally:
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
    for one in ended:
        if isinstance(one, Exception):
            raise one


def run_worker(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT; a job in hand gets ten seconds to reach its next stop point.

    `concurrency`: how many jobs of any kind at once; one more place is kept for persons' jobs.
    """
    worker = workers.begin(concurrency)
    try:
        asyncio.run(_work(concurrency, worker))
    finally:
        workers.end(worker)
