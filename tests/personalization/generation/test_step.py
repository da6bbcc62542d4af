"""Two responses to each query, one with what the owner found relevant; a blind pair comes of it."""

import pytest

from annotation import models as m
from annotation.models.person import Part
from annotation.sheets import REQUIRED_GAINS
from annotation.work import look
from personalization.models import Arm, Generation
from personalization.work import ROUND
from tests.llm_exchange import Fault
from tests.llm_server import LLMServer, texts_of
from tests.personalization.generation.people import answered, comparisons, personalized
from tests.personalization.machine import PROVIDER, answer_too_late, endpoint, study
from tests.working import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    llm_server.say("Task: generation", personalized)
    return study(endpoint(llm_server), queries=2)


def test_a_pair_for_each_query(of: m.Study, llm_server: LLMServer) -> None:
    """One response without attributes, one with the owner's; the surest five gains are required."""
    somebody = answered(of, 6, 1)
    assert (somebody.part, somebody.waiting_since is not None) == (Part.COMPARISON, True)
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since, somebody.trouble) == (Part.COMPARISON, None, "")
    assert llm_server.count() == 4
    first, second = comparisons(somebody)
    pair = m.ResponsePair.objects.get(pk=first.shown["response_pair"])
    assert (pair.participant, pair.query_id) == (somebody.participant, first.shown["query"])
    texts = {pair.a.condition: pair.a.text, pair.b.condition: pair.b.text}
    assert texts == {"none": "Take a train.", "relevant_owner": "Sail."}
    gains = first.items.filter(question__kind="gain").order_by("id")
    named = [item.attribute.text for item in gains]  # type: ignore[union-attr]
    assert named == [f"The user has {number} boats." for number in (5, 4, 3, 2, 1, 0)]
    assert len(first.shown["required"]) == REQUIRED_GAINS
    assert second.items.filter(question__kind="gain").count() == 1
    author = pair.a.author
    assert (author.kind, author.name, author.family) == ("model", "fake-small", "fake")
    arms = Arm.objects.filter(study=of, step="generation")
    assert {row.arm_id for row in Generation.objects.all()} == set(
        arms.values_list("pk", flat=True)
    )
    assert all(one.responses.count() == 2 for one in arms)


def test_the_author_is_given_the_relevant_ones_alone(of: m.Study, llm_server: LLMServer) -> None:
    """In the order of their confidence; the other author gets the query and nothing more."""
    answered(of, 2, 0)
    work_off()
    plain, personal = sorted(map(texts_of, llm_server.asked), key=len)
    assert "- The user has 1 boats.\n- The user has 0 boats.\n===" in personal
    assert "The user has 2" not in personal
    assert "boats" not in plain
    assert "known about this user" not in plain


def test_a_query_without_anything_relevant_is_left_out(of: m.Study) -> None:
    """Nothing to personalize, nothing to compare."""
    somebody = answered(of, 0, 3)
    work_off()
    (sheet,) = comparisons(somebody)
    assert sheet.shown["query"] == of.queries.order_by("id")[1].pk


def test_with_nothing_relevant_at_all_the_person_is_done(
    of: m.Study, llm_server: LLMServer
) -> None:
    somebody = answered(of, 0, 0)
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.trouble) == (Part.DONE, "")
    assert llm_server.count() == 0


def test_no_response_is_written_twice(of: m.Study, llm_server: LLMServer) -> None:
    """However many jobs look, before and after."""
    somebody = answered(of, 1, 1)
    for _again in range(3):
        look("generation", somebody.pk)
    work_off()
    look("generation", somebody.pk)
    work_off()
    assert llm_server.count() == m.Response.objects.count() == 4
    assert len(comparisons(somebody)) == 2


@pytest.mark.parametrize(
    ("fault", "failure", "calls"),
    [
        ("refusal", "refused: ", ROUND),
        ("wrong_shape", "garbage: ", ROUND),
        ("unauthorized", "unauthorized: ", 1),
    ],
)
def test_a_query_that_fails_is_left_out(
    of: m.Study, llm_server: LLMServer, fault: Fault, failure: str, calls: int
) -> None:
    """The other one is compared, and the researcher sees why."""
    month = of.queries.order_by("id")[0].text
    llm_server.misbehave(fault, times=None, matching=month)
    somebody = answered(of, 1, 1)
    work_off()
    somebody.refresh_from_db()
    assert len(comparisons(somebody)) == 1
    assert somebody.trouble.startswith(f"1 of 2 queries have a pair of responses. {failure}")
    failed = Generation.objects.filter(failure__isnull=False)
    assert {row.attempt + 1 for row in failed} == {calls}
    assert not m.Response.objects.filter(query__text=month).exists()


def test_if_all_fail_the_person_goes_on(of: m.Study, llm_server: LLMServer) -> None:
    llm_server.misbehave("unauthorized", times=None)
    somebody = answered(of, 1, 1)
    work_off()
    somebody.refresh_from_db()
    assert somebody.part == Part.DONE
    assert somebody.trouble.startswith("0 of 2 queries have a pair of responses. unauthorized: ")


def test_two_equal_responses_are_no_pair(of: m.Study, llm_server: LLMServer) -> None:
    """There would be nothing to compare."""
    llm_server.say("Task: generation", "Take a train.")
    somebody = answered(of, 1, 1)
    work_off()
    somebody.refresh_from_db()
    assert comparisons(somebody) == []
    assert somebody.trouble == (
        "0 of 2 queries have a pair of responses. Both responses to a query are the same."
    )


def test_nothing_is_written_for_somebody_who_withdrew_meanwhile(of: m.Study) -> None:
    """The answer comes after the person has left."""
    somebody = answered(of, 1, 1)
    answer_too_late("generation", somebody)
    assert not m.Response.objects.exists()


def test_attributes_stay_here_without_consent(llm_server: LLMServer) -> None:
    of = study(endpoint(llm_server, provider=PROVIDER), queries=1)
    somebody = answered(of, 1, scopes=("use",))
    work_off()
    somebody.refresh_from_db()
    assert llm_server.count() == 0
    assert "no_consent" in somebody.trouble
