"""Items that people rated and a judge answered: equal ones are counted once."""

from dataclasses import dataclass, replace

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, defined, undefined
from personalization.agreement.intervals.bootstrap import intervals
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.keys import column_keys, distinct, row_keys
from personalization.agreement.patterns import Patterns, collapse


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Patterns of items with two or more ratings, and what the judge said of each, (P,).

    said: a code >= 0, INVALID where nothing was readable.
    """

    patterns: Patterns
    said: IntArray

    @property
    def readable(self) -> "Judged":
        """The patterns with a readable answer."""
        read = self.said >= 0
        return Judged(only(self.patterns, read), self.said[read])

    @property
    def n_invalid(self) -> int:
        """How many items have an unreadable answer."""
        return int(self.patterns.items[self.said < 0].sum())

    @property
    def missing(self) -> Reason:
        """Why no readable answer is left, where none is."""
        return Reason.NO_VALID_VERDICT if len(self.said) else Reason.NO_OVERLAP


def collapse_judged(
    hist: IntArray, judge: IntArray, owner: IntArray | None = None, n_raters: int | None = None
) -> Judged:
    """Merge the items with two or more ratings that the judge was asked about.

    hist: (N, V) ratings by value; judge: (N,), INVALID and NOT_ASKED as in `accuracy`; owner: (N,),
    -1 = nobody.

    >>> one = collapse_judged(np.array([[2, 0], [2, 0], [1, 0]]), np.array([1, 1, 0]))
    >>> one.patterns.counts.tolist(), one.patterns.items.tolist(), one.said.tolist()
    ([[2, 0]], [2], [1])
    """
    # Row keys are made of codes from 0 on. All items are merged first: patterns are few to sort out.
    both = np.column_stack([hist, (judge - NOT_ASKED).astype(hist.dtype)])
    merged = collapse(both, owner, n_raters)
    patterns = replace(merged, counts=merged.counts[:, :-1])
    said = merged.counts[:, -1] + NOT_ASKED
    used = (patterns.ratings > 1) & (said != NOT_ASKED)
    return Judged(only(patterns, used), said[used])


def only(patterns: Patterns, kept: BoolArray) -> Patterns:
    """Return the kept patterns.

    >>> only(Patterns(np.array([[2, 0], [1, 1]]), np.array([3, 4])), np.array([False, True])).items
    array([4])
    """
    owners = None if patterns.owners is None else patterns.owners.only(kept)
    return Patterns(patterns.counts[kept], patterns.items[kept], owners, patterns.n_raters)


def means_over_ratings(
    scores: list[FloatArray], patterns: Patterns, missing: Reason, *, seed: int | str, draws: int
) -> list[Estimate]:
    """Return sum of scores / number of ratings for each list of scores, with bootstraps by item or owner.

    scores: (P,) each, the sum over the ratings of one item of each pattern. All share the draws.
    Undefined: no ratings, for the reason `missing`.
    """
    sample = patterns.sample
    if not sample.n_ratings:
        return [undefined(missing, sample) for _list in scores]
    sums, number, unit = _drawn(np.stack([*scores, patterns.ratings], axis=1), patterns)

    def means(weights: FloatArray) -> FloatArray:
        total = weights @ sums
        return ratio(total[:, :-1], total[:, -1:], total[:, -1:] > 0)

    values = means(number[None, :].astype(np.float64))[0].tolist()
    around = intervals(means, len(scores), number, seed=seed, draws=draws, unit=unit)
    return [defined(value, sample, one) for value, one in zip(values, around, strict=True)]


def _drawn(rows: FloatArray, patterns: Patterns) -> tuple[FloatArray, IntArray, str]:
    """Return what is drawn: sums of each owner, or the distinct rows and how many items have them."""
    if patterns.owners is None:
        # Different patterns often score the same, and fewer of them are drawn faster.
        keys = np.stack([column_keys(column) for column in rows.T], axis=1)
        first, code = distinct(row_keys(keys))
        return rows[first], np.bincount(code, patterns.items).astype(np.int64), "item"
    owners = patterns.owners
    of_cells = rows[owners.pattern].T * owners.items
    sums = [np.bincount(owners.owner, column, owners.n_owners) for column in of_cells]
    return np.stack(sums, axis=1), np.ones(owners.n_owners, np.int64), "owner"
