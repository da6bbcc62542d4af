"""The same said in other words is one attribute, with every wording kept; what is in use stays."""

import itertools
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from annotation.work import look
from personalization.embedding.saved import hash_of
from personalization.models import Arm, Extraction, Merging, ModelCall, Vector
from personalization.models.arm import ArmAttribute
from personalization.preparing import NO_LONGER_WANTED
from personalization.steps import work
from personalization.work import claim, try_again
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
    wordings,
)
from tests.personalization.machine import PROVIDER, endpoint, person, study
from tests.working import work_off

pytestmark = pytest.mark.django_db

SAILS, BOATS, COOKS = "The user sails.", "The user likes to sail boats.", "The user cooks."
# Row 14: cosines ab .9, ac = bc .1.
C = (0.1 - 0.9 * 0.1) / 0.19**0.5
COSINES = {
    SAILS: [1.0, 0.0, 0.0],
    BOATS: [0.9, 0.19**0.5, 0.0],
    COOKS: [0.1, C, (1 - 0.01 - C**2) ** 0.5],
}


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=0)


@pytest.fixture
def arm(of: m.Study, llm_server: LLMServer) -> Arm:
    """An extractor whose texts are embedded at the fake server, with the cosines of row 14."""
    at = m_endpoint(of)
    llm_server.vectors = lambda text: COSINES.get(text, [0.0, 0.0, 1.0])
    return extractor(of, embedder=f"endpoint:{at}/embed-small")


def m_endpoint(of: m.Study) -> str:
    return str(of.step_models.get(step="extraction").endpoint.name)


@pytest.mark.parametrize("order", list(itertools.permutations([SAILS, BOATS, COOKS])))
def test_near_texts_become_one_attribute(
    llm_server: LLMServer, of: m.Study, arm: Arm, order: tuple[str, ...]
) -> None:
    """Row 14: {a, b}, {c}; the surer of two stands for both; the order is irrelevant."""
    sure = {SAILS: 0.9, BOATS: 0.5, COOKS: 0.5}
    somebody = person(of)
    for number, text in enumerate(order):
        llm_server.say(f"chat {number}", answer(said(text, sure[text])))
        chat = finished if number < 2 else wait_for_review
        chat(somebody, f"This is chat {number}.")
    work_off()
    assert profile(arm) == sorted([SAILS, COOKS])
    assert sorted(m.Attribute.objects.values_list("text", flat=True)) == sorted([SAILS, COOKS])
    assert wordings(SAILS) == sorted([SAILS, BOATS])
    sails = m.Attribute.objects.get(text=SAILS)
    assert sails.confidence == 0.9
    # What both were read from is evidence of the one.
    assert sails.evidence.count() == 2
    row = Merging.objects.get()
    assert (row.variants, row.attributes, row.threshold) == (3, 2, 0.7)
    assert row.embedder == f"endpoint:{m_endpoint(of)}/embed-small"
    assert row.up_to == Extraction.objects.order_by("-settled_at").first()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since, somebody.trouble) == (Part.REVIEW, None, "")
    assert set(m.Item.objects.values_list("attribute__text", flat=True)) == {SAILS, COOKS}


def test_each_text_is_embedded_once(llm_server: LLMServer, of: m.Study, arm: Arm) -> None:
    """Also for other people and arms: vectors are kept."""
    other = extractor(of, embedder=f"endpoint:{m_endpoint(of)}/embed-small", threshold=0.95)
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    for _person in range(2):
        wait_for_review(person(of), "I sail.")
        work_off()
    assert [body["input"] for body in llm_server.embedded] == [[SAILS, BOATS]]
    assert set(Vector.objects.values_list("text_hash", flat=True)) == {
        hash_of(SAILS),
        hash_of(BOATS),
    }
    assert (len(profile(arm)), len(profile(other))) == (2, 4)


def test_the_usual_embedder_asks_nobody(llm_server: LLMServer, of: m.Study) -> None:
    """TF-IDF: texts with the same words are near each other, and nothing leaves this machine."""
    arm = extractor(of, threshold=0.5)
    llm_server.say("Task: extraction", answer(said("The user sails small boats.", 0.5),
                                              said("The user sails small boats daily.")))  # fmt: skip
    wait_for_review(person(of), "I sail.")
    work_off()
    assert profile(arm) == ["The user sails small boats daily."]
    assert Merging.objects.get().embedder == "tfidf"
    assert llm_server.embedded == []


def test_an_arm_may_merge_nothing(llm_server: LLMServer, of: m.Study) -> None:
    """But the same text is one attribute all the same."""
    arm = extractor(of, embedder="")
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    somebody = person(of)
    finished(somebody, "I sail.")
    wait_for_review(somebody, "I row.")
    work_off()
    assert profile(arm) == [BOATS, SAILS]
    assert wordings(SAILS) == [SAILS, SAILS]
    assert not Merging.objects.exists()


