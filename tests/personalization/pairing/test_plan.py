"""A study's plan at work: for somebody who waits, and for all at once."""

import pytest
from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from annotation.sheets import rater_of
from personalization.models import Endpoint, Pairing, PairingPlan
from personalization.pairing import keeping
from personalization.pairing.everybody import pair, planned
from personalization.pairing.matchers import closeness_matcher
from personalization.pairing.plan import pairs_of
from personalization.pairing.rules import Choosable, choose, seed_of
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import endpoint, person, study
from tests.personalization.pairing.test_step import paired, reviewed
from tests.working import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=4)


def plan(of: m.Study, **columns: object) -> PairingPlan:
    return PairingPlan.objects.create(study=of, **columns)


def imported(of: m.Study, attributes: int = 2) -> m.Enrollment:
    """Return somebody whose conversations were imported: through with the study, with attributes."""
    somebody = person(of)
    for number in range(attributes):
        make.attribute(study=of, of=somebody.participant, text=f"The user is {number}.")
    m.Enrollment.objects.filter(pk=somebody.pk).update(
        part=Part.DONE, finished_at=timezone.now(), ended_by="done"
    )
    somebody.refresh_from_db()
    return somebody


def test_who_waits_gets_queries_by_the_plan(of: m.Study) -> None:
    """Three each, each for one person only: the second person gets the last one, and we see why."""
    plan(of, queries_min=2, queries_max=3, people_max=1, candidates_min=2)
    first, second = reviewed(of, "accepted", "uncertain"), reviewed(of, "accepted", "uncertain")
    work_off()
    for one in (first, second):
        one.refresh_from_db()
        assert one.waiting_since is None
    assert sorted(len(paired(one)) for one in (first, second)) == [1, 3]
    assert not set(paired(first)) & set(paired(second))
    short = min(first, second, key=lambda one: len(paired(one)))
    assert short.trouble == ("1 of at least 2 queries: the study has 4, 3 full (limit 1).")


def test_too_few_attributes_for_any_pair(of: m.Study) -> None:
    """The person goes on without, and researchers see why."""
    plan(of, candidates_min=2)
    somebody = reviewed(of, "accepted")
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, paired(somebody)) == (Part.DONE, {})
    assert somebody.trouble.endswith("4 with fewer than 2 attributes that may matter.")


def test_who_is_blocked_gets_none(of: m.Study) -> None:
    """And goes on; a plan that is only made for the block list changes nothing for others."""
    somebody, other = reviewed(of, "accepted"), reviewed(of, "accepted")
    assert keeping.block(of, somebody.participant.pseudonym)
    work_off()
    somebody.refresh_from_db()
    assert (paired(somebody), somebody.part) == ({}, Part.DONE)
    assert "block list" in somebody.trouble
    assert len(paired(other)) == of.queries_each
    assert keeping.block(of, somebody.participant.pseudonym, blocked=False)
    assert pairs_of(of).blocked == frozenset()
    assert not keeping.block(of, "p-nobody")
    assert not keeping.block(of, make.enrolled().participant.pseudonym)


def test_the_matcher_decides_who_gets_what(of: m.Study) -> None:
    """Only the query that speaks of what the person does; the pairs of all attributes are asked."""
    fits = make.query(study=of, text="Which accepted sayings are there?")
    plan(of, queries_min=1, candidates_min=1, matcher=closeness_matcher(of, "bm25"))
    somebody = reviewed(of, "accepted", "uncertain")
    work_off()
    assert paired(somebody) == {fits.key: {"The user says accepted.", "The user says uncertain."}}


def test_the_seed_of_a_person_follows_from_the_plan(of: m.Study) -> None:
    """And is kept with the choice, so that it can be made again."""
    plan(of, seed=5, queries_max=2, candidates_min=1)
    somebody = reviewed(of, "accepted")
    work_off()
    row = Pairing.objects.get(enrollment=somebody)
    assert row.seed == seed_of(5, somebody.pk)
    before = [Choosable(one.pk) for one in of.queries.all()]
    again = choose([one.number for one in before], before, pairs_of(of).rules, row.seed)
    keys = {of.queries.get(pk=one).key for one in again}
    assert set(paired(somebody)) == keys


