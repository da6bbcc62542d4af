"""A worker process for one queue: `python -m config.worker QUEUE JOBS_AT_A_TIME`."""

import os
import sys

import django
from django.core.management import call_command

POLL = "1"  # seconds between looks for jobs whose time has come; new jobs are heard of at once


def main(queue: str, jobs: str) -> None:
    """Work on `queue` until told to stop; finish what is under way first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # What a killed worker has left is not to wait for the minute.
    call_command("find_work")
    call_command(
        "procrastinate", "worker", "--queues", queue, "--concurrency", jobs, "--name", queue,
        "--shutdown-graceful-timeout", "5", "--fetch-job-polling-interval", POLL,
        # The rows of work tell what was done; jobs that only said so would pile up.
        "--delete-jobs", "successful",
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
