import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.estimate import NO_INTERVAL, Level
from personalization.agreement.intervals import draws as module
from personalization.agreement.intervals.bootstrap import interval, intervals
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import collapse, count_by_owner, histogram


def mean_code(weights: FloatArray) -> FloatArray:
    """The mean pattern number."""
    result: FloatArray = weights @ np.arange(weights.shape[1]) / weights.sum(axis=1)
    return result


def test_the_seed_is_the_same_in_every_process() -> None:
    assert stable_seed("stamp 7", "alpha") == 0x639AD4C13815F7C95AF05CF5C9A11B4F
    assert stable_seed("stamp 7", "alpha") != stable_seed("stamp 7", "gwet")
    assert stable_seed("a", "b") != stable_seed("ab")


def test_same_seed_same_interval() -> None:
    items = np.array([5, 7, 9])
    first = interval(mean_code, items, seed="stamp")
    assert first == interval(mean_code, items, seed="stamp")
    assert first != interval(mean_code, items, seed="next stamp")
    assert first.method == "item bootstrap, B=1000"


def test_no_draws_no_interval() -> None:
    assert interval(mean_code, np.array([5, 7]), seed=0, draws=0).method is None


def test_the_mean_of_many_items_has_the_normal_interval() -> None:
    # 400 zeros and 600 ones: .6 -+ 1.96 * sqrt(.24 / 1000) = [.5696, .6304]
    found = interval(mean_code, np.array([400, 600]), seed=1, draws=4000)
    assert found.low == pytest.approx(0.5696, abs=0.003)
    assert found.high == pytest.approx(0.6304, abs=0.003)


def test_distinct_items_are_drawn_with_replacement() -> None:
    # mean of 0..99: sd sqrt((100^2 - 1) / 12), half width 1.96 * 28.866 / 10 = 5.658
    found = interval(mean_code, np.ones(100, np.int64), seed=1, draws=4000)
    assert found.low == pytest.approx(49.5 - 5.658, abs=0.4)
    assert found.high == pytest.approx(49.5 + 5.658, abs=0.4)


def test_few_owners_give_no_interval_and_the_method_says_so() -> None:
    owners = count_by_owner(np.arange(9), np.zeros(9, np.int64))
    found = interval(mean_code, np.array([9]), owners, seed=0)
    assert (found.low, found.high) == (None, None)
    assert found.method == "no owner bootstrap: 9 of 10 owners"


def test_undefined_draws_are_counted_and_most_of_them_forbid_the_interval() -> None:
    def rarely(weights: FloatArray) -> FloatArray:
        return np.where(np.arange(len(weights)) % 4 == 0, np.nan, 1.0)

    def mostly(weights: FloatArray) -> FloatArray:
        return np.where(np.arange(len(weights)) % 4 == 0, 1.0, np.nan)

    some = interval(rarely, np.array([3]), seed=0, draws=100)
    assert (some.low, some.method) == (1.0, "item bootstrap, B=100 (25 undefined)")
    most = interval(mostly, np.array([3]), seed=0, draws=100)
    assert (most.low, most.method) == (None, "item bootstrap, B=100 (75 undefined)")


def test_owner_weights_are_whole_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    owner = rng.integers(0, 12, 80)
    owners = count_by_owner(owner, rng.integers(0, 6, 80), n_patterns=6)
    items = owners.dense().sum(axis=0).astype(np.int64)
    dense = interval(mean_code, items, owners, seed=0)
    monkeypatch.setattr(module, "DENSE_CELLS", 0)
    assert interval(mean_code, items, owners, seed=0) == dense


def test_small_blocks_draw_from_the_same_law(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = interval(mean_code, np.array([40, 60, 30]), seed=0)
    monkeypatch.setattr(module, "BLOCK_CELLS", 100)
    parts = interval(mean_code, np.array([40, 60, 30]), seed=0)
    assert parts.low == pytest.approx(whole.low, abs=0.03)
    assert parts.high == pytest.approx(whole.high, abs=0.03)


def test_drawing_items_and_drawing_counts_of_patterns_are_the_same_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # 60 patterns of 1 to 5 items each, 180 items
    items = np.arange(60) % 5 + 1
    by_item = interval(mean_code, items, seed=1, draws=4000)
    monkeypatch.setattr(module, "ITEMS_PER_PATTERN", 0)
    by_pattern = interval(mean_code, items, seed=1, draws=4000)
    code = np.repeat(np.arange(60), items)
    half = 1.96 * code.std() / np.sqrt(180)
    for found in (by_item, by_pattern):
        assert found.low == pytest.approx(code.mean() - half, abs=0.25)
        assert found.high == pytest.approx(code.mean() + half, abs=0.25)


def clustered(seed: int) -> tuple[IntArray, IntArray]:
    """50 owners x 24 items x 3 raters of two values; owners differ in what is said of them."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(50), 24)
    share = rng.beta(0.6, 0.6, 50)[owner]
    truth = rng.random(1200) < share
    right = rng.random((1200, 3)) < np.where(rng.random(50) < 0.5, 0.65, 0.95)[owner][:, None]
    value = np.where(right, truth[:, None], ~truth[:, None]).astype(int)
    return histogram(np.repeat(np.arange(1200), 3), value.ravel(), 1200, 2), owner


def test_the_owner_interval_is_wider_when_items_of_one_person_are_alike() -> None:
    hist, owner = clustered(3)
    by_item = alpha(collapse(hist), Level.NOMINAL)
    by_owner = alpha(collapse(hist, owner), Level.NOMINAL)
    assert by_item.value == by_owner.value
    assert by_owner.method == "owner bootstrap, B=1000"
    assert None not in (by_item.low, by_item.high, by_owner.low, by_owner.high)
    assert by_owner.high - by_owner.low > 1.4 * (by_item.high - by_item.low)  # type: ignore[operator]


def test_the_order_of_rows_does_not_move_the_interval() -> None:
    hist, owner = clustered(4)
    shuffled = np.random.default_rng(0).permutation(1200)
    first = raw_agreement(collapse(hist, owner))
    assert first == raw_agreement(collapse(hist[shuffled], owner[shuffled]))


def test_statistics_of_one_stamp_use_different_draws() -> None:
    hist, _ = clustered(5)
    merged = collapse(hist)
    assert alpha(merged, Level.NOMINAL).low != alpha(merged, Level.ORDINAL).low


def test_several_functions_of_the_same_draws() -> None:
    """Each has the interval that it has alone; where one has none, so have all."""
    items = np.array([30, 50, 20])

    def both(weights: FloatArray) -> FloatArray:
        return weights[:, :2] / 100

    found = intervals(both, 2, items, seed=1)
    assert found[0] == interval(lambda weights: both(weights)[:, 0], items, seed=1)
    assert found[1] == interval(lambda weights: both(weights)[:, 1], items, seed=1)
    assert found[0] != found[1]
    assert intervals(both, 2, items, seed=1, draws=0) == [NO_INTERVAL] * 2
    few = intervals(both, 2, np.ones(3, np.int64), seed=1, unit="rater")
    assert [one.method for one in few] == ["no rater bootstrap: 3 of 10 raters"] * 2
