"""A worker is killed in the middle of a judge's run, and a run is cancelled while it is asked."""

from pathlib import Path
from threading import Thread

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.db.models import Count

from annotation import models as m
from personalization.judge.running import carry_on
from personalization.judge.runs import cancel, look_for_abandoned
from personalization.models import JudgeRun, ModelCall, Verdict
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import jobs, later, place, run, study
from tests.running import until
from tests.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4  # calls
SAVED = 5  # answers before the others are held


@pytest.fixture
def held(llm_server: LLMServer) -> JudgeRun:
    """A run whose judge answers some readings, and lets the others wait."""
    llm_server.say(None, "Answer: accepted")
    llm_server.say("Response A", "Answer: 3")
    llm_server.say("The request:\n", "Answer: yes")
    llm_server.say("Response B", "Answer: 3")
    llm_server.misbehave("timeout", None, matching=lambda _body: len(llm_server.asked) > SAVED)
    kinds = ("attribute", "relevance", "overall", "gain")
    return run(
        study(make.enrolled()), *kinds, at=place(llm_server, concurrency=AT_ONCE, timeout_s=60)
    )


def settled(one: JudgeRun) -> int:
    return Verdict.objects.filter(run=one, settled_at__isnull=False).count()


def is_held(one: JudgeRun, server: LLMServer) -> bool:
    """Return whether some answers are saved, and the endpoint is busy with others."""
    return settled(one) == SAVED and server.in_flight > AT_ONCE // 2


def ended(one: JudgeRun) -> bool:
    one.refresh_from_db()
    return one.finished_at is not None


def test_a_killed_worker(held: JudgeRun, llm_server: LLMServer, tmp_path: Path) -> None:
    """No saved answer is asked for again; what was in flight is counted; everything settles."""
    with Worker(tmp_path / "log", "batch") as worker:
        until(lambda: is_held(held, llm_server))
        worker.kill()
    llm_server.behave()
    assert llm_server.most_in_flight <= AT_ONCE
    in_flight = llm_server.count() - ModelCall.objects.filter(answer__isnull=False).count()
    assert 0 < in_flight <= AT_ONCE
    assert jobs(held) == 0
    assert look_for_abandoned() == []  # its leases are not over yet
    later(held)
    assert look_for_abandoned() == [held.pk]
    with Worker(tmp_path / "log", "batch"):
        until(lambda: ended(held))
    assert (held.settled, held.planned) == (14, 14)
    # What was claimed ahead may have been under way, for all that the next worker knows.
    lost = ModelCall.objects.filter(error__startswith="lost").count()
    assert in_flight <= lost <= 2 * AT_ONCE
    assert llm_server.count() == 14 + in_flight
    answered = ModelCall.objects.filter(answer__isnull=False).values("work_id")
    assert all(row["n"] == 1 for row in answered.annotate(n=Count("pk")))
    assert m.Judgment.objects.filter(rater=held.rater).count() == 10
    assert llm_server.most_in_flight <= AT_ONCE


def test_cancelled_while_it_is_asked(held: JudgeRun, llm_server: LLMServer) -> None:
    """Calls under way are finished and saved; no new ones begin."""

    def work() -> None:
        async_to_sync(carry_on)(held.pk)
        connections.close_all()

    worker = Thread(target=work)
    worker.start()
    until(lambda: is_held(held, llm_server))
    assert cancel(held)
    llm_server.behave()
    worker.join()
    held.refresh_from_db()
    # Those that were claimed ahead may have begun before the worker heard of it.
    assert SAVED < held.settled == llm_server.count() <= SAVED + 2 * AT_ONCE
    assert (held.planned, held.finished_at) == (14, None)
