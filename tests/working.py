"""The live worker for tests: it does all jobs in the queue, one after another, and never waits."""

from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation.work import LIVE
from personalization.live import STEPS

Job = tuple[str, dict[str, Any]]


def work_off(waiting: bool = True) -> list[str]:
    """Do all jobs; `waiting`: also those for later, as if their time had come. Return their names."""
    return _work_off(waiting)


@async_to_sync
async def _work_off(waiting: bool) -> list[str]:
    done = []
    while job := await sync_to_async(_take)(waiting):
        name, arguments = job
        await app.tasks[name].func(**arguments)
        done.append(name)
        assert len(done) < 500, "it never ends"
    return done


def _take(waiting: bool) -> Job | None:
    jobs = ProcrastinateJob.objects.filter(status="todo", queue_name=LIVE)
    ready = jobs.order_by("-priority", "scheduled_at", "id")
    job = ready.first() if waiting else ready.filter(scheduled_at=None).first()
    if job is None:
        return None
    if job.scheduled_at is not None:
        for step in STEPS.values():
            pending = step.model._default_manager.filter(settled_at=None, due_at__gt=Now())
            pending.update(due_at=Now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
    return job.task_name, job.args
