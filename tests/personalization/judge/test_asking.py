"""A judge is asked over HTTP: what it says, what goes wrong, and what is never asked again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.judge.leases import claim, next_attempt
from personalization.judge.planning import plan, questions_of
from personalization.judge.runs import cancel, try_again
from personalization.judge.scales import scale_of
from personalization.judge.settlement import Reading
from personalization.judge.settling import Read, keep
from personalization.models import Crew, Endpoint, JudgeRun, ModelCall, Verdict
from personalization.models.run import RunSource
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import (
    answers,
    compared,
    go,
    jobs,
    later,
    place,
    readings,
    run,
    study,
    to_the_end,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(llm_server: LLMServer) -> JudgeRun:
    """A run over three attributes, whose judge accepts them all."""
    llm_server.say(None, "It fits.\nAnswer: accepted")
    return run(study(make.enrolled()), "attribute", at=place(llm_server))


def test_a_run_that_finds_no_place_does_not_ask_for_a_job_at_once(one: JudgeRun) -> None:
    """Another run has the endpoint's one place: the job for this one waits, and nothing is asked."""
    assert one.endpoint is not None
    Endpoint.objects.update(concurrency=1)
    until = timezone.now() + timedelta(minutes=1)
    Crew.objects.create(endpoint=one.endpoint, worker="somebody", places=1, until=until)
    ProcrastinateJob.objects.all()._raw_delete("default")
    began = timezone.now()
    go(one)
    assert (one.settled, jobs(one)) == (0, 1)
    assert ProcrastinateJob.objects.get().scheduled_at >= began + timedelta(seconds=1)


def test_a_claim_takes_no_more_than_it_may(one: JudgeRun) -> None:
    """However the database joins it: so many readings are as many calls at the endpoint."""
    plan(one)
    assert [len(claim(one, "worker", 2)) for _claim in range(3)] == [2, 1, 0]


def test_a_worker_never_claims_what_it_is_asking_itself(one: JudgeRun) -> None:
    """It was too busy to renew its leases; another worker may take them over."""
    plan(one)
    assert len(claim(one, "slow", 2)) == 2
    later(one)
    assert len(claim(one, "slow", 3)) == 1
    assert len(claim(one, "quick", 3)) == 2


def test_no_judgment_about_somebody_who_withdrew_meanwhile(one: JudgeRun) -> None:
    """The reading is kept, as the call was made; no number rests on it."""
    plan(one)
    claimed = claim(one, "worker", 3)
    m.Enrollment.objects.update(withdrawn_at=timezone.now())
    reads = [Read(each.pk, each.item, Reading(2)) for each in claimed]
    scales = {each.pk: scale_of(each) for each in questions_of(one)}
    assert keep(one, "worker", reads, scales) == 3
    assert not m.Judgment.objects.exists()


def test_a_lost_call_is_asked_again_by_whoever_has_the_reading(one: JudgeRun) -> None:
    """Its lease ended meanwhile: the worker that had it leaves it alone."""
    plan(one)
    (claimed, *_others) = claim(one, "slow", 3)
    Verdict.objects.update(worker="quick")
    next_attempt("slow", [claimed])
    assert Verdict.objects.get(pk=claimed.pk).attempt == claimed.attempt
    next_attempt("quick", [claimed])
    assert Verdict.objects.get(pk=claimed.pk).attempt == claimed.attempt + 1


def test_a_run_goes_to_its_end(one: JudgeRun, llm_server: LLMServer) -> None:
    """Every item has a judgment; nothing is asked twice; the counters say so."""
    assert jobs(one) == 1
    go(one)
    assert answers(one) == [(2, None, 2.0)] * 3
    assert (one.planned, one.settled, llm_server.count()) == (3, 3, 3)
    assert one.finished_at is not None
    assert {call.attempt for call in ModelCall.objects.all()} == {0}
    go(one)
    assert llm_server.count() == 3
    roles = m.Judgment.objects.values_list("role", "rater__kind").distinct()
    assert list(roles) == [("machine", "judge")]


def test_the_report_is_ready_when_a_run_ends(one: JudgeRun) -> None:
    go(one)
    assert m.Question.objects.filter(kind="attribute", agreement_report__isnull=False).exists()


def test_row_4_a_judge_that_looks_at_the_texts(llm_server: LLMServer) -> None:
    """Row 4: a judge that prefers one text says A, then B: mapped back, it is consistent."""
    whole = compared(make.enrolled(), "Try the lake.", "Try the sea.")
    llm_server.say("begin response_a", "Answer: 1")
    llm_server.say(lambda body: _first(body) == "Try the sea.", "Answer: 5")
    done = go(run(whole, "overall", "gain", at=place(llm_server)))
    assert readings(done) == {"ab": [(0, None)] * 4, "ba": [(0, None)] * 4}
    assert answers(done) == [(0, None, 1.0)] * 4