def test_a_later_conversation_joins_the_profile(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    """Only the new one is read; what raters were asked about keeps its text, whoever is surer."""
    somebody = person(of)
    llm_server.say("first chat", answer(said(SAILS, 0.5)))
    llm_server.say("second chat", answer(said(BOATS, 1.0), said(COOKS)))
    wait_for_review(somebody, "My first chat.")
    work_off()
    old = m.Attribute.objects.get()
    items = list(m.Item.objects.values_list("pk", flat=True))
    more_said(somebody, "My second chat.")
    work_off()
    assert llm_server.count("Task: extraction") == 2
    old.refresh_from_db()
    assert old.text == SAILS
    assert wordings(SAILS) == sorted([SAILS, BOATS])
    assert profile(arm) == sorted([SAILS, COOKS])
    assert Merging.objects.count() == 2
    # A new sheet asks about what is new alone.
    new = m.Item.objects.exclude(pk__in=items)
    assert set(new.values_list("attribute__text", flat=True)) == {COOKS}


def test_two_that_were_asked_about_stay_two(llm_server: LLMServer, of: m.Study, arm: Arm) -> None:
    """They came from a merging that could not be done; the next one leaves them apart."""
    somebody = person(of)
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    llm_server.misbehave("unauthorized", matching=lambda body: "input" in body)
    wait_for_review(somebody, "I sail.")
    work_off()
    somebody.refresh_from_db()
    assert somebody.trouble.startswith("Attributes could not be put together. unauthorized: ")
    assert m.Item.objects.filter(question__kind="attribute").count() == 2
    llm_server.say("I cook", answer(said(COOKS), said(SAILS)))
    more_said(somebody, "I cook.")
    work_off()
    assert profile(arm) == sorted([SAILS, BOATS, COOKS])
    assert wordings(SAILS) == [SAILS, SAILS]
    try_again(Merging.objects.filter(failure__isnull=False))
    work_off()
    assert not Merging.objects.filter(failure__isnull=False).exists()
    assert profile(arm) == sorted([SAILS, BOATS, COOKS])


def test_an_outage_of_the_embedder_is_waited_out(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    llm_server.misbehave("error_500", 2, lambda body: "input" in body, retry_after=10)
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    wait_for_review(person(of), "I sail.")
    work_off()
    assert Merging.objects.get().attempt > 0
    assert profile(arm) == [SAILS]


def test_texts_stay_here_without_consent_to_who_embeds(llm_server: LLMServer, of: m.Study) -> None:
    """The extractor is ours, the embedder is not: nothing is sent to it."""
    far = endpoint(llm_server, provider=PROVIDER)
    extractor(of, embedder=f"endpoint:{far.name}/embed-small")
    llm_server.say("Task: extraction", answer(said(SAILS)))
    somebody = person(of, "use", "show")
    wait_for_review(somebody, "I sail.")
    work_off()
    assert str(Merging.objects.get().failure).startswith("no_consent: ")
    assert llm_server.embedded == []
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since) == (Part.REVIEW, None)


def test_nothing_is_merged_for_somebody_who_withdrew(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    somebody = person(of)
    wait_for_review(somebody, "I sail.")
    look("extraction", somebody.pk)
    row = make_merging(arm, somebody)
    m.Enrollment.objects.filter(pk=somebody.pk).update(withdrawn_at=timezone.now())
    look("merging")
    work_off()
    row.refresh_from_db()
    assert row.failure == NO_LONGER_WANTED
    assert llm_server.embedded == []


def make_merging(arm: Arm, somebody: m.Enrollment) -> Merging:
    conversation = m.Conversation.objects.get(participant=somebody.participant)
    up_to = Extraction.objects.create(
        arm=arm, conversation=conversation, found=1, settled_at=timezone.now()
    )
    return Merging.objects.create(arm=arm, enrollment=somebody, up_to=up_to)


def test_what_a_person_took_back_does_not_return(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    """Neither in the same words nor in others that are near."""
    somebody = person(of)
    llm_server.say("first chat", answer(said(SAILS)))
    llm_server.say("second chat", answer(said(SAILS), said(BOATS), said(COOKS)))
    wait_for_review(somebody, "My first chat.")
    work_off()
    m.Attribute.objects.update(withdrawn_at=timezone.now())
    more_said(somebody, "My second chat.")
    work_off()
    shown = m.Attribute.objects.filter(in_arms__arm=arm, withdrawn_at=None)
    assert list(shown.values_list("text", flat=True)) == [COOKS]
    assert wordings(SAILS) == sorted([SAILS, SAILS, BOATS])


@pytest.mark.parametrize("first", [0, 1])
def test_what_an_arm_makes_of_a_person_does_not_depend_on_other_arms(
    llm_server: LLMServer, of: m.Study, arm: Arm, first: int
) -> None:
    """One that merges and one that does not, whichever came first and was laid out for raters."""
    plain = extractor(of, embedder="")
    somebody = person(of)
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS, 0.5), said(COOKS)))
    arms = [arm, plain]
    Arm.objects.exclude(pk=arms[first].pk).update(live=False)
    wait_for_review(somebody, "I sail.")
    work_off()
    Arm.objects.filter(pk=arms[1 - first].pk).update(live=True)
    again(somebody)
    work_off()
    assert profile(arm) == sorted([SAILS, COOKS])
    assert profile(plain) == sorted([SAILS, BOATS, COOKS])
    # The same text is one attribute of both.
    assert m.Attribute.objects.count() == 3
    assert ArmAttribute.objects.filter(attribute__text=SAILS).count() == 2


