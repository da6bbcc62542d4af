"""Baselines beside every judge: those made of people's answers, and filters that cannot hide any."""

import pytest

from annotation.models import Judgment, Question, Reference
from annotation.models.judgment import Role
from personalization.agreement import report
from personalization.agreement.frames import Selection, SelectionError, check
from personalization.agreement.report.baselines import (
    BASE_RATE,
    MAJORITY_CLASS,
    MAJORITY_SHARES,
    SINGLE,
    UNIFORM,
)
from tests import factories
from tests.personalization.report.studies import asked, every, numbers, rows

pytestmark = pytest.mark.django_db
STRANGERS = {"ann": every(1), "bob": every(1), "cat": every(1, "no")}


def owned(items: int, owner: str = "yes", **strangers: str) -> Question:
    """Return a question of which each item has an owner, who says `owner`, and these strangers."""
    lines = []
    for item in range(items):
        mine = f"owner-{item % 12}"
        lines.append(f"{item},{mine},{owner},{mine}")
        lines += [f"{item},{name},{said},{mine}" for name, said in strangers.items()]
    return asked(lines, heading="item,rater,value,owner", columns={"owner": "owner"})


def test_row_7_majority_and_single_stranger_against_the_owner() -> None:
    """Row 7: strangers say A, A, B and the owner A: the majority is right, one alone in 2 of 3."""
    found = numbers(owned(300, ann="yes", bob="yes", cat="no"))
    most = found["third_party", "first_person", "accuracy_all"]
    one = found[SINGLE, "first_person", "accuracy_all"]
    assert (most.value, most.n_items) == (1, 300)
    assert one.value == pytest.approx(2 / 3, abs=0.08)
    assert one.n_items == 300


def test_the_single_stranger_is_the_same_again_and_for_everybody() -> None:
    """Drawn by ids: the same number in each report, and no other one when somebody's lot is higher."""
    question = owned(60, ann="yes", bob="no")
    first = numbers(question)[SINGLE, "first_person", "accuracy_all"].value
    assert numbers(question)[SINGLE, "first_person", "accuracy_all"].value == first
    assert first is not None
    assert 0.25 < first < 0.75
    only = report.of_question(question, Selection(without_raters=("bob",))).records
    (alone,) = (one for one in only if (one.panel, one.statistic) == (SINGLE, "accuracy_all"))
    assert alone.value == 1


def test_no_majority_is_no_answer() -> None:
    """Two strangers who differ: the panel cannot tell, and nothing breaks the tie."""
    found = numbers(owned(24, ann="yes", bob="no"))
    valid = found["third_party", "first_person", "accuracy_valid"]
    assert (valid.value, valid.reason) == (None, "no_valid_verdict")
    assert found["third_party", "first_person", "accuracy_all"].value == 0


def test_strangers_never_stand_against_themselves() -> None:
    """Against strangers there is the most common answer alone; a person's ceiling is elsewhere."""
    found = numbers(owned(24, ann="yes", bob="yes", cat="no"))
    assert not [key for key in found if key[0] == SINGLE and key[1] == "third_party"]
    assert ("third_party", "third_party", "accuracy_all") not in found


def test_strangers_stand_against_the_reference() -> None:
    """A, A, B where A is right on 18 of 24: the majority .75."""
    question = asked(rows(24, **STRANGERS))
    for place, item in enumerate(question.items.order_by("pk")):
        Reference.objects.create(item=item, kind="gold", accepted=[1 if place < 18 else 0])
    found = numbers(question)
    assert found["third_party", "reference", "accuracy_all"].value == 0.75
    one = found[SINGLE, "reference", "accuracy_all"]
    assert one.value is not None
    assert 0.4 < one.value < 0.85
    constant = found[MAJORITY_CLASS, "reference", "accuracy_all"]
    assert constant.value == 0.75


