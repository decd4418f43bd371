"""The worker process: takes queued jobs by polling (a NOTIFY per insert serialises commits)."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector

from tangthu.kernel import jobs, rounds

_REVIVE_SECONDS = 2.0
_STALLED_SECONDS = 20
_ROUNDS_SECONDS = 15.0


async def _revive_often() -> None:
    suspected: set[int] = set()
    while True:
        suspected = await asyncio.to_thread(jobs.revive_deserted, suspected)
        await asyncio.sleep(_REVIVE_SECONDS)


async def _go_round() -> None:
    while True:
        await asyncio.to_thread(rounds.run_due)
        await asyncio.sleep(_ROUNDS_SECONDS)


async def _work(concurrency: int) -> None:
    assert isinstance(queue.connector, DjangoConnector)
    app = queue.with_connector(queue.connector.get_worker_connector())
    async with app.open_async():
        beside = [
            asyncio.create_task(_revive_often()),
            asyncio.create_task(_go_round()),
        ]
        try:
            await app.run_worker_async(
                queues=["house"],
                concurrency=concurrency,
                wait=True,
                listen_notify=False,
                fetch_job_polling_interval=0.5,
                update_heartbeat_interval=5,
                stalled_worker_timeout=_STALLED_SECONDS,
                shutdown_graceful_timeout=10,
            )
        finally:
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def run_worker(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT; a job in hand gets ten seconds to reach its next stop point."""
    asyncio.run(_work(concurrency))
