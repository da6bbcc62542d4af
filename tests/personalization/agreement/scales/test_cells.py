import numpy as np
import pytest

from personalization.agreement.estimate import Reason, Sample
from personalization.agreement.intervals.sums import quotient
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.scales.cells import Cells, cells_of
from personalization.agreement.scales.numbers import Numbers
from tests.personalization.agreement.scales.pairs import cells, related

LEVELS = np.array([1.0, 2.0])


def coded(*code: int) -> Numbers:
    return Numbers(LEVELS, np.array(code))


def test_only_items_with_both_numbers_count() -> None:
    x, y = coded(0, 1, NOT_ASKED, INVALID, 1), coded(1, 1, 0, 0, NOT_ASKED)
    found = cells_of(x, y, ratings=np.array([3, 4, 5, 6, 7]), n_raters=9)
    assert found.sample == Sample(2, 7, 9)
    places = list(zip(found.x[found.row], found.y[found.column], found.items, strict=True))
    assert places == [(1, 2, 1), (2, 2, 1)]
    # the lower level of y belongs to items without x
    assert found.shape == (2, 1)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (coded(0, NOT_ASKED), coded(NOT_ASKED, 0), Reason.NO_OVERLAP),
        (coded(INVALID, NOT_ASKED), coded(NOT_ASKED, 0), Reason.NO_OVERLAP),
        (coded(INVALID, NOT_ASKED), coded(0, 0), Reason.NO_VALID_VERDICT),
        (coded(0), coded(INVALID), Reason.NO_VALID_VERDICT),
    ],
)
def test_why_there_is_no_item(x: Numbers, y: Numbers, reason: Reason) -> None:
    found = cells_of(x, y)
    assert (found.sample.n_items, found.missing, found.varied) == (0, reason, False)


def test_variation_is_decided_on_counts() -> None:
    assert cells([1, 2], [1, 2]).varied
    assert not cells([1, 1], [1, 2]).varied
    assert not cells([1, 2], [2, 2]).varied
    # the second level of x belongs to an item without y
    assert not cells([1, 1, 2], [1, 2, np.nan]).varied


def test_a_table_too_large_to_lay_out_holds_the_same_cells() -> None:
    x = np.arange(3000.0)
    found = cells(np.repeat(x, 2), np.repeat(x[::-1], 2))
    assert found.shape == (3000, 3000)
    assert found.items.tolist() == [2] * 3000
    assert (found.row + found.column == 2999).all()


def wide(owner: np.ndarray | None = None) -> tuple[Cells, np.ndarray]:
    rng = np.random.default_rng(3)
    found = cells(np.arange(6000.0), rng.normal(size=6000), owner)
    return found, found.x[found.row] % 100


def test_close_amounts_are_drawn_together() -> None:
    """6,000 different items: the interval is that of the mean, 1.96 sd / sqrt(n) to either side."""
    found, amount = wide()
    got = found.interval_of_mean(amount, seed=1, draws=4000)
    assert got.low is not None
    assert got.high is not None
    half = 1.96 * amount.std() / np.sqrt(6000)
    assert got.high - got.low == pytest.approx(2 * half, rel=0.05)
    assert (got.high + got.low) / 2 == pytest.approx(amount.mean(), abs=0.1 * half)
    assert got.method == "item bootstrap, B=4000"


def test_amounts_without_spread() -> None:
    found, amount = wide()
    got = found.interval_of_mean(np.full_like(amount, 7.0), seed=1, draws=10)
    assert (got.low, got.high) == (7, 7)


def test_owners_are_drawn_with_all_their_items() -> None:
    """Items of an owner are alike: the interval is as wide as that of the 60 owners' means."""
    owner = np.arange(6000) // 100
    found, _ = wide(owner)
    amount = (found.x[found.row] // 100) ** 2
    got = found.interval_of_mean(amount, seed=1, draws=4000)
    half = 1.96 * (np.arange(60.0) ** 2).std() / np.sqrt(60)
    assert got.low is not None
    assert got.high is not None
    assert got.high - got.low == pytest.approx(2 * half, rel=0.08)
    assert got.method == "owner bootstrap, B=4000"


def test_few_owners_give_no_interval() -> None:
    x, y = related(90)
    found = cells(x, y, np.arange(90) // 10)
    terms = np.ones((len(found.items), 2))
    got = found.interval_of_sums(quotient, terms, seed=1, draws=100)
    assert (got.low, got.method) == (None, "no owner bootstrap: 9 of 10 owners")
