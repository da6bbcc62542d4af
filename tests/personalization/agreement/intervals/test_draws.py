import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray
from personalization.agreement.intervals import draws as module
from personalization.agreement.intervals.bootstrap import interval
from personalization.agreement.intervals.draws import same_draws, weights_of
from personalization.agreement.patterns import OwnerCounts, count_by_owner

ITEMS = np.array([3, 5, 2])


def owners() -> OwnerCounts:
    rng = np.random.default_rng(0)
    return count_by_owner(rng.integers(0, 12, 40), rng.integers(0, 3, 40), n_patterns=3)


def drawn(seed: str, items: np.ndarray = ITEMS, of: OwnerCounts | None = None) -> FloatArray:
    return np.concatenate(list(weights_of(items, of, seed=seed, draws=50)))


def first_share(weights: FloatArray) -> FloatArray:
    result: FloatArray = weights[:, 0] / weights.sum(axis=1)
    return result


@pytest.mark.parametrize("of", [None, owners()], ids=["items", "owners"])
def test_numbers_of_one_report_meet_the_same_resamples(of: OwnerCounts | None) -> None:
    """Whatever their own seeds; without sharing, each statistic has draws of its own."""
    assert (drawn("alpha", of=of) != drawn("kappa", of=of)).any()
    with same_draws("stamp 7"):
        assert (drawn("alpha", of=of) == drawn("kappa", of=of)).all()
    assert (drawn("alpha", of=of) != drawn("kappa", of=of)).any()


def test_a_reload_moves_nothing_and_new_data_do() -> None:
    """The stamp alone decides (C12)."""
    found = []
    for stamp in ("stamp 7", "stamp 7", "stamp 8"):
        with same_draws(stamp):
            found.append(interval(first_share, ITEMS, seed="x"))
    assert found[0] == found[1] != found[2]


def test_other_units_are_drawn_anew() -> None:
    """Neither other multiplicities, nor owners, nor another number of draws are mixed up."""
    with same_draws("stamp 7"):
        by_item, by_owner = drawn("x"), drawn("x", of=owners())
        assert (drawn("x", np.array([5, 3, 2])) != by_item).any()
        assert len(next(iter(weights_of(ITEMS, None, seed="x", draws=7)))) == 7
        assert (by_item.sum(axis=1) == 10).all()
        assert by_owner.shape == by_item.shape
        assert (by_owner != by_item).any()


def test_what_is_kept_is_bounded_and_nobody_can_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statistic that wrote into its weights would move the next one."""
    with same_draws("stamp 7"):
        before = drawn("x")
        (kept,) = weights_of(ITEMS, None, seed="y", draws=50)
        with pytest.raises(ValueError, match="read-only"):
            kept += 1
        for more in range(module.MOST_KEPT + 1):
            drawn("x", ITEMS + more + 1)
        assert (drawn("x") == before).all()  # drawn again: the seed is that of the units
    monkeypatch.setattr(module, "BLOCK_CELLS", 30)
    with same_draws("stamp 7"):
        blocks = list(weights_of(ITEMS, None, seed="x", draws=50))
        assert [len(block) for block in blocks] == [3] * 16 + [2]
        again = weights_of(ITEMS, None, seed="y", draws=50)
        assert (np.concatenate(list(again)) == np.concatenate(blocks)).all()
