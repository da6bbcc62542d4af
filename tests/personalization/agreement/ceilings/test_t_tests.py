"""The t tests and the rejections, against scipy and by hand."""

from fractions import Fraction

import numpy as np
from scipy.stats import false_discovery_control, ttest_1samp

from personalization.agreement.ceilings.t_tests import p_below, rejections


def test_p_against_scipy() -> None:
    """Rows of -1, 0, 1 of any length from 2 on, and three bounds."""
    rng = np.random.default_rng(7)
    rows = [np.append(rng.integers(-1, 2, n), [0, 1]) for n in range(30)]
    total, squares, n = (np.array([f(d) for d in rows]) for f in (np.sum, _squares, len))
    for bound in (0.0, 0.1, 0.5):
        known = [ttest_1samp(d, bound, alternative="less").pvalue for d in rows]
        np.testing.assert_allclose(p_below(total, squares, n, bound), known, atol=1e-12)


def _squares(row: np.ndarray) -> int:
    return int((row**2).sum())


def test_without_variation() -> None:
    """Below the bound 0, above it 1, at it 1 (nothing is shown): also for a single number."""
    for n in (1, 5):
        count = np.full(3, n)
        d = np.array([-1, 0, 1])
        assert p_below(n * d, n * d**2, count, 0.0).tolist() == [0, 1, 1]
        assert p_below(n * d, n * d**2, count, 0.1).tolist() == [0, 0, 1]


def test_rejections_against_scipy() -> None:
    """As many p values are adjusted below q as Benjamini and Yekutieli reject."""
    rng = np.random.default_rng(4)
    for size in range(1, 30):
        p = rng.random(size) ** 4
        adjusted = false_discovery_control(p, method="by")
        assert rejections(p) == (adjusted <= 0.05).sum()
    assert rejections(np.array([1.0, 1.0])) == 0
    # Step-up: the second p is above its own bound and passes with the third.
    assert rejections(np.array([0.001, 0.0195, 0.0196, 0.02]), 0.05) == 4


def test_the_bound_of_three_humans_by_hand() -> None:
    """q = .05, H = 3: k/3 * .05 / (11/6) = .00909, .01818, .02727."""
    bounds = [Fraction(k, 3) * Fraction(5, 100) / Fraction(11, 6) for k in (1, 2, 3)]
    for k, bound in enumerate(bounds, start=1):
        below = np.array([float(bound) - 1e-9] * k + [0.9] * (3 - k))
        above = np.array([float(bound) + 1e-9] * k + [0.9] * (3 - k))
        assert (rejections(below), rejections(above)) == (k, 0)
