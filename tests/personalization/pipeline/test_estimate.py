"""A dry run says what a run would do, asks nothing, and leaves nothing behind."""

import pytest

from personalization.arms.configuration import Extracting
from personalization.models import Arm, ArmRun, Endpoint, Extraction, ModelCall
from personalization.pipeline.estimate import estimate, estimate_of
from personalization.pipeline.runs import start
from personalization.runs.estimates import Estimate
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.pipeline.carried import SAID, arm, go, place, talk

pytestmark = pytest.mark.django_db(transaction=True)


def dry(whole: Arm, most_items: int | None = None, **manner: str) -> Estimate:
    """Estimate a run of another arm at the same place."""
    assert whole.endpoint is not None
    given = Extracting(**{"embedder": "", **manner})  # type: ignore[arg-type]
    return estimate(
        whole.study, whole.step, whole.endpoint, "fake-large", {}, given, most_items=most_items
    )


def test_it_leaves_nothing_behind(llm_server: LLMServer) -> None:
    """Neither an arm nor a row nor a call; its requests are real ones, priced by their length."""
    whole = arm(place(llm_server), 6)
    make.price(at=place_of(whole), model="fake-large")
    found = dry(whole)
    assert (found.items, found.calls, found.drawn, found.withheld) == (6, 6, 6, 0)
    assert found.prompt_tokens.expected > 6 * 20
    assert found.micros is not None
    assert 0 < found.micros.low < found.micros.expected < found.micros.high
    assert found.currency
    assert (Arm.objects.count(), Extraction.objects.count(), ModelCall.objects.count()) == (1, 0, 0)
    assert llm_server.count() == 0


def test_what_follows_is_counted(llm_server: LLMServer) -> None:
    """Evidence by a second call costs calls that nobody can count exactly before."""
    whole = arm(place(llm_server), 3)
    assert dry(whole, evidence="second").calls > dry(whole).calls == 3


def test_at_most_so_many(llm_server: LLMServer) -> None:
    assert dry(arm(place(llm_server), 5), most_items=2).calls == 2


def test_it_learns_from_earlier_runs(llm_server: LLMServer) -> None:
    """How long answers are and how long they take; and only what is left is counted."""
    llm_server.say(None, SAID)
    whole = arm(place(llm_server), 6)
    assert estimate_of(whole).latency is None
    go(start(whole))
    assert estimate_of(whole).calls == 0
    talk(whole.study, 2)
    found = estimate_of(whole)
    assert (found.items, found.learned) == (2, 6)
    assert found.latency is not None
    assert found.seconds is not None
    assert found.completion_tokens.expected == pytest.approx(2 * len(SAID.split()), rel=0.5)
    assert ArmRun.objects.count() == 1


def place_of(whole: Arm) -> Endpoint:
    assert whole.endpoint is not None
    return whole.endpoint
