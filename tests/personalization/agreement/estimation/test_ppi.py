import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray
from personalization.agreement.estimate import Reason
from personalization.agreement.estimation.ppi import looks_selected, ppi_mean

Data = tuple[FloatArray, FloatArray]


def study(seed: int, n: int = 60, other: int = 240, noise: float = 1.0) -> tuple[Data, FloatArray]:
    """Truth and score of the first n items, scores of the rest, and the truth of all."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(3, 1, n + other)
    score = truth - 0.7 + noise * rng.normal(size=n + other)
    return (np.where(np.arange(n + other) < n, truth, np.nan), score), truth


def plain(truth: FloatArray, score: FloatArray, lam: float | None) -> tuple[float, float, float]:
    """Section 4.15 with numpy's own variances: theta, standard error, lam."""
    labelled = ~np.isnan(truth)
    y, f, g = truth[labelled], score[labelled], score[~labelled]
    n, m = len(y), len(g)
    if lam is None:
        both = np.concatenate([f, g]).var(ddof=1)
        lam = float(np.clip(np.cov(y, f, ddof=0)[0, 1] / ((1 + n / m) * both), 0, 1))
    rest = y - lam * f
    se = np.sqrt(lam**2 * g.var() / m + rest.var() / n)
    return lam * g.mean() + rest.mean(), se, lam


@pytest.mark.parametrize("lam", [None, 1.0, 0.5, 0.0])
@pytest.mark.parametrize("shift", [0, 1e6])
def test_equals_the_definition(lam: float | None, shift: float) -> None:
    """Also far from zero, where sums of squares would lose the digits."""
    (truth, score), _all = study(0)
    found = ppi_mean(truth + shift, score + shift, lam=lam)
    value, se, used = plain(truth, score, lam)
    assert found.value == pytest.approx(value + shift, abs=1e-8)
    assert found.low == pytest.approx(value + shift - 1.959963984540054 * se, abs=1e-8)
    assert found.high == pytest.approx(value + shift + 1.959963984540054 * se, abs=1e-8)
    assert found.method == f"PPI++ normal, lam={used:.3g}"


def test_by_hand() -> None:
    """y 1 1 0 0, f 1 0 0 0, g 1 1 0 0: covariance 1/8, variance of all 15/56, lam 7/30."""
    truth = np.array([1, 1, 0, 0, np.nan, np.nan, np.nan, np.nan])
    score = np.array([1, 0, 0, 0, 1, 1, 0, 0.0])
    # cov = 1/4 - 1/2 1/4 = 1/8; var = 8 (3/8 5/8) / 7 = 15/56; lam = 1/8 / (2 15/56) = 7/30.
    # theta = 7/30 1/2 + 1/2 - 7/30 1/4 = 1/2 + 7/120.
    assert ppi_mean(truth, score).value == pytest.approx(0.5 + 7 / 120)


def test_lam_0_is_the_mean_of_the_truths_and_a_useless_judge_gets_it() -> None:
    """A judge that goes the wrong way, or never varies, brings nothing: lam is clipped to 0."""
    (truth, score), _all = study(1)
    labelled = ~np.isnan(truth)
    alone = ppi_mean(truth, score, lam=0)
    assert alone.value == pytest.approx(truth[labelled].mean())
    assert ppi_mean(truth, -score).value == pytest.approx(truth[labelled].mean())
    assert ppi_mean(truth, np.ones(len(score))).value == pytest.approx(truth[labelled].mean())


def test_lam_is_at_most_1() -> None:
    """A judge with a third of the truth's spread would get lam 3 / (1 + n/N)."""
    (truth, _score), everything = study(2, noise=0)
    third = everything / 3
    assert ppi_mean(truth, third) == ppi_mean(truth, third, lam=1)


