"""A judge's answers with their stated certainty, and whether each is right."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Reason, Sample
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.patterns import OwnerCounts, count_by_owner

NO_CERTAINTY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The items that count: with a truth, and the judge was asked about them. (M,) each.

    certainty: 1 to 100, NO_CERTAINTY where it abstained, was unreadable or did not say;
    right: whether the answer is accepted; ratings: human labels behind the truth; owner: -1 =
    nobody, or None; unit: what cross-fitting keeps together, a number that never changes.
    """

    certainty: IntArray
    right: BoolArray
    ratings: IntArray
    owner: IntArray | None
    unit: IntArray
    n_raters: int | None = None

    def certain(self) -> "Answers":
        """Return only the answers with a certainty."""
        kept = self.certainty != NO_CERTAINTY
        return Answers(
            self.certainty[kept],
            self.right[kept],
            self.ratings[kept],
            None if self.owner is None else self.owner[kept],
            self.unit[kept],
            self.n_raters,
        )

    @property
    def sample(self) -> Sample:
        """What stands behind these answers."""
        return Sample(len(self.certainty), int(self.ratings.sum()), self.n_raters)

    @property
    def missing(self) -> Reason:
        """Why none of these answers has a certainty."""
        return Reason.NO_VALID_VERDICT if len(self.certainty) else Reason.NO_OVERLAP

    @property
    def owned(self) -> bool:
        """Whether outcomes are not independent: several may belong to one person."""
        return self.owner is not None and bool((self.owner >= 0).any())


def answers_of(
    accepted: BoolArray,
    judge: IntArray,
    certainty: IntArray,
    ratings: IntArray,
    owner: IntArray | None = None,
    unit: IntArray | None = None,
    n_raters: int | None = None,
) -> Answers:
    """Return the answers of one judge against one truth.

    accepted: (N, V) the values that are right, none = the item has no truth and does not count;
    judge: (N,) a value, INVALID, or NOT_ASKED, which does not count either; certainty: (N,) 1 to
    100, less = none; ratings: (N,); unit: (N,), the row number where None.

    Four items: right and certain, wrong and certain, abstained, without a truth.

    >>> accepted = np.array([[True, False], [True, False], [True, False], [False, False]])
    >>> found = answers_of(accepted, np.array([0, 1, -1, 0]), np.array([90, 60, 70, 50]), np.ones(4, int))
    >>> found.certainty.tolist(), found.right.tolist()
    ([90, 60, -1], [True, False, False])
    """
    if certainty.max(initial=0) > 100:
        raise ValueError("certainty is 1 to 100")
    kept = accepted.any(axis=1) & (judge != NOT_ASKED)
    value, stated = judge[kept], certainty[kept]
    right = accepted[kept][np.arange(len(value)), np.maximum(value, 0)] & (value >= 0)
    units = np.arange(len(judge)) if unit is None else unit
    return Answers(
        certainty=np.where((value >= 0) & (stated >= 1), stated, NO_CERTAINTY),
        right=right,
        ratings=ratings[kept],
        owner=None if owner is None else owner[kept],
        unit=units[kept],
        n_raters=n_raters,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Answers counted by a code and by outcome: patterns for the bootstrap.

    number: (2K,) wrong and right answers of code 0, of code 1, ...; owners: the same by owner.
    """

    number: IntArray
    owners: OwnerCounts | None

    @property
    def right(self) -> FloatArray:
        """1 for cells of right answers, 0 for those of wrong ones, (2K,)."""
        return np.tile([0.0, 1.0], len(self.number) // 2)


def cells_of(answers: Answers, code: IntArray, n_codes: int) -> Cells:
    """Count answers by code (0..n_codes-1) and outcome.

    >>> answers = Answers(np.array([80, 90, 90]), np.array([True, False, True]), np.ones(3, int), None,
    ...     np.arange(3))
    >>> cells_of(answers, np.array([0, 1, 1]), 2).number.tolist()
    [0, 1, 1, 1]
    """
    cell = 2 * code + answers.right
    number = np.bincount(cell, minlength=2 * n_codes)
    owners = None
    if answers.owner is not None and answers.owned:
        owners = count_by_owner(answers.owner, cell, n_patterns=2 * n_codes)
    return Cells(number, owners)
