"""Several extractors side by side: for people who wait, and by runs; what follows what."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from annotation.work import look
from personalization.asking import ask_once
from personalization.models import (
    ArmAttribute,
    Extracted,
    Extraction,
    Merging,
    ModelCall,
    StepModel,
)
from personalization.work import claim
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.extraction.extracted import (
    CHAIN,
    answer,
    extractor,
    finished,
    more_said,
    profile,
    run_of,
    run_off,
    said,
    wait_for_review,
)
from tests.personalization.machine import PROVIDER, endpoint, person, study
from tests.working import work_off

pytestmark = pytest.mark.django_db

SAILS, COOKS, RUNS = "The user sails.", "The user cooks.", "The user runs."


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=0)


def by_model(server: LLMServer, model: str, *entries: dict[str, object]) -> None:
    """Let a model find something, whatever it reads."""
    server.say(lambda body: body.get("model") == model, answer(*entries))


def test_several_extractors_for_somebody_who_waits(llm_server: LLMServer, of: m.Study) -> None:
    """Each reads, the same text is one attribute of both, and one sheet asks about all, mixed."""
    ours, theirs = extractor(of, model="ours"), extractor(of, model="theirs")
    by_model(llm_server, "ours", said(SAILS), said(COOKS))
    by_model(llm_server, "theirs", said("The user SAILS", 0.5), said(RUNS))
    somebody = person(of)
    wait_for_review(somebody, "I sail.")
    work_off()
    assert (profile(ours), profile(theirs)) == ([COOKS, SAILS], [RUNS, SAILS])
    assert m.Attribute.objects.count() == 3
    sails = m.Attribute.objects.get(text=SAILS)
    assert sorted(Extracted.objects.filter(variant__attribute=sails).values_list(
        "extraction__arm__model", "variant__confidence")) == [("ours", 0.9), ("theirs", 0.5)]  # fmt: skip
    sheet = m.Sheet.objects.get()
    assert sheet.items.filter(question__kind="attribute").count() == 3
    assert has_gone_on(somebody)


def has_gone_on(somebody: m.Enrollment) -> bool:
    """Return whether a person is at the review, and waits no more."""
    somebody.refresh_from_db()
    return somebody.part == Part.REVIEW and somebody.waiting_since is None


def test_nobody_goes_on_before_the_last_extractor(llm_server: LLMServer, of: m.Study) -> None:
    """One is down: the person waits for it, and goes on with what the other one has found."""
    extractor(of, model="ours")
    extractor(of, model="theirs")
    by_model(llm_server, "ours", said(SAILS))
    llm_server.misbehave(
        "error_500", None, lambda body: body.get("model") == "theirs", retry_after=10
    )
    somebody = person(of)
    wait_for_review(somebody, "I sail.")
    work_off(waiting=False)
    somebody.refresh_from_db()
    assert somebody.waiting_since is not None
    assert not m.Sheet.objects.exists()
    work_off()
    assert has_gone_on(somebody)
    assert "unavailable" in somebody.trouble


def test_what_nobody_sends_says_nothing_of_arms(llm_server: LLMServer, of: m.Study) -> None:
    """The same question goes to all models, with nothing but the chat in it."""
    extractor(of, model="ours")
    extractor(of, model="theirs")
    wait_for_review(person(of), "I sail.")
    work_off()
    one, other = (body["messages"] for body in llm_server.asked)
    assert one == other


def test_the_floor_is_the_arms_own(llm_server: LLMServer, of: m.Study) -> None:
    """Row 13: .39 dropped and counted, .40 kept, where .4 is said; another arm says .3."""
    usual, lower = extractor(of, model="ours"), extractor(of, model="ours", floor=0.3)
    by_model(llm_server, "ours", said(SAILS, 0.4), said(COOKS, 0.39), said(RUNS, 0.3))
    wait_for_review(person(of), "I sail.")
    work_off()
    assert (profile(usual), profile(lower)) == ([SAILS], [COOKS, RUNS, SAILS])
    assert Extraction.objects.get(arm=usual).dropped == {"below_floor": 2}
    assert Extraction.objects.get(arm=lower).dropped == {}


def test_a_second_arm_finds_what_a_sheet_asks_about(llm_server: LLMServer, of: m.Study) -> None:
    """What raters see of an attribute does not change; that both found it is known all the same."""
    ours = extractor(of, model="ours")
    by_model(llm_server, "ours", said(SAILS, evidence=[]))
    by_model(llm_server, "theirs", said(SAILS, evidence=[1]))
    somebody = person(of)
    wait_for_review(somebody, "I sail.")
    work_off()
    theirs = extractor(of, model="theirs", live=False)
    run_off(run_of(theirs))
    assert profile(ours) == profile(theirs) == [SAILS]
    assert not m.Evidence.objects.exists()
    assert m.Attribute.objects.get().variants.count() == 2


def test_only_what_is_new_is_read(llm_server: LLMServer, of: m.Study) -> None:
    """A later conversation of the same person, by runs as well as for somebody who waits."""
    arm = extractor(of)
    llm_server.say("I sail", answer(said(SAILS)))
    llm_server.say("I cook", answer(said(COOKS)))
    llm_server.say("I run", answer(said(RUNS)))
    somebody = person(of)
    wait_for_review(somebody, "I sail.")
    work_off()
    finished(somebody, "I cook.")
    first = run_of(arm)
    run_off(first)
    assert (first.planned, first.settled) == (2, 2)  # the conversation, and the merging
    more_said(somebody, "I run.")
    work_off()
    assert profile(arm) == [COOKS, RUNS, SAILS]
    assert llm_server.count("Task: extraction") == 3
    assert Merging.objects.count() == 3
    assert run_of(arm).planned == 0


def test_somebody_who_waits_is_not_kept_by_a_run(llm_server: LLMServer, of: m.Study) -> None:
    """It may be paused: what it has not begun is done now, and is no longer its own."""
    arm = extractor(of)
    llm_server.say("Task: extraction", answer(said(SAILS)))
    somebody = person(of)
    finished(somebody, "I sail.")
    run = run_of(arm, paused_at=timezone.now())
    assert run.planned == 1
    wait_for_review(somebody, "I cook.")
    work_off()
    assert has_gone_on(somebody)
    run.refresh_from_db()
    assert run.planned == 0
    assert Extraction.objects.filter(run=None, failure=None, found=1).count() == 2


def test_what_a_run_is_working_on_is_waited_for(llm_server: LLMServer, of: m.Study) -> None:
    """And is not done twice: when the run has settled it, the person goes on."""
    arm = extractor(of)
    llm_server.say("Task: extraction", answer(said(SAILS)))
    somebody = person(of)
    finished(somebody, "I sail.")
    run = run_of(arm)
    row = Extraction.objects.get()
    later = timezone.now() + timedelta(minutes=1)
    Extraction.objects.update(worker="another one", lease_until=later)
    m.Enrollment.objects.filter(pk=somebody.pk).update(part="review", waiting_since=timezone.now())
    look("extraction", somebody.pk)
    work_off()
    row.refresh_from_db()
    assert (row.run, row.settled_at) == (run, None)
    Extraction.objects.update(lease_until=None)
    run_off(run)
    assert has_gone_on(somebody)
    assert llm_server.count() == 1


def test_a_run_takes_whom_it_may(llm_server: LLMServer, of: m.Study) -> None:
    """People who agreed, finished chats, and nobody's preview; who did not agree is counted."""
    far = endpoint(llm_server, provider=PROVIDER)
    StepModel.objects.filter(study=of).update(endpoint=far)
    arm = extractor(of)
    wanted = finished(person(of), "I sail.")
    finished(person(of, "use", "show"), "I did not agree to that.")
    for change in ({"withdrawn_at": timezone.now()}, {"preview": True}):
        one = person(of)
        finished(one, "I am not here.")
        m.Enrollment.objects.filter(pk=one.pk).update(**change)
    make.turn(conversation=make.conversation(study=of, of=person(of).participant))
    finished(person(study(far)), "I am in another study.")
    found = CHAIN[0].missing(arm)
    assert [row.conversation for row in found.rows] == [wanted]
    assert found.withheld == 1
    # Nothing is saved, and still it can be said what would be asked.
    assert "I sail." in CHAIN[0].request(found.rows[0]).ask.messages[-1].content  # type: ignore[union-attr]
    assert not Extraction.objects.exists()


