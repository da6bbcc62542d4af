import numpy as np
import pytest

from personalization.agreement.estimate import Reason, Sample
from personalization.agreement.intervals.sums import share, units


def test_items_with_equal_terms_are_merged() -> None:
    merged = units(np.array([[1.0, 2.0], [0.5, 2.0], [1.0, 2.0]]))
    assert merged.sums.tolist() == [[0.5, 2.0], [1.0, 2.0]]
    assert merged.number.tolist() == [1, 2]
    assert merged.unit == "item"


def test_owners_sum_their_items_and_ownerless_items_stand_alone() -> None:
    terms = np.array([[1.0], [2.0], [4.0], [8.0]])
    summed = units(terms, np.array([1, -1, 1, -1]))
    assert sorted(summed.sums.ravel().tolist()) == [2, 5, 8]
    assert (summed.number.tolist(), summed.unit) == ([1, 1, 1], "owner")
    assert units(terms, np.full(4, -1)).unit == "item"


def test_share_leaves_out_what_does_not_count() -> None:
    top, bottom = np.array([1.0, 1.0, 5.0]), np.array([1, 2, 0])
    found = share(top, bottom, None, Sample(2), Reason.NO_OVERLAP, seed=0, draws=0)
    assert found.value == pytest.approx(2 / 3)
    nothing = share(top, 0 * bottom, None, Sample(), Reason.NO_OVERLAP, seed=0, draws=0)
    assert nothing.reason is Reason.NO_OVERLAP


def test_share_by_item_and_by_owner() -> None:
    top = np.random.default_rng(0).random(400) < 0.3
    bottom = np.ones(400, bool)
    item = share(top, bottom, None, Sample(400), Reason.NO_OVERLAP, seed=0, draws=1000)
    owner = share(top, bottom, np.arange(400), Sample(400), Reason.NO_OVERLAP, seed=0, draws=1000)
    assert (item.method, owner.method) == ("item bootstrap, B=1000", "owner bootstrap, B=1000")
    assert item.low == pytest.approx(owner.low, abs=0.01)
