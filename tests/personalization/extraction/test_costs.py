"""What a conversation costs is what its calls cost, retries and the search for evidence included."""

import json

import pytest

from personalization.extraction.costs import Cost, per_conversation
from personalization.extraction.step import FEWEST
from personalization.models import ModelCall
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.extraction.extracted import (
    CHAIN,
    answer,
    extractor,
    finished,
    run_of,
    run_off,
    said,
)
from tests.personalization.machine import endpoint, person, study

pytestmark = pytest.mark.django_db


def test_nothing_costs_nothing() -> None:
    cost = per_conversation(make.arm())
    assert cost == Cost(0, 0, 0, 0, None, "")
    assert (cost.calls_each, cost.tokens_each, cost.micros_each) == (None, None, None)


def test_all_calls_of_an_arm_count(llm_server: LLMServer) -> None:
    """Two conversations, two attributes, one refused request: five calls; trials count nowhere."""
    arm = extractor(study(endpoint(llm_server), queries=0), evidence="second", embedder="")
    other = extractor(arm.study, model="other")
    llm_server.say("I sail", answer(said("The user sails.")))
    llm_server.say("I cook", answer(said("The user cooks.")))
    llm_server.say("Task: evidence", json.dumps({"evidence": []}))
    llm_server.misbehave("bad_request", matching="I cook")
    for text in ("I sail.", "I cook.", "I sail at night."):
        finished(person(arm.study), text)
    run_off(run_of(arm, currency="EUR"))
    run_off(run_of(other))
    run_off(run_of(arm, trial=True))
    mine = ModelCall.objects.filter(model=arm.model)
    assert mine.count() == 8  # three of them are the trial's
    assert per_conversation(arm).micros is None
    mine.filter(answer__isnull=False).update(
        cost_micros=30, prompt_tokens=100, completion_tokens=10
    )
    cost = per_conversation(arm)
    assert cost == Cost(3, 5, 400, 40, 120, "EUR")
    assert cost.calls_each == pytest.approx(5 / 3)
    assert cost.tokens_each == pytest.approx(440 / 3)
    assert cost.micros_each == 40


def test_what_follows_is_expected_as_it_was_before(llm_server: LLMServer) -> None:
    """A call for each attribute that a conversation brings; roughly, until enough were read."""
    of = study(endpoint(llm_server), queries=0)
    arm, plain = extractor(of, evidence="second"), extractor(of)
    assert (CHAIN[0].follow_ups(arm, 10), CHAIN[0].follow_ups(plain, 10)) == (40, 0)
    llm_server.say("Task: extraction", answer(said("The user sails."), said("The user cooks.")))
    for _person in range(FEWEST):
        finished(person(of), "I sail, I cook.")
    run_off(run_of(plain))
    assert CHAIN[0].follow_ups(arm, 10) == 20
