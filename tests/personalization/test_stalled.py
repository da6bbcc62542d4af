"""Jobs that a killed live worker has left do not stand in the way of others."""


import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation.work import look
from tests.personalization.views.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_stalled_look_is_forgotten() -> None:
    """A job with the same lock waits in the queue by now; the row itself says what is to be done."""
    look("reply", 1, lock="message 1")
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h')")
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing',"
        " worker_id = (SELECT id FROM procrastinate_workers)"
    )
    look("reply", 1, lock="message 1")
    app.configure_task("retry_stalled").defer(timestamp=0)
    work()
    jobs = ProcrastinateJob.objects
    assert [job.status for job in jobs.filter(task_name="look_for_reply")] == ["todo"]
    assert {job.status for job in jobs.filter(task_name="retry_stalled")} == {"succeeded"}
