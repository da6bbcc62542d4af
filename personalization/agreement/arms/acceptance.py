"""What people make of the attributes of an arm: accepted, uncertain or rejected."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.judges.accuracy import NOT_ASKED

# Codes that the caller puts the question's options into.
REJECTED, UNCERTAIN, ACCEPTED = range(3)
N_LABELS = 3


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Shares of an arm's labelled attributes; problematic = uncertain + rejected.

    n_without_majority: attributes that several people rated without one label being the strict
    majority. They are in none of the shares.
    """

    accepted: Estimate
    uncertain: Estimate
    rejected: Estimate
    problematic: Estimate
    n_without_majority: int


def acceptance(
    label: IntArray,
    ratings: IntArray | None = None,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Acceptance:
    """Return how one panel labels the attributes of one arm (RH, study 1).

    share(c) = items labelled c / items labelled; problematic = share(uncertain) + share(rejected).
    label: (N,) the owner's answer, or the strict majority of strangers, as REJECTED, UNCERTAIN or
    ACCEPTED; -1 = rated without a strict majority, NOT_ASKED = not rated; never both panels in one
    array (C7). ratings: (N,) answers behind each label. The mean is over items; bootstrap by owner.
    Undefined: no item has a label (`no_overlap`).

    >>> found = acceptance(np.array([2, 2, 1, 0, -1]), draws=0)
    >>> found.accepted.value, found.problematic.value, found.n_without_majority
    (0.5, 0.5, 1)
    """
    kept = label >= 0
    behind = np.ones(len(label), np.int64) if ratings is None else ratings
    sample = Sample(int(kept.sum()), int(behind[kept].sum()), n_raters)
    found = of_sums(
        _shares,
        terms_of(label),
        None if owner is None else owner[kept],
        [sample] * 4,
        [Reason.NO_OVERLAP] * 4,
        seed=stable_seed(seed, "acceptance"),
        draws=draws,
    )
    without = int(((label < 0) & (label != NOT_ASKED)).sum())
    accepted, uncertain, rejected, problematic = found
    return Acceptance(accepted, uncertain, rejected, problematic, without)


def terms_of(label: IntArray) -> FloatArray:
    """Return what each labelled item adds: 1 for its label, and 1, (n, 4)."""
    kept = label[label >= 0]
    return np.column_stack([np.eye(N_LABELS)[kept], np.ones(len(kept))])


def _shares(sums: FloatArray) -> FloatArray:
    shares = [over(sums, label, N_LABELS) for label in (ACCEPTED, UNCERTAIN, REJECTED)]
    return np.stack([*shares, shares[1] + shares[2]], axis=1)
