"""How the report reads options as preferences."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.models import Question
from personalization.agreement.arrays import IntArray
from personalization.agreement.frames import Frame, JudgeAnswers, Orders
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.report.preferences import (
    FIRST,
    SECOND,
    TIE,
    Ballot,
    ballot_of,
    judge_credit,
    judge_sides,
)


def frame(question: Question, options: int = 3, candidates: tuple[int, int] | None = None) -> Frame:
    return Frame(
        question=question,
        options=[str(code) for code in range(options)],
        scores=None if candidates else np.arange(1.0, options + 1),
        item_ids=np.arange(1),
        owner=None,
        panels={},
        judges=[],
        accepted=None,
        candidates=candidates,
    )


def ballot(question: Question, options: int, candidates: tuple[int, int] | None = None) -> Ballot:
    found = ballot_of(frame(question, options, candidates))
    assert found is not None
    return found


def judge(value: IntArray, **changes: object) -> JudgeAnswers:
    return replace(JudgeAnswers(1, value, {}), **changes)  # type: ignore[arg-type]


def test_options_that_name_candidates() -> None:
    """Tie, second, first, can't say: whatever names no candidate is a tie."""
    found = ballot(Question(kind="choice"), 4, (2, 1))
    assert found.sides.tolist() == [TIE, SECOND, FIRST, TIE]
    assert found.histogram(np.array([[1, 2, 3, 4]])).tolist() == [[3, 2, 5]]
    values = found.values(np.array([0, 1, 2, 3, INVALID, NOT_ASKED]))
    assert values.tolist() == [TIE, SECOND, FIRST, TIE, INVALID, NOT_ASKED]


@pytest.mark.parametrize("kind", ["gain", "overall"])
@pytest.mark.parametrize(
    ("options", "sides"),
    [(5, [FIRST, FIRST, TIE, SECOND, SECOND]), (4, [FIRST, FIRST, SECOND, SECOND])],
)
def test_scales(kind: str, options: int, sides: list[int]) -> None:
    assert ballot(Question(kind=kind), options).sides.tolist() == sides


def test_the_worse_one_is_a_vote_for_the_other() -> None:
    """SR asks both ways, and never mixes them (row 40)."""
    named = ballot(Question(kind="choice", worse=True), 3, (0, 1))
    assert named.sides.tolist() == [SECOND, FIRST, TIE]
    scale = ballot(Question(kind="overall", worse=True), 5)
    assert scale.sides.tolist() == [SECOND, SECOND, TIE, FIRST, FIRST]
    low = judge(np.array([INVALID]), score=np.array([1.5]))
    assert judge_sides(scale, low).tolist() == [SECOND]


@pytest.mark.parametrize(
    ("kind", "candidates"), [("recognition", (0, 1)), ("custom", None), ("rating", None)]
)
def test_questions_that_ask_for_no_preference(
    kind: str, candidates: tuple[int, int] | None
) -> None:
    """Who wrote a text is not which text is better, and other scales have no candidates."""
    assert ballot_of(frame(Question(kind=kind), 3, candidates)) is None


def test_two_orders_that_differ_are_no_preference_but_half_a_credit() -> None:
    """4.12: inconsistent is no tie. 4.13: credit is the mean of both orders."""
    found = ballot(Question(kind="choice"), 3, (0, 1))
    value = np.array([0, INVALID, INVALID, NOT_ASKED, 1])
    orders = Orders(np.array([0, 1, 2]), np.array([0, 0, 0]), np.array([0, 1, -1]))
    said = judge(value, orders=orders)
    assert judge_sides(found, said).tolist() == [FIRST, INVALID, INVALID, NOT_ASKED, SECOND]
    credit = judge_credit(found, said)
    assert credit == pytest.approx([1, 0.5, np.nan, np.nan, 0], nan_ok=True)


def test_on_a_scale_the_mean_of_both_orders_decides() -> None:
    """1 and 2 differ and both prefer the first; 2 and 4 meet in the middle."""
    found = ballot(Question(kind="overall"), 5)
    value = np.array([INVALID, INVALID, INVALID, NOT_ASKED, 4])
    score = np.array([1.5, 3.0, np.nan, np.nan, np.nan])
    said = judge(value, score=score)
    assert judge_sides(found, said).tolist() == [FIRST, TIE, INVALID, NOT_ASKED, SECOND]
