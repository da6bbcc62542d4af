"""Jobs that a killed live worker has left do not stand in the way of others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation.work import look
from personalization.judge.jobs import JOB, look_for_readings
from personalization.tasks import FOUND_ANYWAY
from tests.personalization.views.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def kill() -> None:
    """Let the worker of all jobs be gone for an hour."""
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h')")
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing',"
        " worker_id = (SELECT id FROM procrastinate_workers)"
    )


def test_a_stalled_look_is_forgotten() -> None:
    """A job with the same lock waits in the queue by now; the row itself says what is to be done."""
    look("reply", 1, lock="message 1")
    kill()
    look("reply", 1, lock="message 1")
    app.configure_task("retry_stalled").defer(timestamp=0)
    work()
    jobs = ProcrastinateJob.objects
    assert [job.status for job in jobs.filter(task_name="look_for_reply")] == ["todo"]
    assert {job.status for job in jobs.filter(task_name="retry_stalled")} == {"succeeded"}


def test_the_stalled_job_of_a_run_is_forgotten() -> None:
    """Another job of the same run waits for its time by now, with the same lock."""
    later = timezone.now() + timedelta(hours=1)
    look_for_readings(1)
    kill()
    look_for_readings(1, later)
    app.configure_task("retry_stalled").defer(timestamp=0)
    work()
    jobs = ProcrastinateJob.objects
    left = jobs.filter(task_name=JOB).values_list("status", "scheduled_at")
    assert list(left) == [("todo", later)]
    assert {job.status for job in jobs.filter(task_name="retry_stalled")} == {"succeeded"}


def test_no_job_that_stalls_meets_another_one_with_its_lock() -> None:
    """Whatever is put in the queue under a lock is forgotten when it stalls, not tried again."""
    locked = {name for name, task in app.tasks.items() if task.queueing_lock}
    assert {"find_work", "find_judge_runs"} <= locked
    assert locked - FOUND_ANYWAY == {"retry_stalled"}
