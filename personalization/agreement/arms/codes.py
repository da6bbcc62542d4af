"""What is wrong with rejected attributes, as shares of the error codes that people chose."""

import numpy as np

from personalization.agreement.arms.sums import of_sums
from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed


def error_code_shares(
    code: IntArray,
    item: IntArray,
    n_codes: int,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> list[Estimate]:
    """Return each error code's share of the codes given to rejected attributes; they sum to 1 (RH).

    share(c) = codings c / codings. code, item, owner: (N,), one entry for each time that a rater
    rejected an item and said why; one coding, one vote, and one panel at a time (C7, C8). n_items:
    items coded at least once. Bootstrap by owner. Undefined: nothing was rejected (`no_overlap`).

    >>> [one.value for one in error_code_shares(np.array([0, 0, 0, 2]), np.arange(4), 3, draws=0)]
    [0.75, 0.0, 0.25]
    """
    terms = np.eye(n_codes)[code]
    sample = Sample(len(np.unique(item)), len(code), n_raters)

    def shares(sums: FloatArray) -> FloatArray:
        total = sums.sum(axis=1, keepdims=True)
        return ratio(sums, total, total > 0)

    return of_sums(
        shares,
        terms,
        owner,
        [sample] * n_codes,
        [Reason.NO_OVERLAP] * n_codes,
        seed=stable_seed(seed, "error codes"),
        draws=draws,
    )
