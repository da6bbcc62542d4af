"""Credit of a judge per item, averaged twice: over readable verdicts, and over all."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.sums import share


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Accuracy over readable verdicts only, and over all with an unreadable one as wrong.

    n_invalid: unreadable verdicts among the counted ones; n_left_out: items the judge was asked
    about that have no label of the kind compared with.
    """

    valid_only: Estimate
    invalid_wrong: Estimate
    n_invalid: int
    n_left_out: int


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Verdicts per item, (N,) each: credit earned, how many were readable, how many asked for.

    labelled: whether the item has a label to compare with; ratings: human ratings behind it.
    """

    credit: FloatArray
    readable: IntArray
    asked: IntArray
    labelled: BoolArray
    ratings: IntArray


def accuracy_of(
    verdicts: Verdicts,
    owner: IntArray | None,
    n_raters: int | None = None,
    *,
    seed: int | str,
    draws: int,
) -> Accuracy:
    """Return both readings of the mean credit per verdict on labelled items."""
    asked = np.where(verdicts.labelled, verdicts.asked, 0)
    readable = np.where(verdicts.labelled, verdicts.readable, 0)
    missing = Reason.NO_VALID_VERDICT if asked.any() else Reason.NO_OVERLAP

    def mean_over(number: IntArray) -> Estimate:
        counted = number > 0
        sample = Sample(int(counted.sum()), int(verdicts.ratings[counted].sum()), n_raters)
        return share(verdicts.credit, number, owner, sample, missing, seed=seed, draws=draws)

    return Accuracy(
        valid_only=mean_over(readable),
        invalid_wrong=mean_over(asked),
        n_invalid=int((asked - readable).sum()),
        n_left_out=int((~verdicts.labelled & (verdicts.asked > 0)).sum()),
    )
