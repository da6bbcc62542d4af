"""The live worker is killed while it writes replies and reads conversations; nothing is lost."""

from pathlib import Path

import pytest
from django.db.models import Count

from annotation import models as m
from annotation.models.person import Part
from personalization.models import Extraction, Merging, ModelCall, Reply
from tests.llm_exchange import Body
from tests.llm_server import LLMServer, texts_of
from tests.personalization.machine import chat, endpoint, finish, message, person, study
from tests.running import until
from tests.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = 4
PEOPLE = 3  # who talk, and as many who wait for their review
SOON = {"CONCORD_LEASE_SECONDS": "8"}


def in_flight() -> int:
    return ModelCall.objects.filter(answer__isnull=True, error=None).count()


def pending() -> int:
    return sum(
        rows.objects.filter(settled_at=None).count() for rows in (Reply, Extraction, Merging)
    )


def test_a_killed_worker(llm_server: LLMServer, tmp_path: Path) -> None:
    """No saved answer is asked for again; what was in flight is counted; everything settles.

    The second worker is not told of anything: it finds what the first one has left.
    """

    def later(body: Body) -> bool:
        return "before" not in texts_of(body)

    of = study(endpoint(llm_server, timeout=60), queries=0)
    early = message(person(of), "I sailed before.")
    with Worker(tmp_path / "log", "live", JOBS, **SOON) as worker:
        until(lambda: Reply.objects.filter(settled_at__isnull=False).exists())
        until(lambda: llm_server.in_flight == 0)
        # Replies come word by word and very slowly; what is asked about conversations is held.
        llm_server.misbehave("slow", None, lambda body: later(body) and "stream" in body, pause=0.5)
        llm_server.misbehave("timeout", None, lambda body: later(body) and "stream" not in body)
        talking = [message(person(of), "I sail every summer.") for _person in range(PEOPLE)]
        waiting = [person(of) for _person in range(PEOPLE)]
        for somebody in waiting:
            finish(chat(somebody, "I work at night.", "Really?"), somebody)
        until(lambda: llm_server.in_flight == JOBS and Reply.objects.exclude(text="").count() > 1)
        worker.kill()
    assert llm_server.most_in_flight <= JOBS
    llm_server.behave()
    lost = in_flight()
    assert 0 < lost <= JOBS
    # The dead worker's requests are not the next one's.
    until(lambda: llm_server.in_flight == 0)
    llm_server.most_in_flight = 0
    saved = ModelCall.objects.filter(answer__isnull=False).count()
    assert saved == 1
    assert pending() > 0
    with Worker(tmp_path / "log", "live", JOBS, **SOON):
        until(lambda: Extraction.objects.count() == PEOPLE and pending() == 0)
    assert in_flight() == 0
    assert ModelCall.objects.filter(error__startswith="lost: ").count() == lost
    answered = ModelCall.objects.filter(answer__isnull=False).values("step", "work_id")
    assert [row["calls"] for row in answered.annotate(calls=Count("pk"))] == [1] * (2 * PEOPLE + 1)
    assert llm_server.count() == 2 * PEOPLE + 1 + lost
    assert llm_server.most_in_flight <= JOBS
    for turn in (early, *talking):
        answer = turn.conversation.turns.get(position=1)
        assert answer.text == Reply.objects.get(turn=turn).text
        assert answer.text
    for somebody in waiting:
        somebody.refresh_from_db()
        assert (somebody.part, somebody.waiting_since, somebody.trouble) == (Part.REVIEW, None, "")
        assert m.Sheet.objects.filter(owner__participant=somebody.participant).count() == 1
