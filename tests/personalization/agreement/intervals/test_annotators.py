import numpy as np
import pytest

from personalization.agreement.intervals.annotators import annotator_interval
from personalization.agreement.intervals.sums import quotient


def test_the_share_of_many_raters_has_the_normal_interval() -> None:
    # 400 raters with 10 items each, right on 4 or on 8 of them: sd .2, half width 1.96 * .2 / 20
    terms = np.stack([np.tile([4.0, 8.0], 200), np.full(400, 10.0)], axis=1)
    found = annotator_interval(quotient, terms, seed=1, draws=4000)
    assert (found.low, found.high) == pytest.approx((0.6 - 0.0196, 0.6 + 0.0196), abs=0.0015)
    assert found.method == "annotator bootstrap, B=4000"


def test_whole_raters_are_drawn() -> None:
    """Ratings of a rater come and go together: 5 raters, however many ratings each has."""
    rng = np.random.default_rng(2)
    share = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    found = annotator_interval(quotient, np.stack([1000 * share, np.full(5, 1000.0)], 1), seed=3)
    drawn = np.percentile(rng.choice(share, (20_000, 5)).mean(axis=1), (2.5, 97.5))
    assert (found.low, found.high) == pytest.approx(tuple(drawn), abs=0.041)
    assert found.high - found.low > 0.4  # type: ignore[operator]


def test_few_raters_give_no_interval() -> None:
    found = annotator_interval(quotient, np.ones((4, 2)), seed=0)
    assert (found.low, found.method) == (None, "no annotator bootstrap: 4 of 5 annotators")


def test_the_seed_decides_and_the_order_of_raters_does_not_change_the_law() -> None:
    terms = np.stack([np.arange(20.0), np.full(20, 20.0)], axis=1)
    first = annotator_interval(quotient, terms, seed="stamp")
    assert first == annotator_interval(quotient, terms, seed="stamp")
    assert first != annotator_interval(quotient, terms, seed="next stamp")
    other = annotator_interval(quotient, terms[::-1], seed="stamp")
    assert (other.low, other.high) == pytest.approx((first.low, first.high), abs=0.03)
