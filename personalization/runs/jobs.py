"""Jobs of runs: a job only says which run to carry on."""

from datetime import datetime

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import configure_task

from annotation.work import JOBS

QUEUE = "batch"


def look_for(name: str, run: int, at: datetime | None = None) -> None:
    """Let a worker carry a run on, not before `at`; one waiting job for a run is enough."""
    job = configure_task(
        name=name,
        job_manager=JOBS,
        queue=QUEUE,
        schedule_at=at,
        queueing_lock=f"{name}:{run}",
    )
    try:
        with transaction.atomic():
            job.defer(run_id=run)
    except AlreadyEnqueued:
        return
