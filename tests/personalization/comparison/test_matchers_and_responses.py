"""Matchers beside people, and personalized responses beside plain ones."""

import pytest
from django.utils import timezone

from annotation.models import Judgment
from personalization.agreement.report import Record
from personalization.comparison.records import EVERY, Line
from personalization.comparison.report import of_study
from personalization.models import ArmResponse, Generation, ModelCall
from tests import factories as make
from tests.personalization.comparison.planted import (
    NO,
    PEOPLE,
    Planted,
    planted,
    with_relevance,
    with_responses,
)

pytestmark = pytest.mark.django_db
OWNERS, STRANGERS = "first_person", "third_party"
JUDGE = "judge:flatterer"


def matcher(data: Planted, name: str) -> Line:
    return next(one for one in of_study(data.study).matchers.lines if one.name == name)


def responses(data: Planted) -> dict[str, Line]:
    return {one.name: one for one in of_study(data.study).responses.lines}


def values(line: Line, panel: str, against: str | None = None) -> dict[str, float | None]:
    return {
        key[2]: None if one.value is None else round(one.value, 6)
        for key, one in line.numbers.items()
        if key[:2] == (panel, against)
    }


def reason(line: Line, panel: str, statistic: str) -> Record:
    return line.numbers[panel, None, statistic]


def test_over_selection() -> None:
    """Two of five against one of five: twice as many, found all, half of them wrong."""
    data = with_relevance(planted())
    found = matcher(data, "judge:eager")
    assert values(found, "judge:eager") == {"yes_rate": 0.4}
    expected = {
        "yes_rate": 0.4,
        "people_yes_rate": 0.2,
        "over_selection": 2,
        "precision": 0.5,
        "recall": 1,
    }
    for role in (OWNERS, STRANGERS):
        numbers = values(found, "judge:eager", role)
        assert numbers.items() >= expected.items()
        assert numbers["f1"] == pytest.approx(2 / 3, abs=1e-6)
        # po .8, pe .4 * .2 + .6 * .8 = .56
        assert numbers["kappa"] == pytest.approx((0.8 - 0.56) / 0.44, abs=1e-6)


def test_baselines_stand_beside() -> None:
    """Row 28's judges, on every labelled item; strangers as judges of the owner; baselines last."""
    data = with_relevance(planted())
    lines = of_study(data.study).matchers.lines
    assert [one.name for one in lines] == [
        "judge:eager", "third_party", "baseline:always_no", "baseline:always_yes",
    ]  # fmt: skip
    yes = values(lines[3], "baseline:always_yes", STRANGERS)
    assert yes["f1"] == pytest.approx(2 * 0.2 / 1.2, abs=1e-6)
    assert values(lines[2], "baseline:always_no", OWNERS)["recall"] == 0
    assert values(lines[1], STRANGERS, OWNERS)["kappa"] == 1
    assert values(lines[1], STRANGERS, STRANGERS) == {}


def test_unreadable_answers_are_not_no() -> None:
    """They are counted, and no item of them is in any number."""
    data = with_relevance(planted())
    judgment = Judgment.objects.filter(rater__name="eager", value=NO).first()
    assert judgment is not None
    Judgment.objects.filter(pk=judgment.pk).update(superseded_at=timezone.now())
    make.judgment(
        item=judgment.item, rater=judgment.rater, role="machine", value=None, reason="unparsed"
    )
    found = matcher(data, "judge:eager")
    assert found.made == {"invalid": 1}
    assert found.numbers["judge:eager", None, "yes_rate"].n_items == 5 * PEOPLE - 1


def test_gap_and_share_not_better() -> None:
    """Owners rate 4, 4 and 3, 2 on whichever side it stood; strangers see no difference."""
    found = responses(with_responses(planted()))
    both = values(found["all"], OWNERS), values(found["some"], OWNERS)
    assert [one["gap"] for one in both] == [1, -0.5]
    assert [one["not_better"] for one in both] == [0, 1]
    assert values(found["some"], STRANGERS)["gap"] == 0
    assert found["all"].numbers[OWNERS, None, "gap"].n_ratings == 2 * PEOPLE
    assert found["all"].made["pairs"] == PEOPLE
    assert values(found[EVERY], OWNERS)["gap"] == 0.25


def test_a_plain_arm_has_nothing_to_compare_with() -> None:
    found = responses(with_responses(planted()))["plain"]
    assert found.made["pairs"] == 0
    assert reason(found, OWNERS, "gap").reason == "no_overlap"


def test_inflation_is_by_panel() -> None:
    """A judge one point above owners, and two above strangers where owners say 4."""
    found = responses(with_responses(planted()))["all"]
    assert values(found, JUDGE, OWNERS) == {"inflation": 1}
    assert values(found, JUDGE, STRANGERS) == {"inflation": 2}