def test_the_most_common_answer_is_that_of_those_it_stands_against() -> None:
    """Prevalence: strangers say yes to 16 of 24, so always yes is right on two thirds."""
    found = numbers(asked(rows(24, ann=every(3, "no", "yes"), bob=every(3, "no", "yes"))))
    assert found[MAJORITY_CLASS, "third_party", "accuracy_valid"].value == pytest.approx(2 / 3)
    judge, people = (
        found[MAJORITY_CLASS, "third_party", f"ceiling_plurality_{one}"]
        for one in ("judge", "human")
    )
    assert judge.value == pytest.approx(2 / 3)  # beside people, on the same others
    assert people.value == 1
    tied = numbers(asked(rows(24, ann=every(2), bob=every(2))))
    assert tied[MAJORITY_CLASS, "third_party", "accuracy_valid"].reason == "no_valid_verdict"
    assert (MAJORITY_CLASS, "third_party", "accuracy_all") not in tied


def test_row_37_three_distributions_for_all_items() -> None:
    """Row 37: yes, yes, yes, no on each item; distances to them worked by hand.

    Uniform (.5, .5) and the shares of all answers (.25, .75): distances .25 and 0; all on yes: .25.
    They stand where a judge gives distributions.
    """
    people = {name: every(1) for name in ("ann", "bob", "cat")} | {"dan": every(1, "no")}
    question = asked(rows(24, **people))
    assert not [key for key in numbers(question) if key[0] == UNIFORM]
    judge = factories.judge()
    for item in question.items.all():
        factories.judgment(
            item=item, rater=judge, role="machine",
            distribution=[0.4, 0.6], distribution_source="logprobs",
        )  # fmt: skip
    found = numbers(question)
    distances = {
        name: found[name, "third_party", "tvd"].value
        for name in (UNIFORM, BASE_RATE, MAJORITY_SHARES)
    }
    assert distances == pytest.approx({UNIFORM: 0.25, BASE_RATE: 0, MAJORITY_SHARES: 0.25})


def beside(question: Question, name: str = "random") -> None:
    """Let a baseline answer yes to all items."""
    baseline = factories.judge(name=name, kind="baseline")
    for item in question.items.all():
        factories.judgment(item=item, rater=baseline, role="machine")


def test_row_11_no_filter_hides_a_baseline() -> None:
    """Row 11: whoever is chosen or left out, baselines stay, and nobody can leave one out by name."""
    question = asked(rows(12, ann=every(2), bob=every(3)), rows(12, gpt=every(2), llama=every(3)))
    beside(question)
    for chosen in (
        Selection(),
        Selection(raters=("gpt",)),
        Selection(raters=("ann",)),
        Selection(without_raters=("gpt", "llama")),
        Selection(role="third_party", overlap=1),
    ):
        check(question, chosen)
        found = report.of_question(question, chosen)
        assert found.baselines == ["judge:random"]
        panels = {(one.panel, one.against) for one in found.records}
        assert {("judge:random", "third_party"), (MAJORITY_CLASS, "third_party")} <= panels
    only = {one.panel for one in report.of_question(question, Selection(raters=("gpt",))).records}
    assert "judge:llama" not in only
    with pytest.raises(SelectionError, match="cannot be left out"):
        check(question, Selection(without_raters=("random",)))


def test_a_baseline_is_no_person() -> None:
    """It counts in no panel of people, and pairs of two baselines are left out."""
    question = asked(rows(12, ann=every(2), bob=every(3)), rows(12, gpt=every(2)))
    beside(question)
    beside(question, "longer answer")
    assert set(Judgment.objects.filter(rater__kind="baseline").values_list("role", flat=True)) == {
        Role.MACHINE
    }
    found = numbers(question)
    assert found["third_party", None, "raw_agreement"].n_raters == 2
    pairs = {key[:2] for key in found if str(key[1]).startswith("judge:")}
    assert len(pairs) == 2
    assert all("judge:gpt" in pair for pair in pairs)
