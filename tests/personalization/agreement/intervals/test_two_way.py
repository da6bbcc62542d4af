import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.intervals import two_way as module
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.intervals.sums import quotient
from personalization.agreement.intervals.two_way import two_way_interval


def crossed(effect: FloatArray, n_raters: int, chance: float, seed: int = 1) -> Ratings:
    """Every rater rates every item 0 or 1; `effect` of each rater on the share of 1."""
    rng = np.random.default_rng(seed)
    item, rater = np.divmod(np.arange(200 * n_raters), n_raters)
    value = (rng.random(len(item)) < chance + effect[rater]).astype(np.int64)
    return Ratings(item, rater, value, 200, n_raters, 2)


def share_of_ones(counts: FloatArray, _squares: FloatArray) -> tuple[FloatArray, FloatArray]:
    return counts[1], counts.sum(axis=0)


def pairs(counts: FloatArray, squares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights of agreeing pairs of different raters, and of all."""
    return (counts**2).sum(axis=0) - squares, counts.sum(axis=0) ** 2 - squares


def test_weights_are_those_of_items_times_raters() -> None:
    """The sums of a draw, computed rating by rating and pair by pair."""
    rng = np.random.default_rng(3)
    item, rater = np.nonzero(rng.random((30, 6)) < 0.6)
    ratings = Ratings(item, rater, rng.integers(0, 3, len(item)), 30, 6, 3)
    u, v = rng.poisson(1.0, (30, 4)), rng.poisson(1.0, (6, 4))
    found = module._Tables(ratings, rater, 6).drawn(pairs, u, v)
    for draw in range(4):
        agreeing = everything = 0.0
        for a in range(len(item)):
            for b in range(len(item)):
                if item[a] == item[b] and a != b:
                    weight = u[item[a], draw] * v[rater[a], draw] * v[rater[b], draw]
                    everything += weight
                    agreeing += weight * (ratings.value[a] == ratings.value[b])
        assert found[draw].tolist() == pytest.approx([agreeing, everything])


def test_blocks_of_items_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = crossed(np.zeros(6), 6, 0.5)
    u, v = np.ones((200, 2), int), np.array([[1, 2]] * 6)
    whole = module._Tables(ratings, ratings.rater, 6).drawn(pairs, u, v)
    monkeypatch.setattr(module, "ITEMS", 7)
    parts = module._Tables(ratings, ratings.rater, 6).drawn(pairs, u, v)
    assert parts.tolist() == whole.tolist()


def test_a_rater_drawn_twice_does_not_agree_with_himself() -> None:
    """Raters who never agree: however often they are drawn, no pair agrees."""
    item, rater = np.divmod(np.arange(120), 6)
    ratings = Ratings(item, rater, rater, 20, 6, 6)
    found = two_way_interval(pairs, quotient, ratings, seed=1)
    assert (found.low, found.high) == (0, 0)


def test_the_draws_are_poisson() -> None:
    drawn = module._poisson(np.random.default_rng(4), 3000, 100)
    share = np.bincount(drawn.ravel(), minlength=6)[:6] / drawn.size
    expected = np.exp(-1) / np.array([1, 1, 2, 6, 24, 120])
    # 300,000 draws: sd of a share at most .0009
    assert share.tolist() == pytest.approx(expected.tolist(), abs=0.004)


def test_raters_who_differ_make_it_wide() -> None:
    """200 items x 8 raters, shares .2 to .8 by rater: sd of the mean .2 / sqrt 8, items add little."""
    effect = np.array([-0.3, -0.2, -0.1, -0.05, 0.05, 0.1, 0.2, 0.3])
    found = two_way_interval(share_of_ones, quotient, crossed(effect, 8, 0.5), seed=5, draws=2000)
    half = (found.high - found.low) / 2  # type: ignore[operator]
    assert half == pytest.approx(1.96 * effect.std() / np.sqrt(8), rel=0.15)
    alike = two_way_interval(share_of_ones, quotient, crossed(np.zeros(8), 8, 0.5), seed=5)
    assert alike.high - alike.low < half  # type: ignore[operator]


def owned(owner: IntArray) -> Ratings:
    """Items of one owner are answered alike."""
    item, rater = np.divmod(np.arange(200 * 10), 10)
    return Ratings(item, rater, (owner % 2)[item], 200, 10, 2)


def test_owners_are_drawn_with_all_their_items() -> None:
    owner = np.arange(200) // 10
    by_item = two_way_interval(share_of_ones, quotient, owned(owner), seed=6)
    by_owner = two_way_interval(share_of_ones, quotient, owned(owner), owner, seed=6)
    assert by_owner.method == "two-way bootstrap by owner and rater, B=200"
    # 20 owners against 200 items: sqrt(10) times as wide, up to the noise of 200 draws
    ratio = (by_owner.high - by_owner.low) / (by_item.high - by_item.low)  # type: ignore[operator]
    assert ratio == pytest.approx(np.sqrt(10), rel=0.25)
    nobody = two_way_interval(share_of_ones, quotient, owned(owner), np.full(200, -1), seed=6)
    assert nobody == by_item


def test_items_that_nobody_owns_stand_alone() -> None:
    owner = np.where(np.arange(200) < 100, np.arange(200) // 10, -1)
    unit, drawn = module._units(owner, 200)
    assert (unit, int(drawn.max()) + 1, len(set(drawn[:100]))) == ("owner", 110, 10)
    assert len(set(drawn[100:])) == 100


@pytest.mark.parametrize(
    ("raters", "owners", "method"),
    [
        (4, None, "no two-way bootstrap: 4 of 5 raters"),
        (6, 9, "no two-way bootstrap: 9 of 10 owners"),
    ],
)
def test_few_raters_or_owners_give_no_interval(
    raters: int, owners: int | None, method: str
) -> None:
    owner = None if owners is None else np.arange(200) % owners
    ratings = crossed(np.zeros(raters), raters, 0.5)
    found = two_way_interval(share_of_ones, quotient, ratings, owner, seed=0)
    assert (found.low, found.high, found.method) == (None, None, method)


def test_owners_of_nothing_rated_do_not_count() -> None:
    """Twenty owners, but only the items of nine have ratings; no draw depends on the others."""
    owner, ratings = np.arange(200) // 10, crossed(np.zeros(6), 6, 0.5)
    some = ratings.only(np.flatnonzero(ratings.item < 90))
    found = two_way_interval(share_of_ones, quotient, some, owner, seed=0)
    assert found.method == "no two-way bootstrap: 9 of 10 owners"
    alone = Ratings(some.item, some.rater, some.value, 90, 6, 2)
    assert two_way_interval(share_of_ones, quotient, some, seed=8) == two_way_interval(
        share_of_ones, quotient, alone, seed=8
    )


def test_the_seed_decides_and_no_draws_give_nothing() -> None:
    ratings = crossed(np.zeros(6), 6, 0.5)
    first = two_way_interval(share_of_ones, quotient, ratings, seed="stamp")
    assert first == two_way_interval(share_of_ones, quotient, ratings, seed="stamp")
    assert first != two_way_interval(share_of_ones, quotient, ratings, seed="next stamp")
    assert two_way_interval(share_of_ones, quotient, ratings, seed=0, draws=0).method is None


def test_the_order_of_rows_does_not_matter() -> None:
    ratings = crossed(np.zeros(6), 6, 0.5)
    shuffled = ratings.only(np.random.default_rng(0).permutation(1200))
    one, other = (
        two_way_interval(share_of_ones, quotient, which, seed=7) for which in (ratings, shuffled)
    )
    assert one == other