def test_mention_rate_and_effect() -> None:
    """One of two attributes is named; for `some` the named one is rated 3, the other 2."""
    found = responses(with_responses(planted()))
    assert values(found["some"], "")["mention_rate"] == 0.5
    assert values(found["some"], OWNERS)["mention_effect"] == 1
    assert values(found["all"], OWNERS)["mention_effect"] == 0
    assert values(found["some"], JUDGE)["mention_effect"] == 1
    # The flags are of one machine; there are not three models that both write and judge.
    assert reason(found[EVERY], "", "mention_ranks").reason == "too_few_raters"


def test_without_flags_the_mention_effect_has_a_reason() -> None:
    """Nobody was asked whether the responses name anything: no number, and no zero."""
    data = with_responses(planted())
    Judgment.objects.filter(rater__name="flags").update(superseded_at=timezone.now())
    found = responses(data)["all"]
    assert reason(found, OWNERS, "mention_effect").reason == "no_overlap"


def test_people_flag_where_no_model_does() -> None:
    """Then strangers' majority says what is named; here the second attribute, and not the first."""
    data = with_responses(planted())
    Judgment.objects.filter(rater__name="flags").update(superseded_at=timezone.now())
    mention = data.study.questions.get(kind="mention")
    for item in mention.items.select_related("question", "attribute"):
        named = int(str(item.attribute) == "It 1.")
        for rater, value in zip(data.strangers, (named, named, 1 - named), strict=True):
            data.answer(item, rater, "third_party", value)
    found = responses(data.save())["some"]
    assert values(found, OWNERS)["mention_effect"] == -1


def test_a_baseline_is_no_panel() -> None:
    """What knows nothing rates nothing here; it stands among matchers alone."""
    data = with_responses(planted())
    lot = make.judge(name="lot", kind="baseline")
    for item in data.asked.gain.items.select_related("question"):
        data.answer(item, lot, "machine", 4)
    data.save()
    panels = {panel for panel, _against, _name in responses(data)["all"].numbers}
    assert panels == {"", OWNERS, STRANGERS, JUDGE}


def test_length() -> None:
    """Ten characters beside five; with one ratio everywhere, length cannot be controlled for."""
    found = responses(with_responses(planted()))["all"]
    assert values(found, "")["length_ratio"] == 2
    assert reason(found, OWNERS, "length_adjusted_gap").reason == "no_variation"


def test_length_controlled_gap() -> None:
    """Together with longer responses that are rated 3 and 2, the slope falls."""
    every = values(responses(with_responses(planted(), longer=2))[EVERY], OWNERS)
    # All lie on two points: gap 1 at ln 2, gap -.5 at ln 4.
    assert every["length_slope"] == pytest.approx(-1.5 / 0.6931472, abs=1e-5)
    assert every["length_adjusted_gap"] == pytest.approx(2.5)


def test_the_overall_question_is_a_number_of_its_own() -> None:
    """The response as a whole is never put together with the gains (C10)."""
    data = with_responses(planted())
    for item in list(data.asked.gain.items.select_related("response_pair", "sheet")):
        if item.response_pair and not item.response_pair.items.filter(question=data.asked.overall):
            whole = make.item(
                subject=item.response_pair, question=data.asked.overall, sheet=item.sheet
            )
            data.answer(whole, data.strangers[0], "third_party", 2)
    found = responses(data.save())["all"]
    assert values(found, STRANGERS)["gap_overall"] == 0
    assert (OWNERS, None, "gap_overall") not in found.numbers
    assert found.numbers[STRANGERS, None, "gap"].n_items == 2 * PEOPLE
    assert found.numbers[STRANGERS, None, "gap_overall"].n_items == PEOPLE


def test_leaks_are_of_what_was_written_here() -> None:
    """Every third response of an arm leaks; of imported ones nobody knows, so there is no number."""
    data = with_responses(planted())
    arm = data.arms["all"]
    call = ModelCall.objects.create(
        step="generation",
        work_id=1,
        endpoint="e",
        model="m",
        request={},
        request_hash="h",
        answer={},
    )
    for number, one in enumerate(ArmResponse.objects.filter(arm=arm).select_related("response")):
        person = data.people[number]
        Generation.objects.create(
            arm=arm, enrollment=person, query=one.response.query, condition="all", call=call,
            response=one.response, leaks=["attribute"] if number % 3 == 0 else [],
            settled_at="2026-01-01T00:00Z",
        )  # fmt: skip
    found = responses(data)
    assert values(found["all"], "")["leaks"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["all"].numbers["", None, "leaks"].n_items == PEOPLE
    assert "leaks" not in values(found["some"], "")


def test_the_difference_of_two_arms() -> None:
    """1 and -.5: a point and a half, of the same people."""
    data = with_responses(planted())
    one, other = data.arms["all"], data.arms["some"]
    (versus,) = of_study(data.study, {"responses": (one, other)}).versus
    found = {(each.record.panel, each.record.statistic): each.record for each in versus.records}
    assert found[OWNERS, "gap@difference"].value == pytest.approx(1.5)
    assert found[OWNERS, "not_better@difference"].value == -1
    assert found[STRANGERS, "gap@difference"].value == 0
    assert {each.record.against for each in versus.records} == {"some"}
