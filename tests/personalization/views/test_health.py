"""Whether everything runs."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.models import Endpoint
from tests import busy
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.kept_arms import arm, extraction, run_of
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db


def execute(sql: str, *values: str | datetime) -> None:
    """Change the queue's tables, whose models are for reading."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def worker(seconds_ago: int) -> None:
    execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)",
        timezone.now() - timedelta(seconds=seconds_ago),
    )


def job(status: str, queue: str = "live", minutes_ago: int = 0) -> None:
    """Make a job whose last event was so long ago."""
    execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES (%s, %s, %s)",
        queue,
        "look_for_reply",
        status,
    )
    execute(
        "DELETE FROM procrastinate_events WHERE job_id = (SELECT max(id) FROM procrastinate_jobs)"
    )
    execute(
        "INSERT INTO procrastinate_events (job_id, type, at)"
        " VALUES ((SELECT max(id) FROM procrastinate_jobs), 'deferred', %s)",
        timezone.now() - timedelta(minutes=minutes_ago),
    )


def rows(client: Client) -> dict[str, str]:
    """Return each thing with its state and what was found."""
    page = read(client.get("/health/"))
    return {
        next(row.all("th")).text: " ".join(cell.text for cell in row.all("td"))
        for body in page.all("tbody")
        for row in body.all("tr")
    }


def alert(page: Node) -> str:
    return next(page.all("div", "alert")).text


def test_a_site_in_order(researcher: Client) -> None:
    """Two workers, an endpoint that answered: nothing to look at."""
    worker(1)
    worker(5)
    Endpoint.objects.create(
        name="far", url="https://far.test", model="m", answered_at=busy.moment(-0.001)
    )
    found = rows(researcher)
    assert found["Workers"] == "In order 2 are alive"
    assert found["Answer"].startswith("In order PostgreSQL ")
    assert found["Migrations"] == "In order All are applied"
    assert found["far"] == "In order Last answer 1 minute ago"
    assert found["Disk"].endswith("free in the data folder")
    assert found["All steps"] == "In order Nothing failed"
    assert "Django 5." in found["Versions"]
    assert alert(read(researcher.get("/health/"))) == "Everything is in order."


@pytest.mark.parametrize(
    ("beats", "state"),
    [
        ([], "Out of order None"),
        ([600], "Out of order None; the last one was heard 10 minutes ago"),
        ([1, 600], "Look at this 1 is alive"),
    ],
)
def test_workers(researcher: Client, beats: list[int], state: str) -> None:
    for beat in beats:
        worker(beat)
    assert rows(researcher)["Workers"].startswith(state)


class Queue(NamedTuple):
    """A queue with some jobs, and what is said about it."""

    jobs: Callable[[], None]
    said: str


QUEUES = [
    Queue(lambda: job("todo"), "In order 1 wait, 0 in work, 0 failed within a day"),
    Queue(lambda: job("doing"), "In order 0 wait, 1 in work, 0 failed within a day"),
    Queue(lambda: job("todo", minutes_ago=5), "Out of order 1 wait, 0 in work"),
    Queue(lambda: job("failed", minutes_ago=60), "Look at this 0 wait, 0 in work, 1 failed"),
    Queue(lambda: job("failed", minutes_ago=6000), "In order 0 wait, 0 in work, 0 failed"),
]


@pytest.mark.parametrize("queue", QUEUES, ids=[one.said for one in QUEUES])
def test_queues(researcher: Client, queue: Queue) -> None:
    queue.jobs()
    assert rows(researcher)["Queue live"].startswith(queue.said)


def test_the_batch_queue_may_wait_longer(researcher: Client) -> None:
    job("todo", queue="batch", minutes_ago=5)
    assert rows(researcher)["Queue batch"].startswith("In order")


@pytest.mark.parametrize(
    ("answered", "failed", "state"),
    [
        (None, None, "In order Never answered yet"),
        (None, -0.1, "Out of order Never answered yet Last error"),
        (-0.2, -0.1, "Out of order Last answer"),
        (-0.1, -0.2, "Look at this Last answer"),
        (-0.1, -3, "In order Last answer"),
    ],
)
def test_endpoints(
    researcher: Client, answered: float | None, failed: float | None, state: str
) -> None:
    """What it said last decides; the error is shown, and never a key."""
    Endpoint.objects.create(
        name="far",
        url="https://far.test",
        sealed_key=b"hunter2",
        answered_at=busy.moment(answered) if answered else None,
        failed_at=busy.moment(failed) if failed else None,
        error="unavailable: <b>503</b>" if failed else "",
    )
    found = rows(researcher)["far"]
    assert found.startswith(state)
    assert ("unavailable: <b>503</b>" in found) is bool(failed)
    assert "hunter2" not in researcher.get("/health/").content.decode()


def test_a_closed_endpoint_is_no_matter(researcher: Client) -> None:
    Endpoint.objects.create(name="far", url="https://far.test", closed_at=busy.moment(-1))
    found = rows(researcher)
    assert "far" not in found
    assert found["offline-stand-in"].startswith("Look at this")


def test_failed_work_of_the_last_day(researcher: Client) -> None:
    """With an example; what failed before is over."""
    busy.study()
    found = rows(researcher)
    assert found["Replies in the chat"].startswith("Look at this 10 For example: unavailable")


def test_failed_rows_of_runs_stand_apart(researcher: Client) -> None:
    """Nobody waits for them at this moment, and their retry is on the page of the run."""
    person = make.enrolled()
    run = run_of(arm(person.study))
    extraction(run, person, failure="refused: no")
    found = rows(researcher)
    assert "Attributes from the chat" not in found
    said = found["Attributes from the chat, in runs of arms"]
    assert said.startswith("Look at this 1 For example: refused: no")


def test_it_costs_the_same_with_many(researcher: Client) -> None:
    costs = []
    for many in (1, 5):
        busy.study(people=many)
        for number in range(many):
            job("todo")
            Endpoint.objects.create(name=f"e{many}-{number}", url="https://far.test")
        costs.append(queries_of(researcher, "/health/"))
    assert costs[0] == costs[1] <= 20


@pytest.mark.parametrize(
    ("free", "state"), [(10**12, "In order"), (10**9, "Look at this"), (10**6, "Out of order")]
)
def test_disk(researcher: Client, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    """A little room is worth a look, hardly any is worse."""

    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(free))
    assert rows(researcher)["Disk"].startswith(state)


def test_it_comes_in_part(researcher: Client) -> None:
    part = researcher.get("/health/", headers={"hx-request": "true"}).content.decode()
    assert 'id="state"' in part
    assert "<html" not in part


def test_not_for_strangers(client: Client) -> None:
    assert client.get("/health/")["Location"] == "/signin/?next=/health/"


def test_not_for_somebody_who_takes_part(client: Client) -> None:
    session = client.session
    session["participant"] = make.participant().pk
    session.save()
    assert client.get("/health/").status_code == 302


def test_not_for_an_inactive_account(researcher: Client, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get("/health/").status_code == 302


@pytest.mark.parametrize("path", ["/health/", "/healthz/"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_wrong_method(researcher: Client, path: str, method: str) -> None:
    assert getattr(researcher, method)(path).status_code == 405


def test_one_word_for_monitors(client: Client) -> None:
    """Without signing in, without a cookie, without details, kept by no cache."""
    response = client.get("/healthz/?details=1")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert client.head("/healthz/").status_code == 200


def test_one_word_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, and nothing about where the database is."""

    def refuse() -> None:
        raise OperationalError("connection to 10.0.0.7 refused for user concord")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
