"""The worker of an arm's run is killed twice; nothing that was saved is asked for again."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from django.db.models import Count, Exists, OuterRef

from annotation.models import Attribute
from personalization.models import ArmLedger, ArmRun, Extraction, ModelCall
from personalization.pipeline.runs import start
from tests.llm_exchange import Body, Fault
from tests.llm_server import LLMServer
from tests.personalization.pipeline.carried import SAID, arm, is_counted, place
from tests.running import until
from tests.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)
CONVERSATIONS, PLACES, KILLS = 40, 6, 2
BETWEEN = 14  # answers until the others are held, and the worker is killed
FAULTS: tuple[Fault, ...] = ("error_500", "garbage", "dropped")


def saved() -> int:
    return ModelCall.objects.filter(answer__isnull=False).count()


def in_flight() -> int:
    return ModelCall.objects.filter(answer__isnull=True, error=None).count()


def ended(one: ArmRun) -> bool:
    one.refresh_from_db()
    return one.finished_at is not None


def all_but(let_through: int) -> Callable[[Body], bool]:
    """Return which requests are to be held: all after so many others."""
    left = count(let_through, -1)
    return lambda _body: next(left) <= 0


def test_killed_twice(llm_server: LLMServer, tmp_path: Path) -> None:
    """Each worker finds by itself what the last one left; what was in flight is lost, and counted."""
    llm_server.say(None, SAID)
    for number, fault in enumerate(FAULTS, 8):
        llm_server.misbehave(fault, 1, f"number {number}.")
    one = start(arm(place(llm_server, PLACES, timeout_s=60), CONVERSATIONS, embedder="tfidf"))
    for kill in range(1, KILLS + 1):
        llm_server.misbehave("timeout", None, all_but(BETWEEN))
        with Worker(tmp_path / "log", "batch") as worker:
            until(lambda kill=kill: saved() == kill * BETWEEN)  # type: ignore[misc]
            until(lambda: llm_server.in_flight == PLACES == in_flight())
            worker.kill()
        llm_server.behave()
        until(lambda: llm_server.in_flight == 0)
        assert saved() == kill * BETWEEN
    with Worker(tmp_path / "log", "batch"):
        until(lambda: ended(one))
    rows = Extraction.objects.filter(run=one)
    assert rows.filter(settled_at__isnull=False, found=1).count() == CONVERSATIONS
    calls = ModelCall.objects.filter(step="extraction")
    before = calls.filter(
        work_id=OuterRef("work_id"), attempt__lt=OuterRef("attempt"), answer__isnull=False
    )
    assert not calls.filter(Exists(before)).exists()
    answered = calls.filter(answer__isnull=False).values("work_id").annotate(n=Count("pk"))
    assert [each["n"] for each in answered] == [1] * CONVERSATIONS
    assert calls.filter(error__startswith="lost").count() == KILLS * PLACES
    assert llm_server.count() == calls.count()
    assert llm_server.most_in_flight == PLACES
    noted = ArmLedger.objects.filter(run=one).values_list("calls", flat=True)
    assert sum(noted) == calls.count()
    assert is_counted(one)
    assert Attribute.objects.count() == CONVERSATIONS
