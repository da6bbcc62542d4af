"""The alternative annotator test: the example of agreement.md, its edges, and the definition."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from personalization.agreement.arrays import IntArray
from personalization.agreement.ceilings.alternative import (
    AlternativeTest,
    advantage_over,
    alternative_test,
)
from personalization.agreement.ceilings.contests import Contests, contests
from personalization.agreement.estimate import Reason
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.minimums import Minimums
from personalization.agreement.patterns import histogram
from tests.personalization.agreement.ceilings.rows import ends


def compared(values: IntArray, judge: IntArray, n_values: int = 2) -> Contests:
    """Return the contests of a complete panel: values (items, raters)."""
    item, rater = np.divmod(np.arange(values.size), values.shape[1])
    hist = histogram(item, values.ravel(), len(values), n_values)
    return contests(item, rater, values.ravel(), hist, judge)


@pytest.fixture
def forty() -> Contests:
    """Forty items; A and B always 0, C 1 on the first twenty, the judge 1 on the last two."""
    c = (np.arange(40) < 20).astype(int)
    return compared(np.column_stack([0 * c, 0 * c, c]), (np.arange(40) >= 38).astype(int))


def test_the_example(forty: Contests) -> None:
    """rho .95; epsilon .1: p .079955 .079955 4.5087e-7, omega 1/3; epsilon .2: omega 1."""
    crowd = alternative_test(forty, 0.1)
    assert crowd.humans.p == pytest.approx([0.079955, 0.079955, 4.5087e-7], rel=2e-5)
    assert crowd.omega.value == pytest.approx(1 / 3)
    assert crowd.rho.value == pytest.approx(0.95, abs=1e-12)
    experts = alternative_test(forty, 0.2)
    assert experts.omega.value == 1
    assert experts.rho.value == crowd.rho.value
    # A loses 2 of 40, C wins 20 and loses 2: (38 + 38 + 18) ties of 120.
    assert crowd.ties.value == pytest.approx((38 + 38 + 18) / 120)
    for one in (crowd.omega, crowd.rho, crowd.ties):
        assert (one.n_items, one.n_ratings, one.n_raters) == (40, 120, 3)


def test_against_scipy() -> None:
    """The t tests are those of scipy on each human's row of d, rho_h is the mean of the wins."""
    rng = np.random.default_rng(2)
    values, judge = rng.integers(0, 3, (60, 4)), rng.integers(0, 3, 60)
    found = compared(values, judge, 3)
    test = alternative_test(found, 0.15)
    for human in range(4):
        others = np.delete(values, human, axis=1)
        mine = (others == values[:, [human]]).sum(axis=1)
        theirs = (others == judge[:, None]).sum(axis=1)
        d = (mine >= theirs).astype(int) - (theirs >= mine)
        known = ttest_1samp(d, 0.15, alternative="less").pvalue
        assert test.humans.p[human] == pytest.approx(known, abs=1e-12)
        assert test.humans.advantage[human] == pytest.approx((theirs >= mine).mean())
        assert advantage_over(found, human).value == pytest.approx((theirs >= mine).mean())
    assert test.rho.value == pytest.approx(test.humans.advantage.mean())


def _constant(human: int, judge: int, others: tuple[int, int]) -> AlternativeTest:
    """Return the test of 40 equal items, epsilon 0."""
    values = np.tile([human, *others], (40, 1))
    return alternative_test(compared(values, np.full(40, judge), 3), 0.0)


def test_without_variation() -> None:
    """sd 0: below epsilon p 0, above 1, equal not rejected, and all three humans count."""
    # The judge always beats the first (says what the others say) and ties with these.
    better = _constant(1, 0, (0, 0))
    assert better.humans.p.tolist() == [0, 1, 1]
    assert better.omega.value == pytest.approx(1 / 3)
    worse = _constant(0, 1, (0, 0))
    assert worse.humans.p.tolist() == [1, 1, 1]
    assert (worse.omega.value, worse.rho.value) == (0, 0)
    tied = alternative_test(compared(np.zeros((40, 3), int), np.zeros(40, int)), 0.1)
    assert (tied.humans.p.tolist(), tied.omega.value, tied.ties.value) == ([0, 0, 0], 1, 1)


