from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.intervals.jackknife import jackknife
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED, accuracy_majority
from personalization.agreement.judges.by_rater import (
    accuracy_majority_by_rater,
    judge_agreement_by_annotator,
    judge_agreement_two_way,
)
from personalization.agreement.judges.judge_agreement import judge_agreement

Kernel: TypeAlias = Callable[[Ratings, IntArray], Estimate]
KERNELS: tuple[Kernel, ...] = (
    judge_agreement_by_annotator,
    judge_agreement_two_way,
    accuracy_majority_by_rater,
)


def panel(seed: int = 1, n_raters: int = 9) -> tuple[Ratings, IntArray]:
    """80 items, each rated by some raters of different skill, and a judge with gaps."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 80)
    item, rater = np.nonzero(rng.random((80, n_raters)) < 0.5)
    right = rng.random(len(item)) < np.linspace(0.4, 0.95, n_raters)[rater]
    value = np.where(right, truth[item], rng.integers(0, 3, len(item)))
    judge = np.where(rng.random(80) < 0.7, truth, rng.integers(0, 3, 80))
    judge[:3], judge[3:6] = INVALID, NOT_ASKED
    return Ratings(item, rater, value, 80, n_raters, 3), judge


def test_the_number_is_that_without_the_raters() -> None:
    ratings, judge = panel()
    agreement = judge_agreement(ratings.histogram, judge, n_raters=9, draws=0).valid_only
    accuracy = accuracy_majority(ratings.histogram, judge, n_raters=9, draws=0).valid_only
    for kernel, plain in zip(KERNELS, (agreement, agreement, accuracy), strict=True):
        found = kernel(ratings, judge)
        assert (found.value, found.n_items, found.n_ratings, found.n_raters) == (
            plain.value, plain.n_items, plain.n_ratings, plain.n_raters,
        )  # fmt: skip
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.value < found.high  # type: ignore[operator]


def test_the_terms_of_raters_add_up_to_the_item_mean() -> None:
    """Every rater drawn once is the number itself: with equal raters the interval is a point."""
    item, rater = np.divmod(np.arange(60), 6)
    ratings = Ratings(item, rater, (item > 3).astype(int), 10, 6, 2)
    found = judge_agreement_by_annotator(ratings, np.zeros(10, int))
    assert found.value == pytest.approx(0.4)
    assert found.low == pytest.approx(0.4)
    assert found.high == pytest.approx(0.4)


def test_the_annotator_interval_is_that_of_the_raters_own_shares() -> None:
    """Every rater rates every item: a draw is the mean of the drawn raters' agreement."""
    rng = np.random.default_rng(2)
    item, rater = np.divmod(np.arange(50 * 20), 20)
    value = (rng.random(1000) < np.linspace(0.2, 0.9, 20)[rater]).astype(int)
    found = judge_agreement_by_annotator(
        Ratings(item, rater, value, 50, 20, 2), np.ones(50, int), draws=4000
    )
    shares = np.bincount(rater, value) / 50
    half = 1.96 * shares.std() / np.sqrt(20)
    assert found.low == pytest.approx(shares.mean() - half, abs=0.015)
    assert found.high == pytest.approx(shares.mean() + half, abs=0.015)


def test_accuracy_is_computed_again_without_each_rater() -> None:
    ratings, judge = panel(3)
    again = []
    for one in range(9):
        rest = ratings.only(np.flatnonzero(ratings.rater != one)).histogram
        again.append(accuracy_majority(rest, judge, draws=0).valid_only.value)
    found = accuracy_majority_by_rater(ratings, judge)
    assert found.value is not None
    around = jackknife(found.value, np.array(again, float), least=0, most=1)
    assert found.low == pytest.approx(around.low, abs=1e-12)
    assert found.high == pytest.approx(around.high, abs=1e-12)


def test_drawn_raters_would_outvote_the_others() -> None:
    """Why raters are left out of a majority, not drawn: draws lie below the number they stand for."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 400)
    item, rater = np.divmod(np.arange(400 * 5), 5)
    value = np.where(rng.random(2000) < 0.75, truth[item], 1 - truth[item])
    ratings = Ratings(item, rater, value, 400, 5, 2)
    found = accuracy_majority_by_rater(ratings, truth)
    drawn = []
    for _draw in range(200):
        weight = np.bincount(rng.integers(0, 5, 5), minlength=5)
        ones = np.bincount(item, weight[rater] * value)
        said = np.where(2 * ones == 5, -1, (2 * ones > 5).astype(int))
        drawn.append((said == truth).sum() / (said >= 0).sum())
    assert found.value is not None
    assert found.low is not None
    assert np.mean(drawn) < found.value - 0.03
    assert found.low <= found.value


@pytest.mark.parametrize("kernel", KERNELS)
def test_undefined(kernel: Kernel) -> None:
    ratings, judge = panel()
    unread = kernel(ratings, np.full_like(judge, INVALID))
    assert (unread.value, unread.low, unread.reason) == (None, None, Reason.NO_VALID_VERDICT)
    unasked = kernel(ratings, np.full_like(judge, NOT_ASKED))
    assert (unasked.value, unasked.reason) == (None, Reason.NO_OVERLAP)


@pytest.mark.parametrize(
    ("kernel", "method"),
    [
        (judge_agreement_by_annotator, "no annotator bootstrap: 4 of 5 annotators"),
        (judge_agreement_two_way, "no two-way bootstrap: 4 of 5 raters"),
        (accuracy_majority_by_rater, "no rater jackknife: 4 of 5 raters"),
    ],
)
def test_few_raters(kernel: Kernel, method: str) -> None:
    found = kernel(*panel(n_raters=4))
    assert found.value is not None
    assert (found.low, found.method) == (None, method)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_order_of_rows_does_not_matter(kernel: Kernel) -> None:
    ratings, judge = panel(5)
    shuffled = ratings.only(np.random.default_rng(0).permutation(len(ratings.item)))
    one, other = kernel(ratings, judge), kernel(shuffled, judge)
    assert one.low == pytest.approx(other.low, abs=1e-9)
    assert one.high == pytest.approx(other.high, abs=1e-9)


def test_the_two_way_interval_by_owner() -> None:
    ratings, judge = panel(6)
    found = judge_agreement_two_way(ratings, judge, np.arange(80) // 5)
    assert found.method == "two-way bootstrap by owner and rater, B=200"
