"""A worker process for one queue: `python -m config.worker QUEUE JOBS_AT_A_TIME`."""

import os
import sys

import django
from django.core.management import call_command


def main(queue: str, jobs: str) -> None:
    """Work on `queue` until told to stop; finish what is under way first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command(
        "procrastinate", "worker", "--queues", queue, "--concurrency", jobs, "--name", queue,
        "--shutdown-graceful-timeout", "5",
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
