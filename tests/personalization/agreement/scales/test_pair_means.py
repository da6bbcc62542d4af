from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from personalization.agreement.coefficients.rater_pairs import RaterPairs, pair_tables
from personalization.agreement.estimate import Reason
from personalization.agreement.scales import pair_means
from personalization.agreement.scales.pair_means import (
    PairMean,
    mae_pair_mean,
    pearson_pair_mean,
    spearman_pair_mean,
)

SCORES = np.array([1.0, 2.0, 3.0, 5.0, 9.0])
Kernel = Callable[..., PairMean]
KERNELS: list[tuple[Kernel, Callable[..., float]]] = [
    (mae_pair_mean, lambda x, y: np.abs(x - y).mean()),
    (pearson_pair_mean, lambda x, y: stats.pearsonr(x, y)[0]),
    (spearman_pair_mean, lambda x, y: stats.spearmanr(x, y)[0]),
]
BOTH = [pearson_pair_mean, spearman_pair_mean]


def ragged(n_raters: int = 6, n_items: int = 60) -> np.ndarray:
    """Return (raters, items) codes, -1 = not rated."""
    rng = np.random.default_rng(n_raters)
    truth = rng.integers(0, 5, n_items)
    said = np.clip(truth + rng.integers(-1, 2, (n_raters, n_items)), 0, 4)
    return np.where(rng.random((n_raters, n_items)) < 0.7, said, -1)


def pairs_of(said: np.ndarray) -> RaterPairs:
    rater, item = np.nonzero(said >= 0)
    order = np.random.default_rng(0).permutation(len(item))
    rater, item = rater[order], item[order]
    return pair_tables(item, rater, said[rater, item], 5)


@pytest.mark.parametrize(("kernel", "oracle"), KERNELS)
def test_each_pair_weighs_the_same(kernel: Kernel, oracle: Callable[..., float]) -> None:
    said, wanted = ragged(), []
    for one, other in combinations(said, 2):
        both = (one >= 0) & (other >= 0)
        wanted.append(oracle(SCORES[one[both]], SCORES[other[both]]))
    found = kernel(pairs_of(said), SCORES)
    assert found.mean.value == pytest.approx(np.mean(wanted), abs=1e-9)
    assert (found.n_pairs, found.n_undefined, found.mean.n_raters) == (15, 0, 6)
    assert found.mean.n_ratings == 2 * found.mean.n_items


@pytest.mark.parametrize(("kernel", "oracle"), KERNELS)
def test_the_interval_leaves_out_one_rater_after_the_other(
    kernel: Kernel, oracle: Callable[..., float]
) -> None:
    said = ragged()
    found = kernel(pairs_of(said), SCORES).mean
    rest = [kernel(pairs_of(np.delete(said, one, 0)), SCORES).mean.value for one in range(6)]
    without = np.array(rest, float)
    error = np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    assert found.value is not None
    # t(.975, 5) = 2.570582
    assert found.low == pytest.approx(found.value - 2.570582 * error, abs=1e-6)
    assert found.method == "delete-one-rater jackknife, R=6"
    few = kernel(pairs_of(said[:4]), SCORES).mean
    assert (few.low, few.method) == (None, "no rater jackknife: 4 of 5 raters")


def test_bounds_of_the_interval() -> None:
    """An error cannot lie below 0 but above 1, a correlation not above 1."""
    said = np.tile(np.arange(60) % 5, (6, 1))
    said[0] = np.roll(said[0], 1)
    assert mae_pair_mean(pairs_of(said), SCORES).mean.low == 0
    wide = mae_pair_mean(pairs_of(ragged()), 10 * SCORES).mean
    assert wide.high is not None
    assert wide.high > 1
    assert pearson_pair_mean(pairs_of(said), SCORES).mean.high == 1


@pytest.mark.parametrize("kernel", BOTH)
def test_a_constant_rater_is_left_out_and_counted(kernel: Kernel) -> None:
    said = np.array([[0, 1, 2, 3], [0, 1, 2, 3], [4, 4, 4, 4]])
    found = kernel(pairs_of(said), SCORES)
    assert (found.n_pairs, found.n_undefined) == (1, 2)
    assert found.mean.value == pytest.approx(1)
    assert (found.mean.n_items, found.mean.n_raters) == (4, 2)


def test_two_options_with_one_score_do_not_vary() -> None:
    same = np.array([1.0, 1.0, 2.0, 3.0, 4.0])
    said = np.array([[0, 1, 0, 1], [2, 3, 4, 2]])
    for kernel in BOTH:
        assert kernel(pairs_of(said), same).mean.reason is Reason.NO_VARIATION


def test_ranks_follow_the_scores_and_not_the_codes() -> None:
    said = np.array([[0, 1, 2, 3], [0, 1, 2, 4]])
    turned = np.array([1.0, 2.0, 0.0, -1.0, 5.0])
    wanted = stats.spearmanr([1, 2, 0, -1], [1, 2, 0, 5])[0]
    found = spearman_pair_mean(pairs_of(said), turned, draws=0).mean
    assert found.value == pytest.approx(wanted)


def test_pairs_come_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = pairs_of(ragged())
    whole = spearman_pair_mean(pairs, SCORES)
    monkeypatch.setattr(pair_means, "BLOCK_CELLS", 20)
    assert spearman_pair_mean(pairs, SCORES) == whole


def test_undefined() -> None:
    none = np.array([], int)
    nobody = pair_tables(none, none, none, 5)
    for kernel, _oracle in KERNELS:
        found = kernel(nobody, SCORES)
        assert (found.mean.reason, found.mean.n_items) == (Reason.NO_OVERLAP, 0)
    alike = pairs_of(np.array([[1, 1], [1, 1]]))
    assert mae_pair_mean(alike, SCORES).mean.value == 0
    assert pearson_pair_mean(alike, SCORES).mean.reason is Reason.NO_VARIATION