def test_row_4_a_judge_that_looks_at_the_place(llm_server: LLMServer) -> None:
    """Row 4: always A is a contradiction, never a tie; 4 and then 1 is a score without value."""
    llm_server.say(None, "Answer: 2")
    llm_server.say("The fact about the user", "Answer: 1")
    done = go(run(study(make.enrolled()), "overall", "gain", at=place(llm_server)))
    overall, *gains = answers(done)
    assert overall == (None, "inconsistent", 3.0)
    assert gains == [(None, "inconsistent", 3.0)] * 3


def _first(body: dict[str, object]) -> str:
    """Return what stands as response A in a request."""
    text = str(body["messages"][-1]["content"])  # type: ignore[index]
    return text.partition("begin response_a")[2].splitlines()[1]


def test_row_3_nonsense_to_the_last_retry(one: JudgeRun, llm_server: LLMServer) -> None:
    """Row 3: garbage to the last retry -> unparsed, raw text kept, counted; others go on."""
    llm_server.say("children", "Hard to say, really.")
    to_the_end(one)
    assert readings(one) == {"none": [(2, None), (None, "unparsed"), (2, None)]}
    assert answers(one)[1] == (None, "unparsed", None)
    reading = Verdict.objects.get(reason="unparsed")
    calls = ModelCall.objects.filter(work_id=reading.pk)
    assert (calls.count(), reading.attempt) == (3, 2)
    assert all("Hard to say" in str(call.answer) for call in calls)
    assert (one.settled, llm_server.count("children")) == (3, 3)


@pytest.mark.parametrize("fault", ["garbage", "wrong_shape"])
def test_answers_that_are_not_of_the_protocol(
    one: JudgeRun, llm_server: LLMServer, fault: str
) -> None:
    """Three times not what the protocol says: unparsed; once, and it is asked again."""
    llm_server.misbehave(fault, times=None, matching="children")  # type: ignore[arg-type]
    llm_server.misbehave(fault, times=1, matching="sails")  # type: ignore[arg-type]
    to_the_end(one)
    assert readings(one)["none"] == [(2, None), (None, "unparsed"), (2, None)]


def test_a_refusal_is_an_answer_of_its_own(one: JudgeRun, llm_server: LLMServer) -> None:
    """It is not asked again, and it is no vote."""
    llm_server.misbehave("refusal", times=None, matching="children")
    llm_server.say("night", "I'm sorry, but I can't judge this.")
    go(one)
    assert readings(one)["none"] == [(2, None), (None, "refused"), (None, "refused")]
    assert answers(one)[1] == (None, "refused", None)
    assert llm_server.count() == 3


def test_an_endpoint_that_is_down_for_a_moment(one: JudgeRun, llm_server: LLMServer) -> None:
    """What failed is put off, with longer and longer pauses; the run has a job for then."""
    llm_server.misbehave("error_500", times=None)
    go(one)
    first = one.verdicts.order_by("due_at")[0]
    assert first.attempt == 1
    assert timedelta(0) < first.due_at - timezone.now() <= timedelta(seconds=2)
    assert (one.settled, one.paused_at, one.finished_at, jobs(one)) == (0, None, None, 1)
    later(one)
    go(one)
    assert one.verdicts.order_by("due_at")[0].due_at - timezone.now() > timedelta(seconds=2)
    llm_server.behave()
    later(one)
    assert go(one).finished_at is not None
    assert answers(one) == [(2, None, 2.0)] * 3


def test_an_endpoint_that_stays_down(one: JudgeRun, llm_server: LLMServer) -> None:
    """After five errors an answer is missing as `failed`; the next run asks for it again."""
    llm_server.misbehave("error_500", times=None, matching="children")
    to_the_end(one)
    assert readings(one)["none"] == [(2, None), (None, "failed"), (2, None)]
    assert ModelCall.objects.filter(error__isnull=False).count() == 5
    llm_server.behave()
    assert one.endpoint is not None
    again = run(one.study, "attribute", at=one.endpoint)
    assert again.pk != one.pk
    go(again)
    assert (again.planned, again.settled) == (1, 1)
    assert answers(one) == [(2, None, 2.0)] * 3
    replaced = m.Judgment.objects.get(superseded_at__isnull=False)
    assert (replaced.reason, replaced.value) == ("failed", None)


def test_an_endpoint_says_when_to_come_back(one: JudgeRun, llm_server: LLMServer) -> None:
    llm_server.misbehave("rate_limited", times=None, retry_after=500)
    go(one)
    due = one.verdicts.order_by("due_at")[0].due_at
    assert timedelta(seconds=490) < due - timezone.now() <= timedelta(seconds=500)