def _sparse(items_of: list[int]) -> Contests:
    """Return contests where rater h rated the first items_of[h] items, all of two kinds."""
    cells = [(item, rater) for rater, number in enumerate(items_of) for item in range(number)]
    item, rater = np.array(cells).T
    value = (item + rater) % 2
    n_items = max(items_of)
    hist = histogram(item, value, n_items, 2)
    return contests(item, rater, value, hist, np.arange(n_items) % 2)


def test_humans_with_few_items_are_left_out_and_listed() -> None:
    """29 items are too few to be tested; the others still meet these answers."""
    found = _sparse([40, 29, 30, 40])
    test = alternative_test(found, 0.1)
    assert test.humans.rater.tolist() == [0, 1, 2, 3]
    assert test.humans.n_items.tolist() == [40, 29, 30, 40]
    assert test.humans.counted.tolist() == [True, False, True, True]
    assert (test.rho.n_raters, test.rho.n_ratings, test.rho.n_items) == (3, 110, 40)
    kept = test.humans.advantage[[0, 2, 3]]
    assert test.rho.value == pytest.approx(kept.mean())
    ties = [float((found.closer[found.rater == human] == 0).sum()) for human in (0, 2, 3)]
    assert test.ties.value == pytest.approx(sum(ties) / 110)


def test_undefined() -> None:
    assert alternative_test(_sparse([40, 40]), 0.1).rho.reason is Reason.TOO_FEW_RATERS
    few = alternative_test(_sparse([40, 40, 29]), 0.1)
    assert {few.omega.reason, few.rho.reason, few.ties.reason} == {Reason.TOO_FEW_ITEMS}
    assert few.omega.n_raters == 2
    looser = Minimums(alternative_items=29)
    assert alternative_test(_sparse([40, 40, 29]), 0.1, minimums=looser).rho.value is not None
    values = np.zeros((40, 3), int)
    unreadable = alternative_test(compared(values, np.full(40, INVALID)), 0.1)
    assert unreadable.omega.reason is Reason.NO_VALID_VERDICT
    nobody_asked = alternative_test(compared(values, np.full(40, NOT_ASKED)), 0.1)
    assert nobody_asked.omega.reason is Reason.NO_OVERLAP
    alone = alternative_test(compared(values[:, :1], np.zeros(40, int)), 0.1)
    assert alone.omega.reason is Reason.NO_OVERLAP
    none = compared(values, np.full(40, NOT_ASKED))
    assert advantage_over(none, 0).reason is Reason.NO_OVERLAP


def test_rho_draws_humans_where_there_are_five_and_items_below(forty: Contests) -> None:
    rng = np.random.default_rng(9)
    values = (rng.random((60, 6)) < np.linspace(0.1, 0.9, 6)).astype(int)
    many = alternative_test(compared(values, rng.integers(0, 2, 60)), 0.1)
    assert many.rho.method == "annotator bootstrap, B=1000"
    advantage = many.humans.advantage
    picked = rng.integers(0, 6, (4000, 6))
    low, high = np.percentile(advantage[picked].mean(axis=1), (2.5, 97.5))
    assert ends(many.rho) == pytest.approx((low, high), abs=0.02)
    few = alternative_test(forty, 0.1)
    assert few.rho.method == few.ties.method == "item bootstrap, B=1000"
    # The judge loses all three contests of 2 items of 40: rho = 1 - 2/40 +- 1.96 sd.
    assert ends(few.rho) == pytest.approx((0.875, 1), abs=0.03)
    owner = np.arange(40) // 2
    owned = alternative_test(forty, 0.1, owner)
    assert owned.rho.method == owned.ties.method == "owner bootstrap, B=1000"
    assert owned.rho.value == few.rho.value
    assert (few.omega.low, few.omega.high, few.omega.method) == (None, None, None)


def test_the_order_of_ratings_changes_nothing() -> None:
    rng = np.random.default_rng(6)
    item, rater = np.divmod(np.arange(160), 4)
    value, judge = rng.integers(0, 3, 160), rng.integers(0, 3, 40)
    hist = histogram(item, value, 40, 3)
    order = rng.permutation(160)
    one = alternative_test(contests(item, rater, value, hist, judge), 0.1)
    other = alternative_test(contests(item[order], rater[order], value[order], hist, judge), 0.1)
    assert (one.omega, one.rho, one.ties) == (other.omega, other.rho, other.ties)
    assert one.humans.p.tolist() == other.humans.p.tolist()
