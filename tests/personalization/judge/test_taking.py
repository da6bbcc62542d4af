"""Readings are taken with their requests: what was answered before is not asked, nor what is too dear."""

import pytest
from django.db.models.functions import Now

from personalization.judge.leases import claim
from personalization.judge.manner import Manner
from personalization.judge.planning import plan
from personalization.judge.runs import set_limits, start_judge
from personalization.judge.saving import save
from personalization.judge.taking import Taking
from personalization.llm.backend import AskError
from personalization.models import JudgeRun, Ledger, ModelCall, Verdict
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import (
    answers,
    asked,
    go,
    later,
    place,
    run,
    study,
    to_the_end,
)
from tests.personalization.judge.test_saving import call

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(llm_server: LLMServer) -> JudgeRun:
    """A run over three attributes, whose judge accepts them all."""
    llm_server.say(None, "It fits.\nAnswer: accepted")
    return run(study(make.enrolled()), "attribute", at=place(llm_server))


def taking(one: JudgeRun, worker: str) -> Taking:
    assert one.endpoint is not None
    return Taking(one, one.endpoint, worker)


def test_a_batch_with_its_requests(one: JudgeRun) -> None:
    plan(one)
    taken = taking(one, "me").take(2)
    assert (taken.claimed, len(taken.due), taken.kept) == (2, 2, [])
    first = taken.due[0]
    assert first.ask.model == "fake"
    assert first.request_hash == first.ask.hash()
    known = one.rater.configuration["prompts"]
    names = ("judge_attribute", Manner().form)
    assert first.prompt_hash.split() == [known[name]["hash"] for name in names]
    assert first.size > 200
    assert taking(one, "other").take(9).claimed == 1
    assert taking(one, "third").take(9).claimed == 0


def test_the_hashes_of_the_prompts_are_in_every_call(one: JudgeRun) -> None:
    go(one)
    known = {each["hash"] for each in one.rater.configuration["prompts"].values()}
    for prompt_hash in ModelCall.objects.values_list("prompt_hash", flat=True):
        assert len(set(prompt_hash.split()) & known) == 2


def test_the_same_request_is_not_paid_for_twice(one: JudgeRun, llm_server: LLMServer) -> None:
    """A trial has asked for two of the items: the run itself asks for the third alone."""
    trial = JudgeRun.objects.create(
        study=one.study, rater=one.rater, source="called", endpoint=one.endpoint,
        questions=one.questions, trial=True, most_items=2,
    )  # fmt: skip
    assert go(trial).settled == 2
    assert answers(one) == []  # nothing of a trial counts
    go(one)
    assert (one.settled, llm_server.count()) == (3, 3)
    assert answers(one) == [(2, None, 2.0)] * 3
    assert ModelCall.objects.filter(reused__isnull=False, cost_micros=0).count() == 2
    outcomes = dict(Ledger.objects.filter(run=one).values_list("outcome", "calls"))
    assert (outcomes["reused"], outcomes["answered"]) == (2, 1)


def test_another_sample_is_another_request(one: JudgeRun, llm_server: LLMServer) -> None:
    """Three samples in the same words are asked for three times."""
    assert one.endpoint is not None
    manner = Manner(answer="samples", samples=3)
    questions = asked(one.study, "attribute")
    many = start_judge(one.study, questions, one.endpoint, "fake", {}, manner=manner)
    assert go(many).settled == 9
    assert llm_server.count() == 9
    assert ModelCall.objects.values("request_hash").distinct().count() == 3


def test_what_a_dead_worker_has_saved_is_not_asked_again(one: JudgeRun) -> None:
    """Its answer was saved and not settled; of another it saved the error; the third was lost."""
    plan(one)
    first, second, third = claim(one, "dead", 3)
    save(one.endpoint.name, [call(first.pk), call(second.pk, AskError("timeout", "late"))])  # type: ignore[union-attr]
    later(one)
    taken = taking(one, "alive").take(9)
    assert [kept.due.claimed.pk for kept in taken.kept] == [first.pk]
    assert taken.kept[0].call is not None
    assert [(due.claimed.pk, due.claimed.attempt) for due in taken.due] == [
        (second.pk, 1),
        (third.pk, 1),
    ]
    assert str(ModelCall.objects.get(work_id=third.pk).error).startswith("lost")
    outcomes = dict(Ledger.objects.filter(run=one).values_list("outcome", "calls"))
    assert outcomes == {"lost": 1, "timeout": 1}
    assert set(Verdict.objects.values_list("worker", flat=True)) == {"alive"}


def test_a_budget_is_kept(one: JudgeRun, llm_server: LLMServer) -> None:
    """The run pauses before the call that it could not pay, and goes on once it may spend more."""
    assert one.endpoint is not None
    make.price(at=one.endpoint)
    one.endpoint.concurrency = 1
    one.endpoint.save()
    JudgeRun.objects.filter(pk=one.pk).update(budget_micros=1)
    to_the_end(one)
    assert (one.settled, one.trouble.partition(":")[0]) == (0, "budget")
    assert llm_server.count() == 0
    assert set_limits(one, 10_000_000_000, None)
    to_the_end(one)
    assert one.finished_at is not None
    costs = list(ModelCall.objects.values_list("cost_micros", flat=True))
    assert one.spent_micros == sum(cost or 0 for cost in costs) > 0
    assert not Verdict.objects.filter(reserved_micros__isnull=False).exists()


def test_a_budget_without_a_price_asks_nothing(one: JudgeRun, llm_server: LLMServer) -> None:
    JudgeRun.objects.filter(pk=one.pk).update(budget_micros=1_000_000)
    to_the_end(one)
    assert (one.trouble.partition(":")[0], llm_server.count()) == ("no_price", 0)


def test_a_run_that_is_answered_does_not_pause_for_money(one: JudgeRun) -> None:
    """Nothing is left to pay for, though nothing is left of the budget either."""
    assert one.endpoint is not None
    make.price(at=one.endpoint)
    plan(one)
    one.verdicts.update(settled_at=Now(), value=1)
    JudgeRun.objects.filter(pk=one.pk).update(budget_micros=5, spent_micros=5)
    one.refresh_from_db()
    assert taking(one, "me").take(4).claimed == 0
    one.refresh_from_db()
    assert one.paused_at is None
