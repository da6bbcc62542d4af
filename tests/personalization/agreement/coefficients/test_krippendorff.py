import krippendorff
import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.krippendorff import alpha, alpha_long
from personalization.agreement.estimate import Level, Reason
from personalization.agreement.patterns import Patterns, collapse, histogram

LEVELS = list(Level)
RANKED = [Level.ORDINAL, Level.INTERVAL]


def ragged(seed: int, n_items: int = 40, n_values: int = 5) -> IntArray:
    """Histograms of items with 0 to 5 ratings."""
    rng = np.random.default_rng(seed)
    item = np.repeat(np.arange(n_items), rng.integers(0, 6, n_items))
    value = (rng.integers(0, n_values, n_items)[item] + rng.integers(0, 2, len(item))) % n_values
    return histogram(item, value, n_items, n_values)


@pytest.mark.parametrize(
    ("level", "value"),
    [(Level.NOMINAL, 0.743421), (Level.ORDINAL, 0.815388), (Level.INTERVAL, 0.849107)],
)
def test_4x12(table_patterns: Patterns, level: Level, value: float) -> None:
    found = alpha(table_patterns, level, draws=0)
    assert found.value == pytest.approx(value, abs=5e-7)
    assert (found.n_items, found.n_ratings, found.n_raters) == (11, 40, 4)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(15))
def test_equals_the_library_on_ragged_data(seed: int, level: Level) -> None:
    hist = ragged(seed)
    theirs = krippendorff.alpha(value_counts=hist, level_of_measurement=level.value)
    assert alpha(collapse(hist), level, draws=0).value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_scores_set_the_interval_distance(seed: int) -> None:
    hist, scores = ragged(seed), np.array([0.0, 1.0, 5.0, 50.0, 100.0])
    theirs = krippendorff.alpha(
        value_counts=hist, value_domain=scores, level_of_measurement="interval"
    )
    ours = alpha(collapse(hist), Level.INTERVAL, scores, draws=0).value
    assert ours == pytest.approx(theirs, abs=1e-9)
    moved = alpha(collapse(hist), Level.INTERVAL, 1e6 + 3 * scores, draws=0).value
    assert moved == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_perfect(level: Level) -> None:
    assert alpha(collapse(np.array([[3, 0], [0, 2]])), level, draws=0).value == 1


def test_below_chance_is_negative() -> None:
    # every pair differs: o = [[0, 2], [2, 0]], n = (2, 2), alpha = 1 - 3 * 4 / 8
    assert alpha(collapse(np.array([[1, 1], [1, 1]])), Level.NOMINAL, draws=0).value == -0.5


def test_at_chance_is_near_0() -> None:
    value = np.random.default_rng(0).integers(0, 3, 6000)
    hist = histogram(np.repeat(np.arange(2000), 3), value, 2000, 3)
    assert alpha(collapse(hist), Level.NOMINAL, draws=0).value == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("level", LEVELS)
def test_constant_values_have_no_alpha(level: Level) -> None:
    found = alpha(collapse(np.array([[3, 0], [2, 0], [0, 1]])), level)
    assert (found.value, found.reason) == (None, Reason.NO_VARIATION)


def test_equal_scores_are_no_variation() -> None:
    found = alpha(collapse(np.array([[1, 1]])), Level.INTERVAL, np.array([0.1, 0.1]))
    assert found.reason is Reason.NO_VARIATION


