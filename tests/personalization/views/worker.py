"""The real worker on the test's database, until no job is left."""

import asyncio
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.worker import Worker


def work(queue: str = "batch") -> None:
    """Do all waiting jobs of a queue."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        asyncio.run(_work(queue))


async def _work(queue: str) -> None:
    async with app.open_async():
        await app.run_worker_async(
            queues=[queue],
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            task_middleware=[_closing],
        )
    await sync_to_async(connections.close_all)()


def _closing(job: Callable[[], object], context: JobContext, worker: Worker) -> object:
    """Close the connections of a job's thread: nothing may stay open after a test."""
    try:
        return job()
    finally:
        connections.close_all()
