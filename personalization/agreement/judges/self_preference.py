"""Self-preference as a difference in differences: humans set the zero, other judges the trend.

All of it is about pairs in which exactly one candidate is by the judge's own model family. A judge
that prefers its own text because it is better shows no excess over humans; what all models like
more than humans do is removed by judges of other families.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, intervals
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import units
from personalization.agreement.judges.own_side import (
    HUMAN,
    HUMAN_OTHER,
    HUMAN_OWN,
    OTHER_THERE,
    OTHERS,
    OWN,
    OWN_THERE,
    PAIRS,
    Pairs,
    Preferences,
    own_side,
    own_terms,
)


@dataclass(frozen=True, slots=True)
class SelfPreference:
    """Credit the judge and the humans give the judge's own side, and what follows from them.

    Credits run from 0 to 1, the differences from -1 to 1; above 0 the judge favours its own. The
    judge's credit mixes preference with quality: it is never shown without the humans'.
    """

    own_credit: Estimate
    human_credit: Estimate
    excess: Estimate
    others: Estimate
    did: Estimate
    second_reading: Estimate


def self_preference(
    judge: Preferences,
    others: Sequence[Preferences],
    pairs: Pairs,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> SelfPreference:
    """Return a judge's preference for its own family's text, beyond that of humans and of others.

    Over the pairs in which exactly one candidate is by the judge's family, with human ratings and a
    readable verdict; credit 1, tie 1/2, loss 0, of humans the mean of a pair's ratings:
    excess_j = mean(credit j gives its own side - credit humans give it);
    others = mean over judges k of excess_k, the same difference for j's side by k, on the pairs
    that k shares with j; k is of another family and of neither side's; did = excess_j - others.
    second reading = mean(credit j gives its own side | humans prefer it) - mean(credit j gives the
    other side | humans prefer that): prefer = strict majority of the ratings.
    owner: (N,) person or article; bootstrap by owner, by item without. n_items: pairs (of `others`
    and `did`: shared with any k); n_ratings: human ratings of these. Undefined: no such pair with
    human ratings (`no_overlap`), none with a readable verdict (`no_valid_verdict`); no such k
    (others, did: `too_few_raters`, and the excess says so in its method); humans prefer own text
    always or never (second reading: `no_variation`).

    One person prefers the text of family 0 in half of the pairs, its judge always, another never:

    >>> pairs = Pairs(np.zeros(4, int), np.ones(4, int), np.eye(2, dtype=int)[[0, 0, 1, 1]], (0, 1))
    >>> asked = np.ones(4, bool)
    >>> found = self_preference(Preferences(np.ones(4), asked, 0),
    ...     [Preferences(np.zeros(4), asked, 2)], pairs, draws=0)
    >>> found.excess.value, found.others.value, found.did.value, found.second_reading.value
    (0.5, -0.5, 1.0, 1.0)
    """
    side = own_side(pairs.family_a, pairs.family_b, judge.family)
    ratings = pairs.hist.sum(axis=1)
    compared = (side >= 0) & (ratings > 0) & judge.asked
    rows = np.flatnonzero(compared & ~np.isnan(judge.credit))
    if not len(rows):
        reason = Reason.NO_VALID_VERDICT if compared.any() else Reason.NO_OVERLAP
        return _nothing(undefined(reason, Sample(n_raters=n_raters)))
    terms = own_terms(judge, others, pairs, rows)
    value = _numbers(terms.sum(axis=0)[None, :])[0]
    drawn = units(terms, None if owner is None else owner[rows])
    found = intervals(
        lambda weights: _numbers(weights @ drawn.sums),
        len(value),
        drawn.number,
        seed=stable_seed(seed, "self-preference"),
        draws=draws,
        unit=drawn.unit,
    )

    def estimate(place: int, counted: BoolArray, reason: Reason) -> Estimate:
        chosen = rows[counted]
        sample = Sample(len(chosen), int(ratings[chosen].sum()), n_raters)
        if np.isnan(value[place]):
            return undefined(reason, sample)
        return defined(float(value[place]), sample, found[place])

    every = np.ones(len(rows), bool)
    shared = np.asarray(terms[:, OTHERS::3].any(axis=1))
    decided = terms[:, HUMAN_OWN] + terms[:, HUMAN_OTHER] > 0
    excess = estimate(2, every, Reason.NO_OVERLAP)
    if not shared.any():
        label = "no judge of another family"
        excess = replace(excess, method=f"{excess.method}; {label}" if excess.method else label)
    return SelfPreference(
        own_credit=estimate(0, every, Reason.NO_OVERLAP),
        human_credit=estimate(1, every, Reason.NO_OVERLAP),
        excess=excess,
        others=estimate(3, shared, Reason.TOO_FEW_RATERS),
        did=estimate(4, shared, Reason.TOO_FEW_RATERS),
        second_reading=estimate(5, decided, Reason.NO_VARIATION),
    )


def _nothing(missing: Estimate) -> SelfPreference:
    return SelfPreference(missing, missing, missing, missing, missing, missing)


def _numbers(sums: FloatArray) -> FloatArray:
    """Return the six numbers, in the order of the record, of sums (B, 7 + 3 K): (B, 6)."""
    own, human = _share(sums, OWN, PAIRS), _share(sums, HUMAN, PAIRS)
    others = _others(sums)
    second = _share(sums, OWN_THERE, HUMAN_OWN) - _share(sums, OTHER_THERE, HUMAN_OTHER)
    excess = own - human
    return np.stack([own, human, excess, others, excess - others, second], axis=1)


def _share(sums: FloatArray, top: int, bottom: int) -> FloatArray:
    return ratio(sums[:, top], sums[:, bottom], sums[:, bottom] > 0)


def _others(sums: FloatArray) -> FloatArray:
    """Return the mean of the other judges' excess, of those that share a pair."""
    shared, given, human = (sums[:, OTHERS + place :: 3] for place in range(3))
    met = shared > 0
    excess = np.where(met, ratio(given - human, shared, met), 0)
    number = met.sum(axis=1)
    return ratio(excess.sum(axis=1), number.astype(np.float64), number > 0)
