"""What other processes do beside the server: commands, and the worker. Here they are threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import TypeVar

from django.core.management import call_command
from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

T = TypeVar("T")
LIMIT = 60  # seconds


def run(act: Callable[[], T]) -> T:
    """Return what `act` returns, outside the transaction of the test and Playwright's loop."""

    def acting() -> T:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(acting).result(LIMIT)


def command(name: str, **options: str) -> str:
    """Run a command of manage.py and return what it prints."""
    out = StringIO()
    run(lambda: call_command(name, stdout=out, **options))
    return out.getvalue().strip()


def work() -> None:
    """Do all jobs that wait in the batch queue, as `python -m config.worker batch 1` would."""
    run(lambda: asyncio.run(_work()))


async def _work() -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        async with working.open_async():
            await working.run_worker_async(
                queues=["batch"], wait=False, listen_notify=False, install_signal_handlers=False
            )
