"""Human against judge, rating by rating: which of the two lies closer to the other humans?"""

from dataclasses import dataclass, replace

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.keys import check_codes, row_sums
from personalization.agreement.minimums import current

# Squared errors that differ by less are equal: scores of options may have decimal places.
SAME_ERROR = 5e-7


@dataclass(frozen=True, slots=True, eq=False)
class Contests:
    """One entry per compared rating, (K,): its item and rater, and who lies closer to the others.

    closer: 1 the human, 0 both alike (a win for both), -1 the judge. n_asked: ratings that could be
    compared if every answer were readable; n_unreadable: items with an unreadable answer.
    """

    item: IntArray
    rater: IntArray
    closer: IntArray
    n_asked: int
    n_unreadable: int

    def only(self, raters: IntArray) -> "Contests":
        """Return the comparisons with these humans (codes)."""
        wanted = np.zeros(int(self.rater.max(initial=raters.max(initial=-1))) + 1, bool)
        wanted[raters] = True
        kept = wanted[self.rater]
        return replace(self, item=self.item[kept], rater=self.rater[kept], closer=self.closer[kept])


def contests(
    item: IntArray,
    rater: IntArray,
    value: IntArray,
    hist: IntArray,
    judge: IntArray,
    scores: FloatArray | None = None,
    *,
    invalid_wrong: bool = False,
) -> Contests:
    """Compare each rating of an item with two or more with the judge, against the same others.

    item, rater, value: (M,) codes of the ratings; hist: (N, V) their counts; judge: (N,), INVALID and
    NOT_ASKED as in `accuracy`. Without scores (nominal): how many others agree, as integers. With
    scores (V,) of the options: sum of squared distances to the others, equal within 1e-6. An
    unreadable answer is left out or, with invalid_wrong, agrees with nobody (nominal) or is farther
    off than anybody (scores). (agreement.md 4.7)

    Values 0, 0, 0, 1 and a judge who says 1: of the others of a 0, two say 0 and one says 1:

    >>> who, value = np.arange(4), np.array([0, 0, 0, 1])
    >>> contests(0 * who, who, value, np.array([[3, 1]]), np.array([1])).closer.tolist()
    [1, 1, 1, 0]
    """
    check_codes(value, hist.shape[1])
    n_ratings = row_sums(hist)
    asked = (n_ratings >= current().alternative_ratings) & (judge != NOT_ASKED)
    readable = asked & (judge >= 0)
    compared = (asked if invalid_wrong else readable)[item]
    if not compared.all():
        item, rater, value = item[compared], rater[compared], value[compared]
    if scores is None:
        closer = _by_agreement(item, value, hist, judge)
    else:
        closer = _by_distance(item, value, hist, n_ratings, judge, scores)
    if invalid_wrong and scores is not None:
        closer[judge[item] < 0] = 1
    return Contests(
        item, rater, closer, int(n_ratings[asked].sum()), int((asked & ~readable).sum())
    )


def _by_agreement(item: IntArray, value: IntArray, hist: IntArray, judge: IntArray) -> IntArray:
    """Compare how many of the others say the same."""
    n_values = hist.shape[1]
    with_judge = hist[np.arange(len(hist)), np.maximum(judge, 0)] * (judge >= 0)
    difference = hist.ravel()[item * n_values + value] - 1
    difference -= with_judge[item]
    # The judge agrees with the others, not with the rating itself.
    difference += value == judge[item]
    closer: IntArray = np.sign(difference)
    return closer


def _by_distance(
    item: IntArray,
    value: IntArray,
    hist: IntArray,
    n_ratings: IntArray,
    judge: IntArray,
    scores: FloatArray,
) -> IntArray:
    """Compare the sums of squared distances to the others.

    With x the rating, y the judge, e = x - y, and m ratings of sum s in the item: human minus judge
    is m x^2 - 2 x s - (m y^2 - 2 y s - e^2) = e ((m + 1) e + 2 (m y - s)).
    """
    x = scores - scores.min(initial=np.inf)
    y = x[np.maximum(judge, 0)]
    e = x[value] - y[item]
    difference = (n_ratings + 1)[item] * e
    difference += (2 * (n_ratings * y - hist @ x))[item]
    difference *= e
    closer: IntArray = (difference < -SAME_ERROR).astype(np.int8) - (difference > SAME_ERROR)
    return closer
