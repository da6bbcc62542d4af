"""Who lies closer to the others: by hand, and against the definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.agreement.arrays import FloatArray
from personalization.agreement.ceilings.contests import contests
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from tests.personalization.agreement.ceilings.rows import Panel, panels

PROFILE = settings(deadline=None, max_examples=50, derandomize=True)
SCORES = np.array([0.1, 0.35, 0.4, 2.7])


def test_more_others_agree_with_the_human() -> None:
    """0, 0, 1 and a judge who says 1: without a 0 the others split, without the 1 nobody agrees."""
    who = np.arange(3)
    found = contests(0 * who, who, np.array([0, 0, 1]), np.array([[2, 1]]), np.array([1]))
    assert found.closer.tolist() == [0, 0, 0]
    found = contests(0 * who, who, np.array([0, 0, 0]), np.array([[3, 0]]), np.array([1]))
    assert found.closer.tolist() == [1, 1, 1]


def test_squared_distance_counts_on_a_scale() -> None:
    """0, 1, 4 and a judge who says 2, squared errors of human and judge: 17 and 5, 10 and 8, 25 and 5."""
    who, value = np.arange(3), np.array([0, 1, 4])
    hist = np.array([[1, 1, 0, 0, 1]])
    scale = np.arange(5.0)
    assert contests(0 * who, who, value, hist, np.array([2]), scale).closer.tolist() == [-1, -1, -1]
    # A judge who says 4: (0 against 1, 4) 17, 9; (1 against 0, 4) 10, 16; the 4 meets itself.
    assert contests(0 * who, who, value, hist, np.array([4]), scale).closer.tolist() == [-1, 1, 0]


def test_errors_that_differ_by_rounding_are_equal() -> None:
    """.1, .1, .2 and a judge who says .2: without a .1 either side is .1 away from one other."""
    who, value = np.arange(3), np.array([0, 0, 1])
    scores = np.array([0.1, 0.2, 0.3])
    found = contests(0 * who, who, value, np.array([[2, 1, 0]]), np.array([1]), scores)
    assert found.closer.tolist() == [0, 0, 0]
    # 0 and 1, the judge a step above 0: 1 against 1 - 2 steps, to the 1e-6 of agreement.md.
    for step, closer in ((1e-6, -1), (1e-7, 0)):
        scores = np.array([0, step, 1])
        ends = contests(0 * who[:2], who[:2], 2 * who[:2], np.array([[1, 0, 1]]), who[1:2], scores)
        assert ends.closer[0] == closer


def test_what_is_compared() -> None:
    """Items with two ratings and an answer; unreadable ones are counted."""
    item, rater = np.divmod(np.arange(8), 2)
    item, rater, value = np.append(item, 4), np.append(rater, 0), np.zeros(9, int)
    hist = np.array([[2, 0]] * 4 + [[1, 0]])
    judge = np.array([0, INVALID, NOT_ASKED, 1, 0])
    found = contests(item, rater, value, hist, judge)
    assert (found.item.tolist(), found.rater.tolist()) == ([0, 0, 3, 3], [0, 1, 0, 1])
    assert found.closer.tolist() == [0, 0, 1, 1]
    assert (found.n_asked, found.n_unreadable) == (6, 1)
    wrong = contests(item, rater, value, hist, judge, invalid_wrong=True)
    assert (wrong.item.tolist(), wrong.closer.tolist()) == ([0, 0, 1, 1, 3, 3], [0, 0, 1, 1, 1, 1])
    scale = np.arange(2.0)
    far = contests(item, rater, value, hist, judge, scale, invalid_wrong=True)
    assert far.closer.tolist() == [0, 0, 1, 1, 1, 1]


def test_an_unreadable_answer_agrees_with_nobody() -> None:
    """A human with whom nobody agrees is no better; on a scale no distance is the worst of all."""
    who, value, hist = np.arange(2), np.array([0, 1]), np.array([[1, 1]])
    judge = np.array([INVALID])
    nominal = contests(0 * who, who, value, hist, judge, invalid_wrong=True)
    assert nominal.closer.tolist() == [0, 0]
    scale = contests(0 * who, who, value, hist, judge, np.arange(2.0), invalid_wrong=True)
    assert scale.closer.tolist() == [1, 1]


def test_values_outside_the_options_are_refused() -> None:
    one = np.zeros(1, int)
    with pytest.raises(ValueError, match="codes must be in"):
        contests(one, one, one + 2, np.array([[1, 1]]), one)


def _sign(human: float, judge: float) -> int:
    return int(np.sign(round(human - judge, 6)))


@PROFILE
@given(panels())
def test_one_rating_after_the_other(panel: Panel) -> None:
    """The sign of human minus judge of: others who agree; minus the squared distances to them."""
    rows = panel.compared()
    arrays = panel.item, panel.rater, panel.value, panel.hist, panel.judge
    agree = [_sign(others.count(mine), others.count(judge)) for _h, mine, judge, others in rows]
    assert contests(*arrays).closer.tolist() == agree
    scales: list[FloatArray] = [np.arange(4.0), SCORES, SCORES + 1000]
    for scores in scales:
        near = [
            _sign(-_error(mine, others, scores), -_error(judge, others, scores))
            for _human, mine, judge, others in rows
        ]
        assert contests(*arrays, scores).closer.tolist() == near


def _error(answer: int, others: list[int], scores: FloatArray) -> float:
    return float(((scores[answer] - scores[others]) ** 2).sum())


@PROFILE
@given(panels(lowest=0), st.integers(0, 4))
def test_a_judge_equal_to_a_rater_always_ties_with_the_rater(panel: Panel, rater: int) -> None:
    mine = panel.rater == rater
    judge = panel.judge.copy()
    judge[panel.item[mine]] = panel.value[mine]
    for scores in (None, SCORES):
        found = contests(panel.item, panel.rater, panel.value, panel.hist, judge, scores)
        assert not found.closer[found.rater == rater].any()