def again(somebody: m.Enrollment) -> None:
    m.Enrollment.objects.filter(pk=somebody.pk).update(part="review", waiting_since=timezone.now())
    look("extraction", somebody.pk)


@pytest.mark.parametrize(
    "use",
    [
        lambda one: make.relevance_pair(attribute=one),
        lambda one: m.Attribute.objects.create(
            study=one.study, participant=one.participant, text="Better.", refined_from=one
        ),
    ],
)
def test_what_something_refers_to_stays(
    llm_server: LLMServer, of: m.Study, arm: Arm, use: Callable[[m.Attribute], object]
) -> None:
    """Without an item as well: the attribute is not made another thing behind somebody's back."""
    somebody = person(of)
    llm_server.say("first chat", answer(said(SAILS, 0.5)))
    llm_server.say("second chat", answer(said(BOATS, 1.0)))
    finished(somebody, "My first chat.")
    run_off(run_of(arm))
    use(m.Attribute.objects.get())
    finished(somebody, "My second chat.")
    run_off(run_of(arm))
    assert profile(arm) == [SAILS]
    assert wordings(SAILS) == sorted([SAILS, BOATS])


def test_what_is_not_in_use_is_put_in_order_anew(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    """A surer wording comes: it stands for both from now on, and nothing else is left."""
    somebody = person(of)
    llm_server.say("first chat", answer(said(SAILS, 0.5)))
    llm_server.say("second chat", answer(said(BOATS, 1.0)))
    finished(somebody, "My first chat.")
    run_off(run_of(arm))
    assert profile(arm) == [SAILS]
    finished(somebody, "My second chat.")
    run_off(run_of(arm))
    assert profile(arm) == [BOATS]
    assert list(m.Attribute.objects.values_list("text", "confidence")) == [(BOATS, 1.0)]
    assert wordings(BOATS) == sorted([SAILS, BOATS])


def test_what_failed_and_is_tried_again_is_merged_as_well(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    """However late: its conversation is older than the newest one of the merging before."""
    somebody = person(of)
    llm_server.say("first chat", answer(said(BOATS, 0.5)))
    llm_server.say("second chat", answer(said(SAILS)))
    llm_server.misbehave("unauthorized", matching="first chat")
    finished(somebody, "My first chat.")
    finished(somebody, "My second chat.")
    run = run_of(arm)
    run_off(run)
    assert profile(arm) == [SAILS]
    assert try_again(Extraction.objects.filter(failure__isnull=False)) == 1
    run_off(run)
    assert profile(arm) == [SAILS]
    assert wordings(SAILS) == sorted([SAILS, BOATS])
    assert Merging.objects.filter(failure=None, settled_at__isnull=False).count() == 2


def test_a_worker_that_dies_has_paid_for_the_vectors(
    llm_server: LLMServer, of: m.Study, arm: Arm
) -> None:
    """Between asking and merging: the next worker asks nobody."""
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    finished(person(of), "I sail.")
    run = run_of(arm)
    (row,) = claim(CHAIN[0].of_run(run))
    async_to_sync(work)(CHAIN[0], row)
    async_to_sync(CHAIN[1].prepare)(Merging.objects.select_related("arm").get())
    assert len(llm_server.embedded) == 1
    run_off(run)
    assert profile(arm) == [SAILS]
    assert len(llm_server.embedded) == 1


def test_a_merging_is_done_once(llm_server: LLMServer, of: m.Study, arm: Arm) -> None:
    """However often somebody looks, and each attempt asks for what is not there yet."""
    llm_server.say("Task: extraction", answer(said(SAILS), said(BOATS)))
    somebody = person(of)
    wait_for_review(somebody, "I sail.")
    work_off()
    for _again in range(3):
        again(somebody)
        look("merging")
    work_off()
    assert Merging.objects.count() == 1
    assert ModelCall.objects.filter(step="embedding").count() == 1
    assert m.Sheet.objects.count() == 1