def test_some_conversations_are_always_the_same_ones(llm_server: LLMServer, of: m.Study) -> None:
    """Done again, nothing is added, however many there are."""
    arm = extractor(of)
    for number in range(6):
        finished(person(of), f"I have {number} boats.")
    drawn = [row.conversation_id for row in CHAIN[0].missing(arm, most=2).rows]
    assert len(drawn) == 2
    assert [row.conversation_id for row in CHAIN[0].missing(arm, most=2).rows] == drawn
    run = run_of(arm, most_items=2)
    run_off(run)
    assert CHAIN[0].missing(arm, most=2).rows == []
    assert set(Extraction.objects.values_list("conversation", flat=True)) == set(drawn)
    assert len(CHAIN[0].missing(arm).rows) == 4


def test_a_trial_leaves_nothing_behind(llm_server: LLMServer, of: m.Study) -> None:
    """What would have been found and dropped stands in the row; also of what was read already."""
    arm = extractor(of)
    llm_server.say("Task: extraction", answer(said(SAILS), said(COOKS, 0.1)))
    somebody = person(of)
    finished(somebody, "I sail.")
    run_off(run_of(arm))
    before = list(ArmAttribute.objects.values_list("pk", flat=True))
    trial = run_of(arm, trial=True, most_items=10)
    run_off(trial)
    row = Extraction.objects.get(trial=True)
    assert row.result == {
        "attributes": [{"text": SAILS, "reason": "Says so.", "confidence": 0.9, "evidence": [1]}],
        "dropped": {"below_floor": 1},
    }
    assert (trial.planned, trial.settled, row.found) == (1, 1, 1)
    assert list(ArmAttribute.objects.values_list("pk", flat=True)) == before
    assert m.AttributeVariant.objects.count() == 1
    assert Merging.objects.count() == 1