@pytest.mark.parametrize(
    ("hist", "n_raters", "reason"),
    [
        ([[0, 0]], None, Reason.TOO_FEW_ITEMS),
        ([[1, 0], [0, 1]], 1, Reason.TOO_FEW_RATERS),
        ([[1, 0], [0, 1]], 2, Reason.NO_OVERLAP),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_undefined_without_a_pair(
    hist: list[list[int]], n_raters: int | None, reason: Reason, level: Level
) -> None:
    found = alpha(collapse(np.array(hist), n_raters=n_raters), level)
    assert (found.value, found.reason) == (None, reason)


@pytest.mark.parametrize("level", LEVELS)
def test_the_pattern_bootstrap_is_the_bootstrap_of_items(level: Level) -> None:
    hist = ragged(3, n_items=200)
    hist = hist[hist.sum(axis=1) > 1]
    found = alpha(collapse(hist), level, draws=2000)
    rng = np.random.default_rng(1)
    drawn = [hist[rng.integers(0, len(hist), len(hist))] for _ in range(400)]
    by_hand = [alpha(collapse(rows), level, draws=0).value for rows in drawn]
    low, high = np.percentile(np.array(by_hand, float), (2.5, 97.5))
    assert found.low == pytest.approx(low, abs=0.03)
    assert found.high == pytest.approx(high, abs=0.03)


@pytest.mark.parametrize("level", RANKED)
@pytest.mark.parametrize("seed", range(10))
def test_the_long_form_is_alpha(seed: int, level: Level) -> None:
    rng = np.random.default_rng(seed)
    item, value = rng.integers(0, 60, 150), rng.integers(0, 7, 150)
    short = alpha(collapse(histogram(item, value, 60, 7)), level, draws=0)
    long = alpha_long(item, value.astype(float), level, draws=0)
    assert long.value == pytest.approx(short.value, abs=1e-12)
    assert (long.n_items, long.n_ratings) == (short.n_items, short.n_ratings)


def test_the_long_form_takes_any_unit() -> None:
    rng = np.random.default_rng(1)
    item, value = rng.integers(0, 60, 200), rng.random(200)
    first = alpha_long(item, value, Level.INTERVAL, draws=0).value
    assert alpha_long(item, 1e5 + 40 * value, Level.INTERVAL, draws=0).value == pytest.approx(first)
    ranked = alpha_long(item, value, Level.ORDINAL, draws=0).value
    assert alpha_long(item, np.exp(value), Level.ORDINAL, draws=0).value == pytest.approx(ranked)


def test_the_long_form_has_the_same_item_interval() -> None:
    rng = np.random.default_rng(1)
    item = np.repeat(np.arange(300), 3)
    value = rng.integers(0, 4, 300)[item] + rng.integers(0, 3, 900)
    short = alpha(collapse(histogram(item, value, 300, 6)), Level.INTERVAL)
    long = alpha_long(item, value.astype(float), Level.INTERVAL)
    assert long.low == pytest.approx(short.low, abs=0.01)
    assert long.high == pytest.approx(short.high, abs=0.01)
    assert long.method == "item bootstrap, B=1000"


def test_the_long_form_draws_owners() -> None:
    rng = np.random.default_rng(1)
    item = np.repeat(np.arange(100), 2)
    value = rng.random(100)[item] + rng.random(200) / 2
    found = alpha_long(item, value, Level.INTERVAL, np.arange(100) // 5)
    assert found.method == "owner bootstrap, B=1000"
    few = alpha_long(item, value, Level.INTERVAL, np.arange(100) // 20)
    assert (few.low, few.method) == (None, "no owner bootstrap: 5 of 10 owners")


@pytest.mark.parametrize(
    ("item", "value", "level", "reason"),
    [
        ([], [], Level.INTERVAL, Reason.TOO_FEW_ITEMS),
        ([0, 1], [1.0, 2.0], Level.ORDINAL, Reason.NO_OVERLAP),
        ([0, 0, 1], [0.1, 0.1, 2.0], Level.INTERVAL, Reason.NO_VARIATION),
        ([0, 0], [1.0, 2.0], Level.NOMINAL, Reason.WRONG_LEVEL),
    ],
)
def test_the_long_form_undefined(
    item: list[int], value: list[float], level: Level, reason: Reason
) -> None:
    found = alpha_long(np.array(item, int), np.array(value), level)
    assert (found.value, found.reason) == (None, reason)
