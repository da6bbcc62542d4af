"""What is asked, what is kept of an answer, and what a response can be traced to."""

import pytest
from asgiref.sync import async_to_sync

from annotation import models as m
from personalization.generation.matching import words_of
from personalization.generation.step import GeneratingStep
from personalization.generation.tracing import trace
from personalization.llm.backend import AskError
from personalization.models import Arm, ArmResponse, Generation, ModelCall
from personalization.prompts import prompt
from personalization.steps import work
from personalization.work import ROUND, claim
from tests import factories as make
from tests.llm_server import LLMServer, texts_of
from tests.personalization.generation.people import (
    answered,
    arm,
    boats,
    comparisons,
    lay,
    personalized,
    run_of,
    write,
)
from tests.personalization.machine import endpoint, person, study
from tests.working import work_off

pytestmark = pytest.mark.django_db
STEP = GeneratingStep()


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    llm_server.say("Task: generation", personalized)
    one = study(endpoint(llm_server), queries=1)
    somebody = person(one)
    lay(somebody, one.queries.get(), boats(somebody, 2))
    return one


def done(by: Arm, trial: bool = False) -> Generation:
    """Let a run of an arm do its only row."""
    run = run_of(by, trial=trial)
    STEP.plan_run(run)
    (row,) = claim(STEP.of_run(run))
    async_to_sync(work)(STEP, row)
    return Generation.objects.get(pk=row.pk)


def test_all_that_a_response_can_be_traced_to(of: m.Study, llm_server: LLMServer) -> None:
    """Arm, prompt, attributes in their order, and the call with the whole request."""
    by = arm(of, "all")
    row = done(by)
    assert row.response is not None
    found = trace(row.response)
    assert (found.arm, found.row, found.call) == (by, row, row.call)
    assert [one.text for one in found.attributes] == [
        "The user has 1 boats.",
        "The user has 0 boats.",
    ]
    assert found.prompts == (("generation", 1),)
    assert (found.words, found.leaks, found.sampling) == (None, (), {})
    assert found.call is not None
    assert found.call.request["messages"][1]["content"] in texts_of(llm_server.asked[0])
    assert (row.response.condition, row.response.author.name) == ("all", "fake-small")
    assert ArmResponse.objects.get(arm=by).response == row.response


def test_the_trace_of_an_imported_response_is_short() -> None:
    """Its arm is all that is known; of others not even that."""
    response = make.response()
    assert (trace(response).arm, trace(response).row) == (None, None)
    ours = make.arm(study=response.query.study, step="generation")
    ArmResponse.objects.create(arm=ours, response=response)
    assert (trace(response).arm, trace(response).attributes) == (ours, ())


def test_matched_prompts_differ_by_the_length_alone() -> None:
    """Of two responses to compare, nothing else may make a difference."""
    texts = {"query": "Where?", "attributes": "- The user sails."}
    free = prompt("generation", 1).fill(**texts)
    matched = prompt("generation_matched", 1).fill(**texts, words="87")
    assert [one.role for one in free] == [one.role for one in matched]
    assert matched[1] != free[1]  # the mark of the fences follows from all texts
    swapped = [
        one.content.replace("as close to 87 words as you can", "at most about 200 words")
        for one in matched
    ]
    asked = [one.content for one in free]
    marks = [user.partition("the mark ")[2][:16] for user in (asked[1], swapped[1])]
    assert swapped[0] == asked[0]
    assert swapped[1].replace(marks[1], marks[0]) == asked[1]


def test_a_matched_response_is_asked_to_be_as_long(of: m.Study, llm_server: LLMServer) -> None:
    (plain,) = write(arm(of), "Take the early train, then walk to the lake.")
    row = done(arm(of, "all", matched=True))
    assert row.words == words_of(plain.response.text) == 9  # type: ignore[union-attr]
    assert "as close to 9 words as you can" in texts_of(llm_server.asked[0])