def test_everybody_at_once_before_anything_is_laid(of: m.Study) -> None:
    """People, sheets, pairs, and who gets too few; looking at it lays nothing."""
    plan(of, queries_min=2, queries_max=2, people_max=2, candidates_min=2)
    people = [imported(of) for _person in range(4)]
    few, on_the_way = imported(of, attributes=1), reviewed(of, "accepted", "uncertain")
    person(of)
    found = planned(of)
    assert [one.enrollment.pk for one in found.people] == [
        one.pk for one in (*people, few, on_the_way)
    ]
    assert (found.paired, found.unread, found.at_rest, found.left_out) == (0, 1, found.at_rest, 0)
    # Four queries for two people each: 8 places for five people who fit.
    assert found.sheets == 8
    assert found.pairs == 16
    assert max(found.given().values()) == 2
    assert {one.enrollment.pk for one in found.unmet} > {few.pk}
    why = {one.enrollment.pk: one.why for one in found.unmet}
    assert why[few.pk] == (
        "0 of at least 2 queries: the study has 4, 4 with fewer than 2 attributes that may matter."
    )
    assert planned(of) == found
    assert not m.RelevancePair.objects.exists()


def test_those_who_wait_for_nothing_are_paired_by_hand(of: m.Study) -> None:
    """As planned, and once: again it finds nobody. Who is on the way is left to the way."""
    plan(of, queries_min=1, queries_max=2, candidates_min=1)
    resting, on_the_way = imported(of), reviewed(of, "accepted")
    blocked = imported(of)
    keeping.block(of, blocked.participant.pseudonym)
    wanted = planned(of, at_rest=True)
    (chosen,) = [one.queries for one in wanted.people if one.queries]
    assert pair(of) == (1, 2)
    assert pair(of) == (0, 0)
    sheets = m.Sheet.objects.filter(stage="relevance", owner=rater_of(resting))
    assert {one.shown["query"] for one in sheets} == set(chosen)
    row = Pairing.objects.get(enrollment=resting)
    assert (row.found, row.settled_at is not None) == (4, True)
    assert not paired(blocked)
    work_off()
    assert len(paired(on_the_way)) == 2
    assert planned(of).paired == 2


def test_without_a_plan_all_is_as_it_was(of: m.Study) -> None:
    """As many queries as the study says, those that the fewest have."""
    held = pairs_of(of)
    assert not held.planned
    assert (held.rules.queries_min, held.rules.queries_max, held.least) == (2, 2, 1)
    imported(of)
    assert planned(of).sheets == of.queries_each


def by_endpoint(of: m.Study, at: Endpoint) -> PairingPlan:
    """Let an embedding of an endpoint say which attributes may matter."""
    key = f"endpoint:{at.name}/embed-small"
    return plan(
        of, queries_min=1, candidates_min=1, matcher=closeness_matcher(of, "embedding", key)
    )


def test_vectors_are_asked_for_before_the_choice(of: m.Study, llm_server: LLMServer) -> None:
    """Of the person who waits, once; the query that is about what was said is among the chosen."""
    by_endpoint(of, endpoint(llm_server))
    fits = make.query(study=of, text="Who says what the user accepted?")
    somebody = reviewed(of, "accepted")
    work_off()
    somebody.refresh_from_db()
    assert (somebody.waiting_since, somebody.trouble) == (None, "")
    assert len(llm_server.embedded) == 1
    assert "The user says accepted." in llm_server.embedded[0]["input"]
    assert fits.key in paired(somebody)


def test_whose_texts_may_not_go_there_is_paired_without(of: m.Study, llm_server: LLMServer) -> None:
    """Nothing is sent; all attributes count, and researchers see why."""
    by_endpoint(of, endpoint(llm_server, provider="Somebody Else"))
    somebody = reviewed(of, "accepted")
    work_off()
    somebody.refresh_from_db()
    assert llm_server.embedded == []
    assert len(paired(somebody)) == 4
    assert somebody.trouble.startswith("no_consent: this person's texts may not go to")


def test_an_endpoint_that_is_down_is_asked_again(of: m.Study, llm_server: LLMServer) -> None:
    """What may pass puts the choice off."""
    by_endpoint(of, endpoint(llm_server))
    reviewed(of, "accepted")
    llm_server.misbehave("error_500", times=3)  # as often as one call tries
    work_off()
    row = Pairing.objects.get()
    assert (row.attempt, row.failure) == (1, None)
    assert row.settled_at is not None


def test_an_endpoint_that_refuses_keeps_nobody_waiting(of: m.Study, llm_server: LLMServer) -> None:
    """The person goes on, and researchers see why there are no queries."""
    by_endpoint(of, endpoint(llm_server))
    somebody = reviewed(of, "accepted")
    llm_server.misbehave("unauthorized", times=None)
    work_off()
    somebody.refresh_from_db()
    assert somebody.waiting_since is None
    assert somebody.trouble.startswith("Queries could not be chosen. unauthorized: ")
