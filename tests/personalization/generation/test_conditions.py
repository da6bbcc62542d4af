"""Which attributes an author is given, under each condition; and who is left out."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import models as m
from annotation.models.judgment import Reason
from annotation.sheets import rater_of
from personalization.arms.holding import hold, leave_out
from personalization.arms.making import UnfitError
from personalization.generation.conditions import given, outlook, waits_for_strangers
from personalization.generation.matching import manner_of
from personalization.generation.step import GeneratingStep
from personalization.models import Arm, Generation
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.generation.people import (
    arm,
    boats,
    in_order,
    lay,
    review,
    say,
    strangers_say,
    texts,
    write,
)
from tests.personalization.machine import PROVIDER, endpoint, person, study

pytestmark = pytest.mark.django_db
STEP = GeneratingStep()


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=2)


@pytest.fixture
def ann(of: m.Study) -> m.Enrollment:
    """Somebody with four attributes beside the first query; the owner finds 1 and 3 relevant."""
    somebody = person(of)
    sheet = lay(somebody, of.queries.order_by("id")[0], boats(somebody, 4))
    for place, item in enumerate(in_order(sheet)):
        say(item, somebody, yes=place % 2 == 1)
    return somebody


def sheet_of(somebody: m.Enrollment, stage: str = "relevance") -> m.Sheet:
    return m.Sheet.objects.get(owner=rater_of(somebody), stage=stage)


def used(by: Arm) -> list[list[int]]:
    """Return the attributes of each row that an arm lacks."""
    return [texts(row.attributes) for row in STEP.missing(by).rows]


def test_without_and_with_all(of: m.Study, ann: m.Enrollment) -> None:
    """One row for the query that the person was paired with, none for the other; surest first."""
    assert used(arm(of)) == [[]]
    assert used(arm(of, "all")) == [[3, 2, 1, 0]]
    row = STEP.missing(arm(of, "all")).rows[0]
    assert (row.enrollment, row.query, row.condition) == (ann, of.queries.order_by("id")[0], "all")


def test_what_the_owner_found_relevant(of: m.Study, ann: m.Enrollment) -> None:
    assert used(arm(of, "relevant_owner")) == [[3, 1]]


def test_what_most_strangers_found_relevant(of: m.Study, ann: m.Enrollment) -> None:
    """A strict majority: 2 of 3, neither 1 of 3, nor 1 of 2, nor what nobody could tell."""
    by = arm(of, "relevant_majority")
    assert (used(by), outlook(by).undecided) == ([], 1)
    strangers_say(sheet_of(ann), (1, 2), (2, 1), (1, 1), (3, 0))
    assert used(by) == [[3, 1]]
    found = outlook(by)
    assert (found.pairs, found.ready, found.nothing, found.undecided) == (1, 1, 0, 0)


def test_strangers_are_waited_for(of: m.Study, ann: m.Enrollment) -> None:
    """While one of them has not answered, nothing is decided; what machines say is no answer."""
    by, sheet = arm(of, "relevant_majority"), sheet_of(ann)
    for item in in_order(sheet):
        make.judgment(item=item, role="machine", value=1)
    strangers_say(sheet, *[(2, 0)] * 4)
    place = sheet.slots.filter(role="third_party").order_by("pk")[0]
    m.Slot.objects.filter(pk=place.pk).update(submitted_at=None)
    assert (used(by), outlook(by).undecided) == ([], 1)
    m.Slot.objects.filter(pk=place.pk).update(submitted_at=timezone.now())
    assert used(by) == [[3, 2, 1, 0]]


def test_nothing_relevant_is_no_row_and_is_counted(of: m.Study, ann: m.Enrollment) -> None:
    strangers_say(sheet_of(ann), *[(0, 2)] * 4)
    by = arm(of, "relevant_majority")
    assert used(by) == []
    found = outlook(by)
    assert (found.pairs, found.ready, found.nothing, found.undecided) == (1, 0, 1, 0)


def test_verified_by_the_owner_or_by_most(of: m.Study, ann: m.Enrollment) -> None:
    """Whatever the query, those that were accepted; `maybe` is not accepted."""
    attributes = list(m.Attribute.objects.filter(participant=ann.participant).order_by("pk"))
    sheet = review(ann, attributes)
    owner, most = arm(of, "verified"), arm(of, "verified", verified_by="majority")
    assert used(owner) == used(most) == []
    assert (outlook(owner).nothing, outlook(most).undecided) == (1, 1)
    items = in_order(sheet, "attribute")
    for place, item in enumerate(items):
        code = 2 if place == 0 else 1
        make.judgment(item=item, rater=rater_of(ann), role="first_person", value=code)
    strangers_say(sheet, (0, 3), (2, 1), (3, 0), (1, 2), kind="attribute")
    assert (used(owner), used(most)) == ([[0]], [[2, 1]])


def test_verified_by_an_arm(of: m.Study, ann: m.Enrollment) -> None:
    """What is in the profile that a revision has left: the rewritten one, not the dropped one."""
    mine = list(m.Attribute.objects.filter(participant=ann.participant).order_by("pk"))
    base = make.arm(study=of, name="finder")
    revised = Arm.objects.create(
        study=of, step="revision", name="checker", source="called", base=base, fingerprint="r"
    )
    rewritten = make.attribute(study=of, of=ann.participant, text="The user has 9 boats.")
    m.Attribute.objects.filter(pk=rewritten.pk).update(refined_from=mine[1], confidence=0.99)
    hold(revised, [mine[0], mine[1], mine[2], rewritten])
    leave_out(revised, mine[1], "refined")
    leave_out(revised, mine[2], "dropped")
    assert used(arm(of, "verified", verified_by="checker")) == [[9, 0]]
    # All that a person has is not told twice.
    assert used(arm(of, "all")) == [[3, 2, 1, 0]]
    with pytest.raises(UnfitError, match="no arm called nobody"):
        given(arm(of, "verified", verified_by="nobody"))


def test_only_the_attributes_of_a_profile(of: m.Study, ann: m.Enrollment) -> None:
    mine = list(m.Attribute.objects.filter(participant=ann.participant).order_by("pk"))
    hold(make.arm(study=of, name="finder"), mine[:2])
    assert used(arm(of, "all", profile="finder")) == [[1, 0]]
    assert used(arm(of, "relevant_owner", profile="finder")) == [[1]]
    with pytest.raises(UnfitError, match="no arm called other"):
        given(arm(of, "all", profile="other"))


def test_withdrawn_and_flagged_ones_are_never_given(of: m.Study, ann: m.Enrollment) -> None:
    mine = list(m.Attribute.objects.filter(participant=ann.participant).order_by("pk"))
    m.Attribute.objects.filter(pk=mine[3].pk).update(withdrawn_at=timezone.now())
    before = m.Judgment.objects.filter(item__relevance_pair__attribute=mine[2])
    before.update(superseded_at=timezone.now())
    make.judgment(
        item=in_order(sheet_of(ann))[2], rater=rater_of(ann), role="first_person",
        value=None, reason=Reason.FLAGGED,
    )  # fmt: skip
    assert used(arm(of, "all")) == [[1, 0]]
    assert used(arm(of, "relevant_owner")) == [[1]]
    reviewed = review(ann, mine[:1])
    m.Sheet.objects.filter(pk=reviewed.pk).update(hidden_at=timezone.now())
    assert used(arm(of, "all")) == [[1]]
    m.Sheet.objects.filter(pk=sheet_of(ann).pk).update(hidden_at=timezone.now())
    assert used(arm(of)) == []


def test_who_is_left_out(of: m.Study, ann: m.Enrollment) -> None:
    """Somebody who left, somebody who never agreed, and researchers who look at pages."""
    changes: tuple[dict[str, Any], ...] = (
        {"withdrawn_at": timezone.now()},
        {"consented_at": None, "consent_version": None, "scopes": []},
        {"preview": True},
    )
    for change in changes:
        before = {name: getattr(ann, name) for name in change}
        m.Enrollment.objects.filter(pk=ann.pk).update(**change)
        assert used(arm(of)) == []
        m.Enrollment.objects.filter(pk=ann.pk).update(**before)
    assert used(arm(of)) == [[]]


def test_texts_of_people_who_did_not_agree_are_withheld(llm_server: LLMServer) -> None:
    """Each of their queries is counted."""
    of = study(endpoint(llm_server, provider=PROVIDER), queries=2)
    for scopes in (("use",), ()):
        somebody = person(of, *scopes)
        attributes = boats(somebody, 2)
        for query in of.queries.all():
            lay(somebody, query, attributes)
    found = STEP.missing(arm(of, "all"))
    assert (len(found.rows), found.withheld) == (2, 2)


def test_some_only_the_same_for_all_arms(of: m.Study) -> None:
    """Arms that write little answer the same requests, whenever they are asked."""
    for _somebody in range(4):
        somebody = person(of)
        attributes = boats(somebody, 2)
        for query in of.queries.all():
            lay(somebody, query, attributes)
    none, every = arm(of), arm(of, "all")
    step = STEP
    three = {(row.enrollment_id, row.query_id) for row in step.missing(none, 3).rows}
    assert len(three) == 3
    assert {(row.enrollment_id, row.query_id) for row in step.missing(every, 3).rows} == three
    first = step.missing(none, 1).rows[0]
    first.save()
    again = {(row.enrollment_id, row.query_id) for row in step.missing(none, 3).rows}
    assert again == three - {(first.enrollment_id, first.query_id)}
    assert len(step.missing(none, 3, trial=True).rows) == 3


def test_length_matched_ones_wait_for_the_others(of: m.Study, ann: m.Enrollment) -> None:
    """A row comes to be when the response without attributes is settled, with its length."""
    by = arm(of, "all", matched=True)
    assert used(by) == []
    assert (outlook(by).ungeneric, outlook(by).ready) == (1, 0)
    write(arm(of), "One two three, four.")
    (row,) = STEP.missing(by).rows
    assert (row.words, texts(row.attributes)) == (4, [3, 2, 1, 0])
    assert (outlook(by).ungeneric, outlook(by).ready) == (0, 1)


def test_rows_are_not_saved_and_can_be_asked(of: m.Study, ann: m.Enrollment) -> None:
    """A dry run prices them."""
    (row,) = STEP.missing(arm(of, "relevant_owner")).rows
    body = STEP.request(row).ask.body()
    assert "- The user has 3 boats.\n- The user has 1 boats." in body["messages"][1]["content"]
    assert not Generation.objects.exists()


def test_who_waits_for_strangers(of: m.Study) -> None:
    waits = {"relevant_majority": True, "none": False, "all": False, "relevant_owner": False}
    for condition, expected in waits.items():
        assert waits_for_strangers(manner_of(arm(of, condition))) == expected
    assert waits_for_strangers(manner_of(arm(of, "verified", verified_by="majority")))
    assert not waits_for_strangers(manner_of(arm(of, "verified")))


def test_many_people_cost_as_many_queries_as_few(of: m.Study) -> None:
    by, costs = arm(of, "relevant_majority"), []
    for count in (1, 4):
        for _somebody in range(count):
            somebody = person(of)
            attributes = boats(somebody, 2)
            for query in of.queries.all():
                strangers_say(lay(somebody, query, attributes), (2, 0), (2, 0))
        with CaptureQueriesContext(connection) as queries:
            STEP.missing(by)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