def test_a_perfect_judge_is_worth_all_its_verdicts() -> None:
    """Where f = Y - 0.7 for all, lam 1 removes the bias; tuned, about as good as all truths."""
    (truth, score), everything = study(2, noise=0)
    found = ppi_mean(truth, score, lam=1)
    assert found.value == pytest.approx(everything[60:].mean())
    tuned = ppi_mean(truth, score)
    assert tuned.value == pytest.approx(everything.mean(), abs=0.01)
    assert tuned.high is not None
    assert tuned.low is not None
    assert (tuned.high - tuned.low) / 3.92 == pytest.approx(everything.std() / 300**0.5, rel=0.1)


def test_the_interval_covers() -> None:
    """300 studies with a biased judge: 95 % hold the true mean, the judge alone never does."""
    held = narrower = 0
    for seed in range(300):
        (truth, score), _everything = study(seed, noise=0.5)
        found, alone = ppi_mean(truth, score), ppi_mean(truth, score, lam=0)
        assert found.low is not None
        assert found.high is not None
        assert alone.low is not None
        assert alone.high is not None
        held += found.low <= 3 <= found.high
        narrower += found.high - found.low < alone.high - alone.low
    assert 0.91 <= held / 300 <= 0.985
    assert narrower == 300


def test_owners_are_drawn_whole() -> None:
    """Ten copies of an item are one owner's: the interval by owner is the one of single items."""
    (truth, score), _all = study(3)
    single = ppi_mean(truth, score)
    ten = ppi_mean(np.repeat(truth, 10), np.repeat(score, 10), np.repeat(np.arange(300), 10))
    assert ten.method == "owner bootstrap, B=1000"
    assert ten.value == pytest.approx(single.value, abs=1e-3)
    assert ten.low == pytest.approx(single.low, abs=0.05)
    assert ten.high == pytest.approx(single.high, abs=0.05)


def test_items_without_a_score_do_not_count() -> None:
    (truth, score), _all = study(4)
    found = ppi_mean(truth, score)
    more = ppi_mean(np.append(truth, [1, np.nan]), np.append(score, [np.nan, np.nan]))
    assert more == found
    assert (found.n_items, found.n_ratings) == (300, 60)
    order = np.random.default_rng(0).permutation(300)
    assert ppi_mean(truth[order], score[order]).value == pytest.approx(found.value, abs=1e-12)


@pytest.mark.parametrize("truth", [[1.0, 0.0], [np.nan, np.nan]])
def test_nothing_to_correct_or_nothing_to_correct_with(truth: list[float]) -> None:
    found = ppi_mean(np.array(truth), np.array([1.0, 0.0]))
    assert (found.value, found.reason) == (None, Reason.NO_OVERLAP)


def test_a_random_sample_seldom_looks_selected() -> None:
    """Once in a hundred times by the threshold; by owner, whole owners may be labelled."""
    rng = np.random.default_rng(5)
    score = (rng.random(400) < 0.4).astype(float)
    by_chance = [
        looks_selected(np.where(rng.permutation(400) < 100, 1.0, np.nan), score)
        for _time in range(300)
    ]
    assert sum(by_chance) <= 12
    # 40 owners who each have one answer for all of their 10 items; 10 owners are labelled.
    owner = np.repeat(np.arange(40), 10)
    clustered = np.repeat((rng.random(40) < 0.4).astype(float), 10)
    by_item, by_owner = 0, 0
    for _time in range(100):
        truth = np.where(np.isin(owner, rng.permutation(40)[:10]), 1.0, np.nan)
        by_item += looks_selected(truth, clustered)
        by_owner += looks_selected(truth, clustered, owner)
    assert by_owner <= 10
    assert by_item > 20


def test_a_chosen_sample_looks_selected() -> None:
    """People answered mostly what the judge calls 1; ownerless items stand for themselves."""
    score = np.tile([1.0, 0.0], 100)
    truth = np.where((score == 1) & (np.arange(200) < 100), 1.0, np.nan)
    assert looks_selected(truth, score)
    assert looks_selected(truth, score, np.full(200, -1))
    assert not looks_selected(np.full(200, np.nan), score)
