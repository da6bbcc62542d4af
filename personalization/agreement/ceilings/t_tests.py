"""Many one-sided t tests at once, and how many of them to believe."""

import numpy as np
from scipy.special import stdtr

from personalization.agreement.arrays import FloatArray, IntArray, ratio

FALSE_DISCOVERY = 0.05


def p_below(total: IntArray, squares: IntArray, n: IntArray, bound: float) -> FloatArray:
    """Return p of each t test that a mean is below `bound` (Student 1908), (H,).

    total, squares: sums of whole numbers d and of d^2; n >= 1 of each.
    t = (mean - bound) / (sd / sqrt(n)), sd with n - 1;  p = T_{n-1}(t). sd = 0: p is 0 where the mean
    is below the bound, else 1.

    d = 0, 1 against 2, and 1, 1 against 2: t = -3 with one degree of freedom, and no variation:

    >>> p_below(np.array([1, 2]), np.array([1, 2]), np.array([2, 2]), 2.0).round(4).tolist()
    [0.1024, 0.0]
    """
    mean = total / n
    # Whole numbers: without variation, as of a single one, this is exactly 0.
    spread = (n * squares - total**2).astype(np.float64)
    some = spread > 0
    error = np.sqrt(ratio(spread, n * n * (n - 1.0), some))
    t = np.where(some, (mean - bound) / error, np.where(mean < bound, -np.inf, np.inf))
    p: FloatArray = stdtr(np.maximum(n - 1, 1), t)
    return p


def rejections(p: FloatArray, false_discovery: float = FALSE_DISCOVERY) -> int:
    """Return how many of the hypotheses are rejected (Benjamini & Yekutieli 2001).

    Largest k with p_(k) <= (k / H) q / (1 + 1/2 + ... + 1/H), whatever the tests depend on.

    >>> rejections(np.array([0.01, 0.03, 0.04])), rejections(np.array([0.009, 0.03, 0.04]))
    (0, 1)
    """
    rank = np.arange(1, len(p) + 1)
    bound = rank / len(p) * false_discovery / (1 / rank).sum()
    return int(rank[np.sort(p) <= bound].max(initial=0))
