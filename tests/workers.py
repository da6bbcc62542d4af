"""Real worker processes on the test's database, for tests that kill them."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.db import connection


class Worker:
    """A worker process of one queue, as `make run` starts it; a context manager."""

    def __init__(self, log: Path, queue: str, jobs: int = 2, **more: str) -> None:
        """Start it; `more` are variables of its environment."""
        self.log = log
        with log.open("a") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.worker", queue, str(jobs)],
                cwd=settings.BASE_DIR, env={**environment(), **more},
                stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            sys.stdout.write(self.log.read_text())  # pytest shows it beside the failure
        self.kill()

    def kill(self) -> None:
        """End it at once: it has no time to clean up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def environment() -> dict[str, str]:
    """Return the environment in which a process works on the database of this test."""
    at = connection.get_connection_params()
    name, host, user = (quote(str(at[key]), safe="") for key in ("dbname", "host", "user"))
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{user}@{host}/{name}",
        "CONCORD_DATA": str(settings.DATA_DIR),
        "CONCORD_ENDPOINT_HOSTS": ",".join(settings.ENDPOINT_HOSTS),
    }