def test_an_endpoint_without_structured_output(llm_server: LLMServer, of: m.Study) -> None:
    """It refuses the form of the answer, and is asked without it: no row fails for that."""
    arm = extractor(of)
    llm_server.misbehave(
        "bad_request", times=None, matching=lambda body: "response_format" in body,
        text="response_format json_schema is not supported",
    )  # fmt: skip
    llm_server.say("Task: extraction", f"Here you are:\n```json\n{answer(said(SAILS))}\n```")
    wait_for_review(person(of), "I sail.")
    work_off()
    assert profile(arm) == [SAILS]
    row = Extraction.objects.get()
    assert row.attempt == 0
    call = ModelCall.objects.get()
    assert call.answer is not None
    assert call.answer["without"] == ["response_format"]


def test_a_row_is_settled_in_few_statements(
    llm_server: LLMServer,
    of: m.Study,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    """However much is found: runs settle many rows in a second, one after another."""
    arm = extractor(of, live=False)
    somebody = person(of)
    finished(somebody, "I have boats.")
    finished(somebody, "I have more boats.")
    entries = [said(f"The user has {number} boats.") for number in range(20)]
    llm_server.say("Task: extraction", answer(*entries))
    run_of(arm)
    (row,) = claim(Extraction.objects.select_related("arm__endpoint"))
    request = CHAIN[0].request(row)
    assert request is not None
    call = async_to_sync(ask_once)("extraction", row.pk, 0, request.endpoint, request.ask)
    row.refresh_from_db()
    with django_assert_max_num_queries(16):
        CHAIN[0].settle(row, call)
        CHAIN[0].settled(row)
    assert len(profile(arm)) == 20
