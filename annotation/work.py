"""Tell the workers that there is work to be found; the queue never carries the work itself."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

LIVE = "live"  # the queue of everything that a person is waiting for
# Somebody watches a chat; whoever waits for a page was told that it takes a while.
PRIORITY = {"reply": 1}
# Always Django's own connection: a worker's app has others, which are outside our transactions.
JOBS = JobManager(DjangoConnector())


def look(
    step: str, about: int | None = None, at: datetime | None = None, lock: str | None = None
) -> None:
    """Let a worker look for work of `step`, as part of the open transaction.

    With a row that it is `about`, the worker first plans what should be done. `at`: not earlier.
    Of jobs with one `lock`, no second one is put in the queue while the first one waits there.

    Notebook code knows steps by name alone: what they do is the machine's business.
    """
    job = configure_task(
        name=f"look_for_{step}",
        job_manager=JOBS,
        queue=LIVE,
        priority=PRIORITY.get(step, 0),
        schedule_at=at,
        queueing_lock=lock,
    )
    try:
        with transaction.atomic():
            job.defer(about=about)
    except AlreadyEnqueued:
        return
