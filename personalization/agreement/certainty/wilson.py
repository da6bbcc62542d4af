"""Wilson's interval of a proportion."""

import math

from personalization.agreement.estimate import NO_INTERVAL, Interval

Z = 1.959963984540054


def wilson(successes: int, n: int) -> Interval:
    """Return the 95 % interval of a proportion, within 0 and 1 (Wilson 1927).

    ( p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2) ) / (1 + z^2 / n), p = successes / n,
    z = 1.959963984540054. For independent 0/1 outcomes only: one per item, items that nobody owns.
    n = 0: no interval.

    >>> found = wilson(8, 10)
    >>> round(found.low, 6), round(found.high, 6), found.method
    (0.490162, 0.943318, 'Wilson')
    """
    if n == 0:
        return NO_INTERVAL
    p, spread = successes / n, Z**2 / n
    centre = p + spread / 2
    half = math.sqrt(spread * (p * (1 - p) + spread / 4))
    low = (centre - half) / (1 + spread)
    # At 0 the root of a square is exact and low is 0; at n rounding would miss 1 by a hair.
    high = 1.0 if successes == n else (centre + half) / (1 + spread)
    return Interval(low, high, "Wilson")
