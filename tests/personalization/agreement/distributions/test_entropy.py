import numpy as np
import pytest
from scipy import stats

from personalization.agreement.distributions.entropy import (
    entropy,
    entropy_correlation,
    mean_entropy,
)
from personalization.agreement.distributions.pairs import paired
from personalization.agreement.estimate import Reason
from personalization.agreement.patterns import collapse


def test_against_scipy() -> None:
    shares = np.random.default_rng(0).dirichlet(np.full(5, 0.3), 50)
    shares[0] = [1, 0, 0, 0, 0]
    assert entropy(shares) == pytest.approx(stats.entropy(shares, axis=1), abs=1e-12)
    assert entropy(np.full((1, 4), 0.25)) == pytest.approx(np.log(4))


def test_an_item_with_one_rating_has_no_division() -> None:
    """(2, 2) and (3, 1) count, (1, 0) and (0, 0) do not: (ln 2 + .562335) / 2."""
    found = mean_entropy(collapse(np.array([[2, 2], [3, 1], [1, 0], [0, 0]])), draws=0)
    assert found.value == pytest.approx((np.log(2) + 0.562335) / 2, abs=1e-6)
    assert (found.n_items, found.n_ratings) == (2, 8)


def test_mean_undefined() -> None:
    assert mean_entropy(collapse(np.zeros((2, 2), int))).reason is Reason.TOO_FEW_ITEMS
    assert mean_entropy(collapse(np.array([[1, 0], [0, 1]]))).reason is Reason.NO_OVERLAP


def test_the_interval_of_the_mean_by_item_and_by_owner() -> None:
    """Half width 1.96 sd / sqrt(units); owners of 10 items that are divided alike."""
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(40), 10)
    lean = rng.random(40)[owner]
    hist = np.stack([rng.binomial(5, lean)], axis=1)
    hist = np.concatenate([hist, 5 - hist], axis=1)
    each = stats.entropy(hist / 5, axis=1)
    by_item = mean_entropy(collapse(hist))
    assert by_item.high is not None
    assert by_item.value == pytest.approx(each.mean())
    assert by_item.high - each.mean() == pytest.approx(1.96 * each.std() / 20, rel=0.1)
    by_owner = mean_entropy(collapse(hist, owner))
    assert by_owner.high is not None
    assert by_owner.method == "owner bootstrap, B=1000"
    spread = each.reshape(40, 10).mean(axis=1).std()
    assert by_owner.high - each.mean() == pytest.approx(1.96 * spread / np.sqrt(40), rel=0.1)


def judged(n: int, raters: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    truth = rng.dirichlet([1, 1, 1], n)
    return rng.multinomial(raters, truth), (truth + rng.dirichlet([2, 2, 2], n)) / 2


def test_correlation_against_scipy() -> None:
    hist, judge = judged(60)
    found = entropy_correlation(paired(hist, judge), draws=0)
    people, machine = stats.entropy(hist / 20, axis=1), stats.entropy(judge, axis=1)
    assert found.value == pytest.approx(stats.pearsonr(people, machine).statistic, abs=1e-12)
    assert (found.n_items, found.n_ratings) == (60, 1200)


def test_correlation_only_where_enough_people_answered() -> None:
    """Items with fewer ratings and items without a distribution are left out."""
    hist, judge = judged(30)
    more_hist = np.concatenate([hist, [[10, 9, 0], [20, 0, 0]]])
    more_judge = np.concatenate([judge, [[0.2, 0.2, 0.6], [np.nan] * 3]])
    found = entropy_correlation(paired(more_hist, more_judge).rated(20), draws=0)
    assert found == entropy_correlation(paired(hist, judge), draws=0)


def test_correlation_undefined() -> None:
    hist, judge = judged(5)
    assert entropy_correlation(paired(hist, judge).rated(21)).reason is Reason.TOO_FEW_RATERS
    silent = np.full((5, 3), np.nan)
    assert entropy_correlation(paired(hist, silent)).reason is Reason.NO_VALID_VERDICT
    assert entropy_correlation(paired(0 * hist, judge)).reason is Reason.NO_OVERLAP
    # The same shares in another order of options: entropies that may differ by a rounding.
    turned = np.array([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2], [0.2, 0.1, 0.7]])
    assert entropy_correlation(paired(hist[:3], turned)).reason is Reason.NO_VARIATION


def test_shuffled_items_change_nothing() -> None:
    hist, judge = judged(40)
    owner = np.arange(40) // 2
    order = np.random.default_rng(2).permutation(40)
    one = entropy_correlation(paired(hist, judge, owner))
    other = entropy_correlation(paired(hist[order], judge[order], owner[order]))
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert one.low == pytest.approx(other.low, abs=1e-9)
    assert mean_entropy(collapse(hist, owner)) == mean_entropy(collapse(hist[order], owner[order]))
