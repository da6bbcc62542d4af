"""Several numbers that are functions of the same sums, with intervals from the same draws."""

from collections.abc import Sequence

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import intervals
from personalization.agreement.intervals.sums import Finish, units


def of_sums(
    finish: Finish,
    terms: FloatArray,
    owner: IntArray | None,
    samples: Sequence[Sample],
    missing: Sequence[Reason],
    *,
    seed: int | str,
    draws: int,
) -> list[Estimate]:
    """Return the numbers finish(sum of terms), with the bootstrap by owner, by row without owners.

    terms: (N, K), what each row adds; owner: (N,), -1 = nobody; finish: (B, K) sums -> (B, M)
    numbers, nan where undefined. samples and missing: of each of the M numbers, what stands behind
    it and why it may be nan.

    >>> from personalization.agreement.intervals.sums import quotient
    >>> half = of_sums(lambda sums: quotient(sums)[:, None], np.array([[1.0, 1], [0, 1]]), None,
    ...     [Sample(2, 2)], [Reason.NO_OVERLAP], seed=0, draws=0)
    >>> half[0].value, half[0].n_items
    (0.5, 2)
    """
    if not len(terms):
        return [undefined(reason, one) for reason, one in zip(missing, samples, strict=True)]
    values = finish(terms.sum(axis=0)[None, :])[0]
    drawn = units(terms, owner)
    found = intervals(
        lambda weights: finish(weights @ drawn.sums),
        len(values),
        drawn.number,
        seed=seed,
        draws=draws,
        unit=drawn.unit,
    )
    return [
        undefined(reason, one) if np.isnan(value) else defined(float(value), one, its)
        for value, one, reason, its in zip(values, samples, missing, found, strict=True)
    ]


def over(sums: FloatArray, top: int, bottom: int) -> FloatArray:
    """Return one column of sums over another, nan where that is not above 0.

    >>> over(np.array([[1.0, 4.0], [1.0, 0.0]]), 0, 1).tolist()
    [0.25, nan]
    """
    return ratio(sums[:, top], sums[:, bottom], sums[:, bottom] > 0)
