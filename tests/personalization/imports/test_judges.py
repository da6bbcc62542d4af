"""Judges' answers: in one order or both, settled into one judgment, raw readings kept."""

import pytest

from annotation.models import Judgment, Rater, Study
from personalization.models import JudgeRun, Verdict
from tests.personalization.imports.files import (
    FIVE,
    YES_NO,
    answers,
    bring,
    faults,
    spec_of,
    table,
)

pytestmark = pytest.mark.django_db
ORDERS = "item,judge,winner_order1,winner_swapped"


def verdicts() -> set[tuple[str, str, int | None, str | None]]:
    found = Verdict.objects.values_list("item__record__key", "side", "value", "reason")
    return {(str(item), side, value, reason) for item, side, value, reason in found}


def test_one_order(study: Study) -> None:
    """A single answer is one reading without sides, and settles itself."""
    bring(study, judges=table("x,gpt,yes", "y,gpt,invalid", heading="item,judge,value"))
    assert answers() == {("x", "gpt", "yes"), ("y", "gpt", "unparsed")}
    assert verdicts() == {("x", "none", 1, None), ("y", "none", None, "unparsed")}
    assert Rater.objects.get().kind == "judge"
    assert set(Judgment.objects.values_list("role", flat=True)) == {"machine"}


def test_both_orders(study: Study) -> None:
    """Both readings are kept; they settle as protocols 0.2 says."""
    lines = ["w,gpt,yes,yes", "x,gpt,yes,no", "y,gpt,invalid,no", "z,gpt,invalid,invalid"]
    bring(study, judges=table(*lines, heading=ORDERS))
    assert answers() == {
        ("w", "gpt", "yes"), ("x", "gpt", "inconsistent"),
        ("y", "gpt", "unparsed"), ("z", "gpt", "unparsed"),
    }  # fmt: skip
    assert {one for one in verdicts() if one[0] in "xy"} == {
        ("x", "ab", 1, None), ("x", "ba", 0, None),
        ("y", "ab", None, "unparsed"), ("y", "ba", 0, None),
    }  # fmt: skip


def test_an_ordinal_judge_has_a_score(study: Study) -> None:
    """The score is the mean of both orders; people's answers have none."""
    lines = table("x,gpt,4,5", "y,gpt,2,2", heading=ORDERS)
    bring(study, table("x,ann,4"), judges=lines, spec=spec_of(FIVE))
    found = Judgment.objects.values_list("rater__name", "value", "reason", "score")
    assert set(found) == {
        ("gpt", None, "inconsistent", 4.5), ("gpt", 1, None, 2.0), ("ann", 3, None, None),
    }  # fmt: skip


def test_orders_under_other_names(study: Study) -> None:
    """question.toml names the columns of both orders, and of the judge."""
    columns = {"judge": ["model", "prompt"], "order1": "first", "order2": "second"}
    lines = table("x,gpt,v1,yes,yes", heading="item,model,prompt,first,second")
    bring(study, judges=lines, spec=spec_of(columns=columns))
    assert answers() == {("x", "gpt/v1", "yes")}


def test_the_raters_column_may_name_the_judge(study: Study) -> None:
    """A judges file laid out like the people's is read without further words."""
    bring(study, judges=table("x,gpt,yes"))
    assert Rater.objects.get().kind == "judge"


def test_a_judge_and_a_person_of_one_name(study: Study) -> None:
    """They are two raters, and neither answers for the other."""
    bring(study, table("x,gpt,yes"), judges=table("x,gpt,no"))
    assert answers() == {("x", "gpt", "yes"), ("x", "gpt", "no")}
    assert set(Rater.objects.values_list("kind", flat=True)) == {"person", "judge"}


def test_a_judge_without_its_answer(study: Study) -> None:
    """Neither both orders nor a value: the file is refused with what is missing."""
    with pytest.raises(Exception, match=r"judges.csv has no column value"):
        bring(study, judges=table("x,gpt,yes", heading="item,judge,winner_order1"))


def test_a_second_import_adds_no_reading(study: Study) -> None:
    """The run, the readings and the judgments stay as they are."""
    lines = table("x,gpt,yes,no", "y,gpt,yes,yes", heading=ORDERS)
    bring(study, judges=lines)
    outcome = bring(study, judges=lines)
    assert (outcome.counts.new, outcome.counts.unchanged, outcome.counts.bad) == (0, 2, 0)
    assert (JudgeRun.objects.count(), Verdict.objects.count()) == (1, 4)


@pytest.mark.parametrize(
    "again",
    ["x,gpt,no,no", "x,gpt,yes,invalid", "x,gpt,invalid,invalid"],
    ids=["another value", "unreadable now", "both unreadable"],
)
def test_a_judge_does_not_change_its_mind(study: Study, again: str) -> None:
    """A configuration answers once: other answers are refused by line, with what to do."""
    bring(study, judges=table("x,gpt,yes,yes", heading=ORDERS))
    outcome = bring(study, judges=table("y,gpt,no,no", again, heading=ORDERS))
    assert answers() == {("x", "gpt", "yes"), ("y", "gpt", "no")}
    assert faults(outcome) == {
        ("judges.csv", 3): "judge gpt has already answered item x otherwise:"
        " import the new answers under another judge name."
    }


def test_one_order_is_not_two(study: Study) -> None:
    """The same answer, now in both orders, is another configuration, and the reverse."""
    single, double = table("x,gpt,yes", heading="item,judge,value"), "x,gpt,yes,yes"
    bring(study, judges=single)
    assert bring(study, judges=table(double, heading=ORDERS)).counts.bad == 1
    assert verdicts() == {("x", "none", 1, None)}


@pytest.mark.parametrize(
    ("answer", "settled"), [("yes,yes", 80), ("yes,no", None), ("yes,invalid", None)]
)
def test_certainty_of_both_orders(study: Study, answer: str, settled: int | None) -> None:
    """The readings keep what was said; the pair is certain only where the orders agree."""
    heading = f"{ORDERS},sure"
    spec = spec_of(YES_NO, columns={"certainty": "sure"})
    bring(study, judges=table(f"x,gpt,{answer},80", heading=heading), spec=spec)
    assert Judgment.objects.get().certainty == settled
    assert set(Verdict.objects.values_list("certainty", flat=True)) == {80}
    assert (
        bring(study, judges=table(f"x,gpt,{answer},80", heading=heading), spec=spec).counts.bad == 0
    )
    changed = bring(study, judges=table(f"x,gpt,{answer},90", heading=heading), spec=spec)
    assert list(faults(changed)) == [("judges.csv", 2)]


def test_judges_of_several_questions_share_a_run(study: Study) -> None:
    """A judge is one rater of the study, with one run of what was imported."""
    lines = table("x,gpt,yes", heading="item,judge,value")
    bring(study, judges=lines)
    bring(study, judges=lines, spec=spec_of(key="again"))
    assert (Rater.objects.count(), JudgeRun.objects.count(), Verdict.objects.count()) == (1, 1, 2)


def test_a_judge_repeats_itself_across_lines(study: Study) -> None:
    """Readings that settle alike but differ are contradictory all the same."""
    lines = table("x,gpt,yes,invalid", "x,gpt,invalid,yes", heading=ORDERS)
    outcome = bring(study, judges=lines)
    assert (answers(), outcome.counts.bad) == (set(), 2)
