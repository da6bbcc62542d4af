"""Probabilities of imported verdicts: how they are written, and what they come to."""

from typing import Any

import pytest

from annotation.models import Judgment, Study
from personalization.models import Verdict
from tests.personalization.imports.files import faults, json_lines, table
from tests.personalization.imports.verdict_files import SIDED, bring, settled, verdicts

pytestmark = pytest.mark.django_db
SHARED: dict[str, Any] = {
    **SIDED, "columns": {"side": "side", "probabilities": "p"}, "source": "verbalized",
}  # fmt: skip


def both(shares: object, swapped: object) -> str:
    return json_lines(
        {"item": "u", "judge": "gpt", "side": "ab", "p": shares},
        {"item": "u", "judge": "gpt", "side": "ba", "p": swapped},
    )


def shares_of(side: str) -> list[float] | None:
    return Verdict.objects.get(side=side).distribution


@pytest.mark.parametrize(
    "shares",
    [
        {"first": 0.5, "second": 0.3, "tie": 0.2}, [0.5, 0.3, 0.2], {"first": 50, "second": 30, "tie": 20},
        '{"first": 0.5, "second": 0.3, "tie": 0.2}', {"A": 0.5, "B": 0.3, "same": 0.1, "equal": 0.1},
    ],
    ids=["an object", "a list", "percentages", "a text", "other names"],
)  # fmt: skip
def test_one_column(study: Study, shares: object) -> None:
    """An object by the options' names, or a list in their order; the likeliest one is the value."""
    values = {"A": "first", "B": "second", "same": "tie", "equal": "tie"}
    bring(study, both(shares, [0.6, 0.4, 0]), SHARED, name="v.jsonl", values=values)
    assert shares_of("ab") == pytest.approx([0.5, 0.3, 0.2])
    one = Judgment.objects.get()
    assert (one.value, one.distribution_source) == (0, "verbalized")
    assert one.distribution == pytest.approx([0.55, 0.35, 0.1])


def test_a_column_for_each_option(study: Study) -> None:
    """An empty cell is no share; a line without any is bad where nothing else says the value."""
    columns = {"first": "pa", "second": "pb", "tie": "pc"}
    lines = table("u,gpt,ab,.9,.1,", "v,gpt,ab,,,", heading="item,judge,side,pa,pb,pc")
    outcome = bring(
        study, lines, SHARED, columns={"side": "side"}, probabilities=columns, source="logprobs"
    )
    assert shares_of("ab") == pytest.approx([0.9, 0.1, 0])
    assert faults(outcome) == {("verdicts.csv", 3): "gives no probabilities."}


def test_as_shown(study: Study) -> None:
    """In the swapped order, what stood first is the second candidate."""
    bring(study, both([0.7, 0.2, 0.1], [0.3, 0.6, 0.1]), SHARED, name="v.jsonl", as_shown=True)
    assert shares_of("ba") == pytest.approx([0.6, 0.3, 0.1])
    assert settled() == {"u": 0}


def test_wide_rows_with_shares(study: Study) -> None:
    """Columns for each order, of every kind."""
    probabilities = {
        "ab": {"first": "p1", "second": "p2"}, "ba": {"first": "q1", "second": "q2"},
    }  # fmt: skip
    columns = {"certainty": {"ab": "c1", "ba": "c2"}, "raw": {"ab": "r1", "ba": "r2"}}
    lines = table(
        "u,gpt,.9,.1,.7,.3,90,70,so,so",
        heading="item,judge,p1,p2,q1,q2,c1,c2,r1,r2",
    )  # fmt: skip
    bring(study, lines, SHARED, columns=columns, probabilities=probabilities,
          sides={"ab": "r1", "ba": "r2"}, values={"so": "first"})  # fmt: skip
    assert settled() == {"u": 0}
    one = Judgment.objects.get()
    assert one.certainty == 70
    assert one.distribution == pytest.approx([0.8, 0.2, 0])


def test_no_likeliest_option(study: Study) -> None:
    """Two options with the same share: the shares stay, and there is no value."""
    bring(study, both([0.5, 0.5, 0], [0.9, 0.1, 0]), SHARED, name="v.jsonl")
    assert ("u", "ab", 0, None, "inconsistent") in verdicts()
    one = Judgment.objects.get()
    assert one.reason == "inconsistent"
    assert one.distribution == pytest.approx([0.7, 0.3, 0])


def test_a_value_beside_the_shares_decides(study: Study) -> None:
    """What the judge chose is its answer, whatever its shares say."""
    lines = table("u,gpt,ab,tie,.9,.1", "u,gpt,ba,tie,.9,.1", heading="item,judge,side,value,a,b")
    columns = {"side": "side", "value": "value"}
    probabilities = {"first": "a", "second": "b"}
    bring(study, lines, SHARED, columns=columns, probabilities=probabilities)
    assert settled() == {"u": 2}


def test_what_the_largest_tokens_left_out(study: Study) -> None:
    """Token probabilities need not add up to 1: the rest is noted, and the others are scaled."""
    bring(study, both([0.6, 0.2, 0], [0.6, 0.4, 0]), SHARED, name="v.jsonl", source="logprobs")
    assert shares_of("ab") == pytest.approx([0.75, 0.25, 0])
    left = {one.side: one.left_out for one in Verdict.objects.all()}
    assert left == {"ab": pytest.approx(0.2), "ba": pytest.approx(0)}


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ([0.5, 0.3], "nor a list with one number for each of the 3 options"),
        ("no", "neither an object"),
        ({"other": 1}, "'other' is not among the options"),
        ([0.5, 0.3, 0.1], "add up to 0.9, not to 1"),
        ([0, 0, 0], "add up to 0, not to 1"),
        ([-0.5, 1, 0.5], "'-0.5' is not a number"),
        ([float("nan"), 1, 0], "'nan' is not a number"),
        ([float("inf"), 1, 0], "'inf' is not a number"),
        ([True, 0, 0], "'True' is not a number"),
        (["1", 0, 0], "'1' is not a number"),
        ([10**400, 0, 0], "is not a number"),
        (None, "gives no probabilities"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_shares(study: Study, shares: object, why: str) -> None:
    """The line is left out, and told."""
    outcome = bring(study, both(shares, [1, 0, 0]), SHARED, name="v.jsonl")
    assert why in faults(outcome)["v.jsonl", 1]
    assert {side for _item, side, *_rest in verdicts()} == {"ba"}


def test_the_same_shares_again(study: Study) -> None:
    """Nothing is added; other shares of the same judge are refused by line."""
    first = both([1 / 3, 1 / 3, 0.33], [0.1, 0.7, 0.2])
    bring(study, first, SHARED, name="v.jsonl")
    assert bring(study, first, SHARED, name="v.jsonl").counts.unchanged == 2
    other = bring(study, both([0.4, 0.3, 0.3], [0.1, 0.7, 0.2]), SHARED, name="v.jsonl")
    assert list(faults(other)) == [("v.jsonl", 1)]
    assert other.counts.unchanged == 1