def test_a_wrong_key_pauses_the_run(one: JudgeRun, llm_server: LLMServer) -> None:
    """Nothing is lost, nothing more is asked; after mending, it goes on where it stopped."""
    llm_server.misbehave("unauthorized", times=None)
    go(one)
    assert one.paused_at is not None
    assert one.trouble.startswith("unauthorized: ")
    asked = llm_server.count()
    later(one)
    go(one)
    assert llm_server.count() == asked
    llm_server.behave()
    assert try_again(one)
    assert not try_again(one)
    assert go(one).finished_at is not None
    assert (answers(one), one.trouble) == ([(2, None, 2.0)] * 3, "")


def test_a_request_that_is_refused_at_first_pauses_the_run(
    one: JudgeRun, llm_server: LLMServer
) -> None:
    """No such model, perhaps: asking for the other items would be no use."""
    llm_server.misbehave("not_found", times=None)
    assert go(one).paused_at is not None


def test_a_request_that_is_refused_later_fails_alone(llm_server: LLMServer) -> None:
    """Once the endpoint has answered, a refused request is a matter of its item: too long."""
    llm_server.say(None, "Answer: accepted")
    llm_server.misbehave("bad_request", times=None, matching="children")
    done = go(run(study(make.enrolled()), "attribute", at=place(llm_server, concurrency=1)))
    assert done.paused_at is None
    assert readings(done)["none"] == [(2, None), (None, "failed"), (2, None)]


def test_a_closed_endpoint_pauses_the_run(one: JudgeRun) -> None:
    Endpoint.objects.filter(judge_runs=one).update(closed_at=timezone.now())
    go(one)
    assert (one.paused_at is None, one.trouble.partition(":")[0]) == (False, "closed")


def test_a_cancelled_run_asks_nothing(one: JudgeRun, llm_server: LLMServer) -> None:
    """What is settled stays, what is left is never asked, cancelling twice is no fault."""
    llm_server.misbehave("error_500", times=None, matching="children")
    go(one)
    assert cancel(one)
    assert not cancel(one)
    llm_server.behave()
    later(one)
    asked = llm_server.count()
    go(one)
    assert (llm_server.count(), one.settled, one.finished_at) == (asked, 2, None)
    assert answers(one) == [(2, None, 2.0)] * 2


def test_a_saved_answer_is_not_asked_for_again(one: JudgeRun, llm_server: LLMServer) -> None:
    """A worker died between the answer and the reading: the answer is there already."""
    go(one)
    Verdict.objects.update(settled_at=None, value=None)
    m.Judgment.objects.update(superseded_at=timezone.now())
    JudgeRun.objects.update(finished_at=None, settled=0)
    later(one)
    go(one)
    assert llm_server.count() == 3
    assert (one.settled, answers(one)) == (3, [(2, None, 2.0)] * 3)


def test_a_call_that_was_lost_is_made_again(one: JudgeRun, llm_server: LLMServer) -> None:
    """A worker died in the middle of a call: it is counted, and the next attempt asks."""
    go(one)
    Verdict.objects.update(settled_at=None, value=None)
    m.Judgment.objects.update(superseded_at=timezone.now())
    ModelCall.objects.update(answer=None, finished_at=None)
    JudgeRun.objects.update(finished_at=None, settled=0)
    later(one)
    go(one)
    assert llm_server.count() == 6
    assert ModelCall.objects.filter(error__startswith="lost").count() == 3
    assert answers(one) == [(2, None, 2.0)] * 3


def test_no_more_calls_at_once_than_the_endpoint_takes(llm_server: LLMServer) -> None:
    whole = study(make.enrolled())
    llm_server.say(None, "Answer: 3")
    done = go(run(whole, "overall", "gain", at=place(llm_server, concurrency=2)))
    assert done.settled == 8
    assert llm_server.most_in_flight <= 2


def test_somebody_who_withdraws_meanwhile_is_not_sent(one: JudgeRun, llm_server: LLMServer) -> None:
    """What was planned is taken out of the plan."""
    llm_server.misbehave("error_500", times=None)
    go(one)
    asked = llm_server.count()
    m.Enrollment.objects.update(withdrawn_at=timezone.now())
    llm_server.behave()
    later(one)
    go(one)
    assert (llm_server.count(), one.planned, one.settled) == (asked, 0, 0)
    assert one.finished_at is not None


def test_the_stand_in_is_a_judge_like_any_other() -> None:
    """Offline, by name, with an answer to everything."""
    offline = Endpoint.objects.get(kind="offline")
    kinds = ("attribute", "relevance", "overall", "gain")
    done = go(run(study(make.enrolled()), *kinds, at=offline))
    assert (done.settled, done.planned) == (14, 14)
    assert all(reason in (None, "inconsistent") for _value, reason, _score in answers(done))
    assert "offline-stand-in" in done.rater.name
    assert done.rater.configuration["offline"] is True
    assert done.source == RunSource.CALLED
