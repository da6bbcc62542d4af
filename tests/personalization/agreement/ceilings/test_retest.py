"""People against themselves: the share of equal answers, kappa, and what is drawn."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from personalization.agreement.arrays import IntArray
from personalization.agreement.ceilings.retest import self_agreement, self_kappa
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Reason
from tests.personalization.agreement.ceilings.rows import width

NONE = np.empty(0, int)
SKLEARN = {Weights.PLAIN: None, Weights.LINEAR: "linear", Weights.QUADRATIC: "quadratic"}


@pytest.fixture
def repeats() -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """item, rater, first, again: 120 items of 15 owners, two thirds answered the same again."""
    rng = np.random.default_rng(5)
    item = np.arange(200, 320)
    first = rng.integers(0, 3, 120)
    again = np.where(rng.random(120) < 0.5, first, rng.integers(0, 3, 120))
    return item, (item - 200) // 8, first, again


Repeats = tuple[IntArray, IntArray, IntArray, IntArray]


def test_by_hand() -> None:
    """Six repeats, four equal: 4/6; margins (3, 3) and (3, 3), so kappa = 1 - 6 * 2 / 18."""
    item, rater = np.arange(6), np.zeros(6, int)
    first, again = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 0])
    agreement = self_agreement(item, rater, first, again)
    assert agreement.value == pytest.approx(4 / 6)
    assert (agreement.n_items, agreement.n_ratings, agreement.n_raters) == (6, 12, 1)
    kappa = self_kappa(item, rater, first, again, 2)
    assert kappa.value == pytest.approx(1 / 3)
    assert (kappa.n_items, kappa.n_ratings, kappa.n_raters) == (6, 12, 1)


@pytest.mark.parametrize("weights", list(Weights))
def test_kappa_is_that_of_scikit_learn(repeats: Repeats, weights: Weights) -> None:
    _item, _rater, first, again = repeats
    known = cohen_kappa_score(first, again, labels=[0, 1, 2], weights=SKLEARN[weights])
    assert self_kappa(*repeats, 3, weights).value == pytest.approx(known, abs=1e-12)


def test_undefined() -> None:
    """No repeats: no overlap; one value throughout: agreement 1, and no kappa."""
    assert self_agreement(NONE, NONE, NONE, NONE).reason is Reason.NO_OVERLAP
    assert self_kappa(NONE, NONE, NONE, NONE, 2).reason is Reason.NO_OVERLAP
    same = np.arange(4), np.zeros(4, int), np.ones(4, int), np.ones(4, int)
    assert self_agreement(*same).value == 1
    assert self_kappa(*same, 2).reason is Reason.NO_VARIATION


def test_the_order_of_repeats_changes_nothing(repeats: Repeats) -> None:
    order = np.random.default_rng(0).permutation(len(repeats[0]))
    item, rater, first, again = (column[order] for column in repeats)
    assert self_agreement(*repeats) == self_agreement(item, rater, first, again)
    assert self_kappa(*repeats, 3) == self_kappa(item, rater, first, again, 3)


def test_owners_are_drawn_where_items_have_them(repeats: Repeats) -> None:
    """Fifteen owners are enough, nine are not; without owners items are drawn."""
    item, rater, _first, _again = repeats
    owner = np.full(320, -1)
    owner[item] = rater
    few = np.where(owner > 8, 8, owner)
    for found, other, alone in (
        (
            self_agreement(*repeats, owner),
            self_agreement(*repeats, few),
            self_agreement(*repeats, np.full(320, -1)),
        ),
        (
            self_kappa(*repeats, 3, owner=owner),
            self_kappa(*repeats, 3, owner=few),
            self_kappa(*repeats, 3),
        ),
    ):
        assert found.method == "owner bootstrap, B=1000"
        assert (other.low, other.method) == (None, "no owner bootstrap: 9 of 10 owners")
        assert alone.method == "item bootstrap, B=1000"
        assert found.value == other.value == alone.value


def test_items_that_nobody_owns_stand_for_themselves() -> None:
    """Five owners of items 4 to 8, and items 0 to 3 of nobody: nine to draw, too few."""
    item = np.arange(9)
    first, again = item % 2, np.where(item < 6, item % 2, 0)
    owner = np.array([-1, -1, -1, -1, 0, 1, 2, 3, 4])
    for found in (
        self_agreement(item, 0 * item, first, again, owner),
        self_kappa(item, 0 * item, first, again, 2, owner=owner),
    ):
        assert found.value is not None
        assert found.method == "no owner bootstrap: 9 of 10 owners"


def test_an_owner_who_changes_everything_widens_the_interval() -> None:
    """Owners who keep or change all of their answers: drawn as a whole, not item by item."""
    item, rater = np.arange(160), np.arange(160) // 8
    first = np.arange(160) % 2
    again = np.where(rater % 2, first, 1 - first)
    for by_item, by_owner in (
        (
            self_agreement(item, rater, first, again),
            self_agreement(item, rater, first, again, rater),
        ),
        (
            self_kappa(item, rater, first, again, 2),
            self_kappa(item, rater, first, again, 2, owner=rater),
        ),
    ):
        assert width(by_owner) > 2 * width(by_item)


def test_items_repeated_by_several_people_are_drawn_whole() -> None:
    """Four people repeat each item in the same way: 30 items, not 120 independent repeats."""
    item, rater = np.divmod(np.arange(120), 4)
    first = item % 2
    again = np.where(item % 3, first, 1 - first)
    for whole, apart in (
        (
            self_agreement(item, rater, first, again),
            self_agreement(np.arange(120), rater, first, again),
        ),
        (
            self_kappa(item, rater, first, again, 2),
            self_kappa(np.arange(120), rater, first, again, 2),
        ),
    ):
        assert whole.value == apart.value
        assert (whole.n_items, apart.n_items) == (30, 120)
        assert whole.method == apart.method == "item bootstrap, B=1000"
        assert width(whole) > 1.5 * width(apart)
