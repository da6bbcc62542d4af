"""Self-preference as a difference in differences: humans set the zero, other judges the trend.

All of it is about pairs in which exactly one candidate is by the judge's own model family. A judge
that prefers its own text because it is better shows no excess over humans; what all models like
more than humans do is removed by judges of other families.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, stable_seed
from personalization.agreement.intervals.sums import Finish, sums_interval
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
    held = None if owner is None else owner[rows]

    def estimate(finish: Finish, reason: Reason, counted: IntArray) -> Estimate:
        chosen = rows[counted]
        sample = Sample(len(chosen), int(ratings[chosen].sum()), n_raters)
        value = float(finish(terms.sum(axis=0)[None, :])[0])
        if np.isnan(value):
            return undefined(reason, sample)
        # One seed for all: the numbers belong to the same draws.
        key = stable_seed(seed, "self-preference")
        return defined(value, sample, sums_interval(finish, terms, held, seed=key, draws=draws))

    everything = np.arange(len(rows))
    shared = np.flatnonzero(terms[:, OTHERS::3].any(axis=1))
    decided = np.flatnonzero(terms[:, HUMAN_OWN] + terms[:, HUMAN_OTHER])
    excess = estimate(_excess, Reason.NO_OVERLAP, everything)
    did = estimate(_did, Reason.TOO_FEW_RATERS, shared)
    if did.value is None:
        label = "no judge of another family"
        excess = replace(excess, method=f"{excess.method}; {label}" if excess.method else label)
    return SelfPreference(
        own_credit=estimate(_own, Reason.NO_OVERLAP, everything),
        human_credit=estimate(_human, Reason.NO_OVERLAP, everything),
        excess=excess,
        others=estimate(_others, Reason.TOO_FEW_RATERS, shared),
        did=did,
        second_reading=estimate(_second_reading, Reason.NO_VARIATION, decided),
    )


def _nothing(missing: Estimate) -> SelfPreference:
    return SelfPreference(missing, missing, missing, missing, missing, missing)


def _own(sums: FloatArray) -> FloatArray:
    return ratio(sums[:, OWN], sums[:, PAIRS], sums[:, PAIRS] > 0)


def _human(sums: FloatArray) -> FloatArray:
    return ratio(sums[:, HUMAN], sums[:, PAIRS], sums[:, PAIRS] > 0)


def _excess(sums: FloatArray) -> FloatArray:
    return _own(sums) - _human(sums)


def _others(sums: FloatArray) -> FloatArray:
    """Return the mean of the other judges' excess, of those that share a pair."""
    shared, given, human = (sums[:, OTHERS + place :: 3] for place in range(3))
    met = shared > 0
    excess = np.where(met, ratio(given - human, shared, met), 0)
    number = met.sum(axis=1)
    return ratio(excess.sum(axis=1), number.astype(np.float64), number > 0)


def _did(sums: FloatArray) -> FloatArray:
    return _excess(sums) - _others(sums)


def _second_reading(sums: FloatArray) -> FloatArray:
    own = ratio(sums[:, OWN_THERE], sums[:, HUMAN_OWN], sums[:, HUMAN_OWN] > 0)
    other = ratio(sums[:, OTHER_THERE], sums[:, HUMAN_OTHER], sums[:, HUMAN_OTHER] > 0)
    return own - other
