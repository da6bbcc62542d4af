from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from personalization.agreement.distributions import pairs as pairing
from personalization.agreement.distributions.divergence import (
    cross_entropy_smoothed,
    jensen_shannon,
    kl_smoothed,
    smoothed,
    tvd,
    tvd_of_values,
)
from personalization.agreement.distributions.pairs import Pairs, paired
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.judges.judge_agreement import judge_agreement

PROFILE = settings(deadline=None, max_examples=40, derandomize=True)
Statistic = Callable[..., Estimate]


def nats(pairs: Pairs, **options: int) -> Estimate:
    return jensen_shannon(pairs, **options).nats


def bits(pairs: Pairs, **options: int) -> Estimate:
    return jensen_shannon(pairs, **options).bits


def distance(pairs: Pairs, **options: int) -> Estimate:
    return jensen_shannon(pairs, **options).distance


EVERY = (tvd, nats, bits, distance, kl_smoothed, cross_entropy_smoothed)


def judged(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    judge = rng.dirichlet([0.5, 0.5, 0.5], n)
    judge[0] = [0, 1, 0]
    return rng.multinomial(7, [0.6, 0.3, 0.1], n), judge


def test_jensen_shannon_by_hand() -> None:
    """(.5, .5) against (1, 0): the middle is (.75, .25)."""
    middle = -0.75 * np.log(0.75) - 0.25 * np.log(0.25)
    one = paired(np.array([[3, 3]]), np.array([[1.0, 0.0]]))
    assert nats(one).value == pytest.approx(middle - np.log(2) / 2, abs=1e-12)
    assert nats(one).value == pytest.approx(0.215762, abs=1e-6)
    assert bits(one).value == pytest.approx(0.311278, abs=1e-6)
    assert distance(one).value == pytest.approx(0.464501, abs=1e-6)


def test_disjoint_distributions() -> None:
    """js_bits 1 and js_nats ln 2, TVD 1; KL is finite, as it is smoothed (row 37)."""
    one = paired(np.array([[5, 0, 0]]), np.array([[0.0, 0.5, 0.5]]))
    assert bits(one).value == pytest.approx(1, abs=1e-15)
    assert nats(one).value == pytest.approx(np.log(2), abs=1e-15)
    assert tvd(one).value == 1
    kl = kl_smoothed(one).value
    assert kl is not None
    assert np.isfinite(kl)


def test_smoothing() -> None:
    """Counts (3, 0, 0) -> (.833, .083, .083): one more label, in thirds (row 37)."""
    assert smoothed(np.array([[1.0, 0, 0]]), np.array([3]))[0] == pytest.approx(
        [10 / 12, 1 / 12, 1 / 12], abs=1e-15
    )
    # Both sides are smoothed with the people's number of labels.
    found = kl_smoothed(paired(np.array([[3, 0, 0]]), np.array([[0, 1.0, 0]])))
    assert found.value == pytest.approx(9 / 12 * np.log(10), abs=1e-12)


def test_against_scipy() -> None:
    """Distance, total variation, KL and cross-entropy, averaged over 40 items."""
    hist, judge = judged()
    human, both = hist / 7, paired(hist, judge)
    root = jensenshannon(human, judge, axis=1)
    assert nats(both, draws=0).value == pytest.approx((root**2).mean(), abs=1e-9)
    assert distance(both, draws=0).value == pytest.approx(root.mean(), abs=1e-9)
    binary = jensenshannon(human, judge, base=2, axis=1) ** 2
    assert bits(both, draws=0).value == pytest.approx(binary.mean(), abs=1e-9)
    apart = [np.abs(h - j).max() for h, j in zip(_unions(human), _unions(judge), strict=True)]
    assert tvd(both, draws=0).value == pytest.approx(np.mean(apart), abs=1e-12)
    p, q = (7 * human + 1 / 3) / 8, (7 * judge + 1 / 3) / 8
    kl = stats.entropy(p, q, axis=1).mean()
    assert kl_smoothed(both, draws=0).value == pytest.approx(kl, abs=1e-9)
    crossed = stats.entropy(p, axis=1).mean() + kl
    assert cross_entropy_smoothed(both, draws=0).value == pytest.approx(crossed, abs=1e-9)


def _unions(shares: np.ndarray) -> np.ndarray:
    """Return the mass of every set of options: TVD is the largest difference of any."""
    sets = (np.arange(8)[:, None] >> np.arange(3)) & 1
    mass: np.ndarray = shares @ sets.T
    return mass


@PROFILE
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=8),
    st.lists(st.integers(-2, 2), min_size=8, max_size=8),
)
def test_a_point_mass_is_as_far_away_as_people_disagree(
    counts: list[list[int]], answers: list[int]
) -> None:
    """TVD of a one-label judge = 1 - the share of people who agree."""
    hist, judge = np.array(counts), np.array(answers[: len(counts)])
    mass = np.where((judge >= 0)[:, None], np.eye(3)[np.maximum(judge, 0)], np.nan)
    agreement = judge_agreement(hist, judge, draws=0).valid_only
    one, same = tvd_of_values(hist, judge, draws=0), tvd(paired(hist, mass), draws=0)
    if agreement.value is None:
        assert one.value is same.value is None
        assert one.reason is agreement.reason
    else:
        assert one.value == pytest.approx(1 - agreement.value, abs=1e-12)
        assert same.value == pytest.approx(1 - agreement.value, abs=1e-12)
    assert (one.n_items, one.n_ratings) == (same.n_items, same.n_ratings)
    assert one.n_items == agreement.n_items


