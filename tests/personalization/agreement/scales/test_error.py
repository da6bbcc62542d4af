from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Reason
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.patterns import Patterns, collapse
from personalization.agreement.scales.error import judge_mae_micro, mae, mae_micro
from personalization.agreement.scales.numbers import Numbers, human_means, judge_numbers
from tests.personalization.agreement.scales.pairs import cells

POINTS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
ROWS = some.lists(some.lists(some.integers(0, 4), max_size=6), min_size=1, max_size=12)


def hist_of(rows: list[list[int]]) -> IntArray:
    return np.array([np.bincount(np.array(row, int), minlength=5) for row in rows])


@given(rows=ROWS, scores=some.permutations([1.0, 2.5, 4.0, 4.5, 10.0]))
def test_every_pair_of_ratings_has_one_vote(rows: list[list[int]], scores: list[float]) -> None:
    pairs = [abs(scores[a] - scores[b]) for row in rows for a, b in combinations(row, 2)]
    found = mae_micro(collapse(hist_of(rows)), np.array(scores), draws=0)
    if not pairs:
        assert found.value is None
        return
    assert found.value == pytest.approx(np.mean(pairs), abs=1e-9)
    assert found.n_items == sum(len(row) > 1 for row in rows)


def test_busy_items_weigh_more() -> None:
    """Item 1: two ratings a point apart; item 2: three equal ones: 1 / 4, not (1 + 0) / 2."""
    assert mae_micro(collapse(hist_of([[0, 1], [2, 2, 2]])), POINTS, draws=0).value == 0.25


def test_all_alike_is_an_error_of_zero() -> None:
    found = mae_micro(collapse(hist_of([[1, 1], [1, 1]])), POINTS)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_mae_micro_undefined(table_patterns: Patterns) -> None:
    assert mae_micro(collapse(hist_of([[1], [2]])), POINTS).reason is Reason.NO_OVERLAP
    assert mae_micro(collapse(hist_of([[]])), POINTS).reason is Reason.TOO_FEW_ITEMS
    alone = collapse(hist_of([[1], [2]]), n_raters=1)
    assert mae_micro(alone, POINTS).reason is Reason.TOO_FEW_RATERS
    assert mae_micro(table_patterns, POINTS).n_items == 11


def test_against_the_mean_and_against_each_rating() -> None:
    """Ratings 1, 5 and judge 3: nothing from the mean, two points from each person."""
    hist, judge = hist_of([[0, 4]]), judge_numbers(np.array([2]), POINTS)
    against_mean = mae(cells(judge.values, human_means(hist, POINTS).values), draws=0)
    assert against_mean.value == 0
    assert judge_mae_micro(judge, hist, POINTS, draws=0).value == 2


def test_a_judge_equal_to_a_person_errs_as_that_person() -> None:
    """Against the other people's ratings, the same rows: exactly as far."""
    rng = np.random.default_rng(2)
    ratings = rng.integers(0, 5, (40, 3))
    others = hist_of(ratings[:, 1:].tolist())
    found = judge_mae_micro(judge_numbers(ratings[:, 0], POINTS), others, POINTS, draws=0)
    far = np.abs(ratings[:, :1] - ratings[:, 1:])
    assert found.value == pytest.approx(far.mean(), abs=1e-12)
    assert (found.n_items, found.n_ratings) == (40, 80)


def test_the_judge_is_met_by_each_rating_of_ragged_items() -> None:
    judge = judge_numbers(np.array([0, 4, INVALID, NOT_ASKED, 2]), POINTS)
    hist = hist_of([[0, 1, 1], [4], [0], [0], []])
    found = judge_mae_micro(judge, hist, POINTS, n_raters=3)
    assert found.value == pytest.approx(2 / 4)
    assert (found.n_items, found.n_ratings, found.n_raters) == (2, 4, 3)
    assert found.method == "item bootstrap, B=1000"


@pytest.mark.parametrize(
    ("value", "reason"), [(INVALID, Reason.NO_VALID_VERDICT), (NOT_ASKED, Reason.NO_OVERLAP)]
)
def test_judge_mae_micro_undefined(value: int, reason: Reason) -> None:
    judge = judge_numbers(np.array([value]), POINTS)
    assert judge_mae_micro(judge, hist_of([[0]]), POINTS).reason is reason
    unrated = judge_mae_micro(Numbers(POINTS, np.array([0])), hist_of([[]]), POINTS)
    assert unrated.reason is Reason.NO_OVERLAP


def test_mae_by_hand_with_its_interval() -> None:
    """Errors .5 and 1.5, half each, 400 items: 1, and 1.96 x .5 / 20 to either side."""
    judge, human = np.tile([3.5, 1.0], 200), np.tile([3.0, 2.5], 200)
    found = mae(cells(judge, human))
    assert found.value == 1
    assert [found.low, found.high] == pytest.approx([1 - 0.049, 1 + 0.049], abs=0.008)
    assert found.n_items == 400


def test_mae_of_a_constant_judge_is_defined() -> None:
    assert mae(cells([3, 3], [1, 5]), draws=0).value == 2
    assert mae(cells([np.nan], [1])).reason is Reason.NO_OVERLAP
