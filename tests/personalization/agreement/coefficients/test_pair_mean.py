import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.pair_mean import mean_pair_kappa
from personalization.agreement.coefficients.rater_pairs import RaterPairs, pair_tables
from personalization.agreement.estimate import Reason


def panel(n_raters: int, n_items: int = 60) -> tuple[IntArray, IntArray, IntArray]:
    rng = np.random.default_rng(n_raters)
    truth = rng.integers(0, 2, n_items)
    item, rater = np.divmod(np.arange(n_items * n_raters), n_raters)
    right = rng.random(len(item)) < 0.8
    return item, rater, np.where(right, truth[item], 1 - truth[item])


def test_pairs_weigh_the_same_or_by_their_items() -> None:
    # raters 0 and 1 share four items, kappa 1/2; raters 2 and 3 share two, kappa 1
    item = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    rater = np.array([0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3])
    value = np.array([0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1])
    pairs = pair_tables(item, rater, value, 2)
    assert mean_pair_kappa(pairs).kappa.value == pytest.approx((0.5 + 1) / 2)
    assert mean_pair_kappa(pairs, by_overlap=True).kappa.value == pytest.approx((4 * 0.5 + 2) / 6)


def test_pairs_without_a_kappa_are_left_out_and_counted() -> None:
    item = np.array([0, 0, 1, 1, 2, 2])
    rater = np.array([0, 1, 0, 1, 2, 3])
    found = mean_pair_kappa(pair_tables(item, rater, np.array([0, 0, 1, 1, 0, 0]), 2))
    assert (found.kappa.value, found.n_members, found.n_undefined) == (1, 1, 1)


def test_the_jackknife_leaves_out_one_rater_after_the_other() -> None:
    item, rater, value = panel(6)
    found = mean_pair_kappa(pair_tables(item, rater, value, 2)).kappa
    rest = [
        mean_pair_kappa(pair_tables(item[kept], rater[kept], value[kept], 2)).kappa.value
        for kept in (rater != left_out for left_out in range(6))
    ]
    without = np.array(rest, float)
    error = np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    assert found.value is not None
    # t(.975, 5) = 2.570582
    assert found.low == pytest.approx(found.value - 2.570582 * error, abs=1e-6)
    assert found.method == "delete-one-rater jackknife, R=6"


def star() -> RaterPairs:
    """Rater 0 shares two items with each of five others."""
    item = np.repeat(np.arange(10), 2)
    rater = np.stack([np.zeros(10, int), np.repeat(np.arange(1, 6), 2)], axis=1).ravel()
    return pair_tables(item, rater, np.tile([0, 0, 1, 1], 5), 2)


@pytest.mark.parametrize(
    ("pairs", "method"),
    [
        (pair_tables(*panel(3), 2), "no rater jackknife: 3 of 5 raters"),
        (star(), "no rater jackknife: undefined without one of the raters"),
    ],
    ids=["few raters", "one rater in every pair"],
)
def test_no_jackknife(pairs: RaterPairs, method: str) -> None:
    found = mean_pair_kappa(pairs).kappa
    assert (found.low, found.method) == (None, method)


def test_undefined() -> None:
    none = np.array([], int)
    assert mean_pair_kappa(pair_tables(none, none, none, 2)).kappa.reason is Reason.NO_OVERLAP
    alike = pair_tables(np.array([0, 0]), np.array([0, 1]), np.array([1, 1]), 2)
    assert mean_pair_kappa(alike).kappa.reason is Reason.NO_VARIATION
