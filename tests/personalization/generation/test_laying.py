"""Comparisons of what arms have written: which pairs, with what rated, and which ones not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import models as m
from annotation.sheets import lay_comparison, rater_of
from personalization.arms.making import make_imported
from personalization.generation.laying import Laid, Unlaid, lay_comparisons, unlaid
from personalization.models import Arm, ArmResponse
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.generation.people import (
    arm,
    boats,
    comparisons,
    in_order,
    lay,
    say,
    strangers_say,
    texts,
    write,
)
from tests.personalization.machine import endpoint, person, study

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=1)


def paired(of: m.Study, *votes: tuple[int, int]) -> m.Enrollment:
    """Return somebody whose attributes stand beside the query, with strangers' (yes, no)."""
    somebody = person(of)
    sheet = lay(somebody, of.queries.get(), boats(somebody, 3))
    if votes:
        strangers_say(sheet, *votes)
    for place, item in enumerate(in_order(sheet)):
        say(item, somebody, yes=place == 0)
    return somebody


def pair_of(sheet: m.Sheet) -> m.ResponsePair:
    return m.ResponsePair.objects.select_related("a", "b").get(pk=sheet.shown["response_pair"])


def gains(sheet: m.Sheet) -> list[int]:
    items = sheet.items.filter(question__kind="gain").order_by("pk")
    return texts([item.attribute_id or 0 for item in items])


def test_each_personalized_arm_beside_the_one_without(of: m.Study) -> None:
    """Row 20: only what most strangers found relevant is rated, whatever the author was given."""
    somebody = paired(of, (3, 0), (1, 2), (2, 1))
    none, every, owner = arm(of), arm(of, "all"), arm(of, "relevant_owner")
    for one in (every, none, owner):
        write(one)
    assert unlaid(of) == Unlaid(pairs=2, people=1)
    assert lay_comparisons(of) == Laid(sheets=2, items=6, people=1)
    first, second = comparisons(somebody)
    for sheet in (first, second):
        pair = pair_of(sheet)
        assert pair.a_id < pair.b_id
        assert "none" in {pair.a.condition, pair.b.condition}
        assert gains(sheet) == [2, 0]
        assert sheet.owner == rater_of(somebody)
    assert {pair_of(one).a.condition for one in (first, second)} == {"none", "all"}
    assert unlaid(of) == Unlaid(pairs=0, people=0)
    assert lay_comparisons(of) == Laid(0, 0, 0)
    assert len(comparisons(somebody)) == 2


def test_nothing_on_a_sheet_tells_of_arms(of: m.Study) -> None:
    """Neither what it shows nor its group; all arms' sheets look alike."""
    paired(of, (3, 0), (3, 0), (3, 0))
    for one in (arm(of), arm(of, "all"), arm(of, "relevant_owner")):
        write(one)
    lay_comparisons(of)
    for sheet in m.Sheet.objects.filter(stage="comparison"):
        assert sheet.shown.keys() == {"query", "response_pair", "required"}
        assert sheet.stratum == ""


def test_some_arms_and_some_pairs_only(of: m.Study) -> None:
    for _somebody in range(3):
        paired(of, (3, 0), (3, 0), (3, 0))
    every, owner = arm(of, "all"), arm(of, "relevant_owner")
    for one in (arm(of), every, owner):
        write(one)
    assert unlaid(of, [every]).pairs == 3
    assert lay_comparisons(of, [every], most=2).sheets == 2
    assert (unlaid(of, [every]).pairs, unlaid(of).pairs) == (1, 4)
    assert lay_comparisons(of, [every]).sheets == 1
    conditions = {pair.b.condition for pair in m.ResponsePair.objects.select_related("b")}
    assert conditions == {"all"}


def test_strangers_are_waited_for(of: m.Study) -> None:
    """Where a study asks none, the owner's word counts."""
    somebody = paired(of)
    write(arm(of))
    write(arm(of, "all"))
    assert unlaid(of) == Unlaid(pairs=0, people=0, undecided=1)
    assert lay_comparisons(of).sheets == 0
    m.Study.objects.filter(pk=of.pk).update(strangers=0)
    of.refresh_from_db()
    assert lay_comparisons(of).sheets == 1
    assert gains(comparisons(somebody)[0]) == [0]