def test_unreadable_and_not_asked_are_no_point_mass() -> None:
    hist = np.array([[2, 0], [1, 1], [0, 0], [2, 0]])
    found = tvd_of_values(hist, np.array([0, INVALID, 0, NOT_ASKED]), draws=0)
    assert (found.value, found.n_items, found.n_ratings) == (0, 1, 2)
    unreadable = tvd_of_values(hist, np.full(4, INVALID))
    assert unreadable.reason is Reason.NO_VALID_VERDICT
    assert tvd_of_values(hist, np.full(4, NOT_ASKED)).reason is Reason.NO_OVERLAP


@pytest.mark.parametrize("statistic", EVERY)
def test_an_equal_judge_is_nowhere_else(statistic: Statistic) -> None:
    """Every distance of a judge from itself is 0; cross-entropy is then the entropy."""
    hist, _ = judged()
    found = statistic(paired(hist, hist / 7), draws=0).value
    spread = stats.entropy((hist + 1 / 3) / 8, axis=1).mean()
    alike = spread if statistic is cross_entropy_smoothed else 0
    # JS is a difference of logarithms; the distance takes the root of what rounding leaves.
    assert found == pytest.approx(alike, abs=1e-7)


@pytest.mark.parametrize("statistic", EVERY)
def test_items_left_out(statistic: Statistic) -> None:
    """Too few ratings, no distribution, no rating: not in the mean, and not in n."""
    hist, judge = judged()
    more = np.concatenate([hist, [[4, 0, 0], [7, 0, 0], [0, 0, 0]]])
    beside = np.concatenate([judge, [[0, 0, 1.0], [np.nan] * 3, [1.0, 0, 0]]])
    found = statistic(paired(more, beside).rated(5))
    assert found == statistic(paired(hist, judge))
    assert (found.n_items, found.n_ratings) == (40, 280)


@pytest.mark.parametrize("statistic", EVERY)
def test_undefined(statistic: Statistic) -> None:
    hist, judge = judged(3)
    assert statistic(paired(hist, judge).rated(8)).reason is Reason.TOO_FEW_RATERS
    silent = paired(hist, np.full((3, 3), np.nan)).rated(5)
    assert statistic(silent).reason is Reason.NO_VALID_VERDICT
    assert statistic(paired(0 * hist, judge).rated(5)).reason is Reason.NO_OVERLAP


@pytest.mark.parametrize("statistic", EVERY)
def test_shuffled_items_and_renamed_options_change_nothing(statistic: Statistic) -> None:
    hist, judge = judged()
    order, names = np.random.default_rng(1).permutation(40), [2, 0, 1]
    owner = np.arange(40) // 2
    known = statistic(paired(hist, judge, owner))
    other = statistic(paired(hist[order][:, names], judge[order][:, names], owner[order]))
    assert known.value == pytest.approx(other.value, abs=1e-12)
    assert (known.low, known.high) == pytest.approx((other.low, other.high), abs=1e-12)


def test_intervals_in_both_units() -> None:
    both = paired(*judged())
    one, two = nats(both), bits(both)
    assert one.low is not None
    assert one.high is not None
    assert (two.low, two.high) == pytest.approx((one.low / np.log(2), one.high / np.log(2)))
    assert one.method == two.method == "item bootstrap, B=1000"


def test_many_distinct_items_are_drawn_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value is exact, and the ends are where they were but for other draws."""
    both = paired(*judged(400))
    exact = tvd(both)
    monkeypatch.setattr(pairing, "MOST_DISTINCT", 10)
    stepped = tvd(both)
    assert stepped.value == exact.value
    # sd / sqrt(400) is .014, and an end of 1000 draws wanders by .0008.
    assert (stepped.low, stepped.high) == pytest.approx((exact.low, exact.high), abs=0.003)


def test_steps_keep_the_mean_and_follow_the_range() -> None:
    """However small the numbers: 256 steps between the smallest and the largest, and their means."""
    values = 1e-6 * np.random.default_rng(0).random(5000)
    steps = pairing.in_steps(values)
    assert len(np.unique(steps)) <= 256
    assert steps.mean() == pytest.approx(values.mean(), rel=1e-9)
    assert np.abs(steps - values).max() < 1e-6 / 256
    assert pairing.in_steps(values[:1000]).tolist() == values[:1000].tolist()
