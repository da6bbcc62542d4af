"""Runs with a budget, over real HTTP: what is spent, when they pause, and that they come to an end."""

import pytest

from annotation.models import Study
from personalization.judge.budgets import set_budget
from personalization.judge.estimate import estimate
from personalization.judge.ledger import totals
from personalization.judge.runs import start_judge, try_again
from personalization.models import Endpoint, JudgeRun, ModelCall
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import asked, place, run, study, to_the_end

pytestmark = pytest.mark.django_db(transaction=True)
SURE = {"temperature": 0, "max_tokens": 60}


@pytest.fixture
def at(llm_server: LLMServer) -> Endpoint:
    made = place(llm_server, concurrency=4)
    make.price(at=made)
    return made


@pytest.fixture
def whole(at: Endpoint) -> Study:
    return study(make.enrolled())  # one person: no two requests are the same


def begun(whole: Study, at: Endpoint, budget: int | None) -> JudgeRun:
    one = run(whole, "attribute", "relevance", "gain", at=at, **SURE)
    set_budget(one, budget)
    return one


def costs(one: JudgeRun) -> list[int]:
    ids = one.verdicts.values("pk")
    calls = ModelCall.objects.filter(step="verdict", work_id__in=ids, answer__isnull=False)
    return [cost or 0 for cost in calls.values_list("cost_micros", flat=True)]


def test_what_is_spent_is_what_calls_cost(whole: Study, at: Endpoint) -> None:
    """In the run, in its ledger and in the calls, to the last micro, by what the server counted."""
    done = to_the_end(begun(whole, at, None))
    assert (done.settled, done.currency) == (12, "USD")
    assert done.spent_micros == sum(costs(done)) == totals(done).answered.micros > 0
    used = totals(done).answered
    assert done.spent_micros == used.prompt_tokens * 10 + used.completion_tokens * 100


def test_a_budget_that_is_too_small_pauses_the_run_and_more_of_it_ends_it(
    whole: Study, at: Endpoint
) -> None:
    """Nothing is spent beyond it, what was answered stays, and with more money the run goes on."""
    budget = 25_000
    paused = to_the_end(begun(whole, at, budget))
    assert paused.trouble.startswith("budget: 0.0")
    assert paused.finished_at is None
    assert 0 < paused.settled < 12
    assert 0 < paused.spent_micros <= budget
    assert not paused.verdicts.filter(settled_at=None, reserved_micros__gt=0).exists()
    set_budget(paused, 10 * budget)
    assert try_again(paused)
    done = to_the_end(paused)
    assert (done.settled, done.trouble) == (12, "")
    assert len(costs(done)) == 12
    assert done.spent_micros == sum(costs(done))


def test_a_budget_that_is_just_enough_ends_the_run(whole: Study, at: Endpoint) -> None:
    """Where all is answered, nobody minds that not one more call would fit."""
    questions = asked(whole, "attribute")
    dear = estimate(whole, questions, at, at.model, SURE, most_items=1).most_micros
    one = start_judge(whole, questions, at, at.model, SURE, budget_micros=dear, most_items=1)
    done = to_the_end(one)
    assert (done.settled, done.trouble) == (1, "")
    assert done.finished_at is not None


def test_a_budget_of_nothing_asks_nothing(
    whole: Study, at: Endpoint, llm_server: LLMServer
) -> None:
    """Not even a first call."""
    paused = to_the_end(begun(whole, at, 0))
    assert paused.trouble.startswith("budget: ")
    assert (paused.settled, llm_server.count()) == (0, 0)


def test_a_budget_whose_price_is_gone_asks_nothing(
    whole: Study, at: Endpoint, llm_server: LLMServer
) -> None:
    """Somebody minds what it costs, and nobody knows."""
    one = begun(whole, at, 10**6)
    at.prices.all().delete()
    paused = to_the_end(one)
    assert paused.trouble.startswith("no_price: ")
    assert llm_server.count() == 0