def test_what_cannot_be_compared_is_counted(of: m.Study) -> None:
    """The same text twice, a response that tells what it is, and one without another side."""
    for _somebody in range(3):
        paired(of, (3, 0), (3, 0), (3, 0))
    none, every = arm(of), arm(of, "all")
    write(every)
    assert unlaid(of) == Unlaid(pairs=0, people=0, ungeneric=3)
    rows = write(none, "Go.")
    first, second, _third = every.responses.order_by("pk")
    m.Response.objects.filter(pk=first.response_id).update(text="Go.")
    m.Response.objects.filter(pk=second.response_id).update(text="I know that you sail. Go.")
    assert unlaid(of) == Unlaid(pairs=1, people=1, same=1, unclean=1)
    assert lay_comparisons(of).sheets == 1
    assert len(rows) == 3


def test_whoever_labels_just_now_gets_no_more(of: m.Study) -> None:
    """The sheets that somebody has before them do not become more; afterwards they are laid."""
    somebody = paired(of, (3, 0), (3, 0), (3, 0))
    write(arm(of))
    write(arm(of, "all"))
    mine = m.Enrollment.objects.filter(pk=somebody.pk)
    mine.update(part="comparison")
    assert unlaid(of) == Unlaid(pairs=0, people=0, at_work=1)
    mine.update(finished_at=timezone.now())
    assert unlaid(of).pairs == 1
    mine.update(withdrawn_at=timezone.now())
    assert unlaid(of) == Unlaid(pairs=0, people=0)
    assert lay_comparisons(of).sheets == 0


def test_responses_of_two_models_are_never_mixed(of: m.Study) -> None:
    """What people compare is what the attributes have changed, not who wrote it."""
    paired(of, (3, 0), (3, 0), (3, 0))
    write(arm(of, "all"))
    other = arm(of)
    Arm.objects.filter(pk=other.pk).update(model="another")
    write(Arm.objects.get(pk=other.pk))
    assert unlaid(of) == Unlaid(pairs=0, people=0, ungeneric=1)


def test_imported_responses(of: m.Study) -> None:
    """The one without attributes may be for nobody in particular; a row of work is not needed."""
    somebody = paired(of, (3, 0), (0, 3), (0, 3))
    query = of.queries.get()
    by = make.author(name="lab", kind="human")
    for condition, whose, text in (("none", None, "Go."), ("all", somebody.participant, "Sail.")):
        ours = make_imported(
            of, "generation", f"lab, {condition}", model="lab",
            configuration={"manner": {"condition": condition}},
        )  # fmt: skip
        response = make.response(query=query, of=whose, by=by, condition=condition, text=text)
        ArmResponse.objects.create(arm=ours, response=response)
    assert lay_comparisons(of) == Laid(sheets=1, items=2, people=1)
    pair = pair_of(comparisons(somebody)[0])
    assert (pair.participant, pair.a.text, pair.b.text) == (somebody.participant, "Go.", "Sail.")


def test_what_stands_beside_another_plain_response_is_laid(of: m.Study) -> None:
    """To one request several responses without attributes may come from one arm, as in imports."""
    somebody = paired(of, (3, 0), (0, 3), (0, 3))
    query, by = of.queries.get(), make.author(name="lab", kind="human")
    written = []
    for condition, text in (("none", "Go."), ("none", "Stay."), ("all", "Sail.")):
        lab = make_imported(
            of, "generation", f"lab, {condition}", model="lab",
            configuration={"manner": {"condition": condition}},
        )  # fmt: skip
        whose = somebody.participant if condition == "all" else None
        written.append(make.response(query=query, of=whose, by=by, condition=condition, text=text))
        ArmResponse.objects.create(arm=lab, response=written[-1])
    assert unlaid(of) == Unlaid(pairs=1, people=1)
    _older, newer, personal = written
    pair = m.ResponsePair.objects.create(
        query=query, participant=somebody.participant, a=newer, b=personal
    )
    lay_comparison(somebody, pair, [])
    assert unlaid(of) == Unlaid(pairs=0, people=0)


def test_many_responses_cost_as_many_queries_as_few(of: m.Study) -> None:
    arms, costs = (arm(of), arm(of, "all"), arm(of, "relevant_owner")), []
    for people in (1, 4):
        for _somebody in range(people):
            paired(of, (3, 0), (3, 0), (3, 0))
        for one in arms:
            write(one)
        with CaptureQueriesContext(connection) as queries:
            unlaid(of)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 16
    assert unlaid(of).pairs == 10