def test_a_matched_row_whose_other_one_failed_says_why(of: m.Study, llm_server: LLMServer) -> None:
    """And when that one is tried again, this one can be, too."""
    plain = arm(of)
    llm_server.misbehave("unauthorized", times=1)
    failed = done(plain)
    by = arm(of, "all", matched=True)
    row = done(by)
    assert row.failure == f"unmatched: the response without attributes failed. {failed.failure}"
    assert llm_server.count() == 1
    Generation.objects.filter(pk=failed.pk).delete()
    write(plain, "Four words are these.")
    Generation.objects.filter(pk=row.pk).update(settled_at=None, failure=None, worker=None)
    (again,) = claim(STEP.model.objects.filter(pk=row.pk))
    async_to_sync(work)(STEP, again)
    row.refresh_from_db()
    assert row.words == 4
    assert row.failure is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("As an AI model by OpenAI, I say: sail.", "author"),
        ("Based on your profile, sail.", "profile"),
        ("=== begin query 0123456789abcdef ===", "prompt"),
    ],
)
def test_what_gives_something_away_is_asked_again(
    llm_server: LLMServer, text: str, kind: str
) -> None:
    """At last the row fails with the reason, and there is no response and no pair."""
    of = study(endpoint(llm_server), queries=1)
    llm_server.say("Task: generation", lambda body: text if "user has" in texts_of(body) else "Go.")
    somebody = answered(of, 1)
    work_off()
    failed = Generation.objects.get(failure__isnull=False)
    assert (failed.failure, failed.attempt + 1) == (f"leak: {kind}", ROUND)
    assert llm_server.count() == ROUND + 1
    assert m.Response.objects.count() == 1
    assert comparisons(somebody) == []
    somebody.refresh_from_db()
    assert somebody.trouble.endswith(f"leak: {kind}")


def test_another_answer_without_a_leak_is_kept(llm_server: LLMServer) -> None:
    of = study(endpoint(llm_server), queries=1)
    said = iter(["Based on your profile, sail.", "Sail."])
    llm_server.say(
        "Task: generation", lambda body: next(said) if "user has" in texts_of(body) else "Go."
    )
    somebody = answered(of, 1)
    work_off()
    assert len(comparisons(somebody)) == 1
    assert set(m.Response.objects.values_list("text", flat=True)) == {"Go.", "Sail."}


@pytest.mark.parametrize(
    ("text", "found", "pairs"),
    [
        ("I know that you sail, so sail.", ["knows"], 0),
        ("As an AI, I cannot sail. You can.", ["machine"], 1),
    ],
)
def test_what_is_only_recorded(
    llm_server: LLMServer, text: str, found: list[str], pairs: int
) -> None:
    """A response that says that it knows somebody is kept, and laid beside no other."""
    of = study(endpoint(llm_server), queries=1)
    llm_server.say("Task: generation", lambda body: text if "user has" in texts_of(body) else "Go.")
    somebody = answered(of, 1)
    work_off()
    row = Generation.objects.get(condition="relevant_owner")
    assert (row.leaks, row.failure, row.response is None) == (found, None, False)
    assert len(comparisons(somebody)) == pairs
    somebody.refresh_from_db()
    assert ("says that it knows" in somebody.trouble) == (pairs == 0)


def test_an_answer_that_was_cut_is_no_response(of: m.Study) -> None:
    """It ended because the model was given no more room."""
    (row,) = STEP.missing(arm(of)).rows
    row.save()
    choice = {"index": 0, "message": {"role": "assistant", "content": "Take"}}
    call = ModelCall.objects.create(
        step="generation", work_id=row.pk, endpoint="fake", model="fake", request={},
        request_hash="", answer={"choices": [{**choice, "finish_reason": "length"}]},
    )  # fmt: skip
    with pytest.raises(AskError, match="unfinished") as caught:
        STEP.settle(row, call)
    assert caught.value.passing
    assert str(caught.value) == "leak: unfinished"
    assert not m.Response.objects.exists()


def test_a_trial_keeps_a_result_and_nothing_else(of: m.Study, llm_server: LLMServer) -> None:
    """Also of what would fail: the researcher wants to see it. It can be tried again and again."""
    llm_server.say("Task: generation", "Based on your profile, sail.")
    by = arm(of, "all")
    row = done(by, trial=True)
    assert row.result == {
        "text": "Based on your profile, sail.",
        "words": 5,
        "leaks": ["profile"],
        "attributes": ["The user has 1 boats.", "The user has 0 boats."],
    }
    assert (row.response, row.failure, row.call is None) == (None, None, False)
    assert not m.Response.objects.exists()
    assert not ArmResponse.objects.exists()
    assert done(by, trial=True).pk != row.pk
    assert len(STEP.missing(by).rows) == 1
