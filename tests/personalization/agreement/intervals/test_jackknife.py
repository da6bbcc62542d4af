import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.intervals import jackknife as module
from personalization.agreement.intervals.bootstrap import Statistic
from personalization.agreement.intervals.jackknife import jackknife, jackknife_of_items
from personalization.agreement.intervals.ratings import Ratings


def ragged(seed: int = 1, n_items: int = 40, n_raters: int = 7, n_values: int = 3) -> Ratings:
    """Items rated by some of the raters, a few by one or none."""
    rng = np.random.default_rng(seed)
    item, rater = np.nonzero(rng.random((n_items, n_raters)) < 0.4)
    return Ratings(item, rater, rng.integers(0, n_values, len(item)), n_items, n_raters, n_values)


def share_of_pairs(rows: IntArray) -> Statistic:
    """Agreeing pairs per pair: a function of weighted rows in which rows without pairs are nothing."""
    m = rows.sum(axis=1)
    agreeing, pairs = (rows * (rows - 1)).sum(axis=1), m * (m - 1)
    return lambda weights: (weights @ agreeing) / (weights @ pairs)


def deleted(ratings: Ratings) -> list[float]:
    """The share of agreeing pairs recomputed from all ratings but those of one rater."""
    found = []
    for left_out in range(ratings.n_raters):
        hist = ratings.only(np.flatnonzero(ratings.rater != left_out)).histogram
        found.append(float(share_of_pairs(hist)(np.ones((1, len(hist))))[0]))
    return found


def test_by_hand() -> None:
    # mean .5, squares .04 + .01 + 0 + .01 + .04 = .1, SE^2 = 4/5 * .1 = .08, t(.975, 4) = 2.776445
    found = jackknife(0.4, np.array([0.3, 0.4, 0.5, 0.6, 0.7]), least=-0.2)
    half = 2.776445 * np.sqrt(0.08)
    assert found.low == -0.2
    assert found.high == 1.0
    free = jackknife(0.4, np.array([0.3, 0.4, 0.5, 0.6, 0.7]), most=2.0)
    assert (free.low, free.high) == pytest.approx((0.4 - half, 0.4 + half), abs=1e-6)
    assert free.method == "delete-one-rater jackknife, R=5"


@pytest.mark.parametrize("block", [1 << 21, 1])
def test_it_is_that_of_recomputing_without_each_rater(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(module, "BLOCK_CELLS", block)
    ratings = ragged()
    value = float(share_of_pairs(ratings.histogram)(np.ones((1, ratings.n_items)))[0])
    assert jackknife_of_items(share_of_pairs, ratings) == jackknife(
        value, np.array(deleted(ratings))
    )


def test_what_stands_beside_an_item_stays_with_it() -> None:
    ratings = ragged(2)
    beside = np.random.default_rng(3).integers(-2, 3, ratings.n_items)

    def chosen(rows: IntArray) -> Statistic:
        """Pairs of items with a mark of 1 only."""
        return share_of_pairs(rows[:, :-1] * (rows[:, -1:] == 1))

    kept = beside[ratings.item] == 1
    marked = ratings.only(np.flatnonzero(kept))
    value = float(share_of_pairs(marked.histogram)(np.ones((1, ratings.n_items)))[0])
    assert jackknife_of_items(chosen, ratings, beside) == jackknife(
        value, np.array(deleted(marked))
    )


def test_the_order_of_rows_and_the_names_of_raters_do_not_matter() -> None:
    ratings = ragged(4)
    rng = np.random.default_rng(0)
    shuffled = ratings.only(rng.permutation(len(ratings.item)))
    renamed = Ratings(shuffled.item, rng.permutation(9)[shuffled.rater], shuffled.value, 40, 9, 3)
    one, other = (jackknife_of_items(share_of_pairs, which) for which in (ratings, renamed))
    assert one.low == pytest.approx(other.low, abs=1e-12)
    assert one.high == pytest.approx(other.high, abs=1e-12)
    assert one.method == other.method


def test_raters_without_a_rating_do_not_count() -> None:
    ratings = ragged(5, n_raters=4)
    found = jackknife_of_items(share_of_pairs, Ratings(*_columns(ratings), 40, 50, 3))
    assert found.method == "no rater jackknife: 4 of 5 raters"


def _columns(ratings: Ratings) -> tuple[IntArray, IntArray, IntArray]:
    return ratings.item, ratings.rater, ratings.value


def test_undefined_without_one_rater() -> None:
    without = np.array([0.5, np.nan, 0.5, 0.5, 0.5])
    found = jackknife(0.5, without)
    assert (found.low, found.method) == (
        None,
        "no rater jackknife: undefined without one of the raters",
    )


def test_too_many_different_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 100)
    found = jackknife_of_items(share_of_pairs, ragged())
    assert (found.low, found.method) == (None, "no rater jackknife: too many different items")


def test_nothing_rated() -> None:
    none = np.array([], int)
    found = jackknife_of_items(share_of_pairs, Ratings(none, none, none, 3, 2, 2))
    assert found.method == "no rater jackknife: 0 of 5 raters"
