"""Rows of arms are planned and followed up without being counted twice."""

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.arms.step import follow
from personalization.extraction.step import ExtractingStep
from personalization.models import Arm, ArmRun, Extraction, ModelCall, Pointing
from personalization.steps import work
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.pipeline.carried import SAID, arm, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(llm_server: LLMServer) -> Arm:
    return arm(place(llm_server), 3)


def run_of(whole: Arm, **columns: bool) -> ArmRun:
    assert whole.endpoint is not None
    return ArmRun.objects.create(study=whole.study, arm=whole, endpoint=whole.endpoint, **columns)


def planned(run: ArmRun) -> int:
    run.refresh_from_db()
    return run.planned


def test_a_plan_is_made_once(whole: Arm) -> None:
    """Made again it adds what is new; a row that somebody waits for is not the run's."""
    run, step = run_of(whole), ExtractingStep()
    assert (step.plan_run(run), step.plan_run(run), planned(run)) == (3, 0, 3)
    rows = Extraction.objects.filter(run=run)
    assert set(rows.values_list("worker", "trial")) == {(None, False)}
    assert step.of_run(run).count() == 3
    assert step.waited_for().count() == 0


def test_a_trial_is_planned_once_beside_the_rest(whole: Arm) -> None:
    run, step = run_of(whole, trial=True), ExtractingStep()
    ExtractingStep().plan_run(run_of(whole))
    assert (step.plan_run(run), step.plan_run(run), planned(run)) == (3, 0, 3)
    assert set(Extraction.objects.filter(run=run).values_list("trial", flat=True)) == {True}


def test_those_who_did_not_consent_are_counted(whole: Arm) -> None:
    assert whole.endpoint is not None
    whole.endpoint.provider = "Somebody Else"
    whole.endpoint.save()
    run = run_of(whole)
    assert ExtractingStep().plan_run(run) == 0
    run.refresh_from_db()
    assert (run.withheld, run.planned) == (3, 0)


def pointings(count: int) -> list[Pointing]:
    return [Pointing(attribute=make.attribute()) for _number in range(count)]


def test_what_follows_is_of_the_same_run(whole: Arm) -> None:
    """It is counted in the plan, and what is there already is not."""
    run = run_of(whole)
    before = Extraction(arm=whole, run=run, conversation=m.Conversation.objects.all()[0])
    rows = pointings(2)
    assert follow(before, rows) == 2
    again = [Pointing(attribute=rows[0].attribute), *pointings(1)]
    assert follow(before, again) == 1
    assert planned(run) == 3
    assert set(Pointing.objects.values_list("arm", "run", "worker")) == {(whole.pk, run.pk, None)}
    assert follow(before, []) == 0


def test_where_somebody_waits_workers_are_told(whole: Arm) -> None:
    """A job for each new row."""
    before = Extraction(arm=whole, conversation=m.Conversation.objects.all()[0])
    assert follow(before, pointings(2)) == 2
    jobs = ProcrastinateJob.objects.filter(task_name="look_for_pointing", status="todo")
    assert jobs.count() == 2


def test_a_settled_row_of_a_run_is_counted(whole: Arm) -> None:
    run = run_of(whole)
    chat = m.Conversation.objects.all()[0]
    for of in (run, None):
        ExtractingStep().counted(Extraction(arm=whole, run=of, conversation=chat))
    run.refresh_from_db()
    assert run.settled == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_says_by_which_prompt_and_at_what_cost(whole: Arm, llm_server: LLMServer) -> None:
    """Also where somebody waits for it, without a run."""
    assert whole.endpoint is not None
    make.price(at=whole.endpoint, model=whole.model)
    llm_server.say(None, SAID)
    chat = m.Conversation.objects.all()[0]
    row = Extraction.objects.create(arm=whole, conversation=chat, worker="we")
    async_to_sync(work)(ExtractingStep(), row)
    call = ModelCall.objects.get()
    assert call.prompt_hash == whole.configuration["prompts"]["extraction"]["hash"]
    assert call.cost_micros == 10 * (call.prompt_tokens or 0) + 100 * (call.completion_tokens or 0)
