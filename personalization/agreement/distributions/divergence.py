"""How far a judge's distribution over the options lies from people's label shares."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import rel_entr

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.distributions.entropy import entropy
from personalization.agreement.distributions.pairs import Pairs, add_up, mean_over_items
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import share
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.keys import row_sums


@dataclass(frozen=True, slots=True)
class JensenShannon:
    """The item mean of the Jensen-Shannon divergence in two units, and of its square root.

    nats: at most ln 2; bits: nats / ln 2, at most 1; distance: sqrt of nats, item by item.
    """

    nats: Estimate
    bits: Estimate
    distance: Estimate


def tvd_by_item(human: FloatArray, judge: FloatArray) -> FloatArray:
    """Return the total variation distance of each pair of rows, 1/2 sum_c |h_c - j_c|, 0 to 1.

    >>> tvd_by_item(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])).tolist()
    [0.5]
    """
    return add_up(np.abs(human - judge)) / 2


def js_by_item(human: FloatArray, judge: FloatArray) -> FloatArray:
    """Return the Jensen-Shannon divergence of each pair of rows, in nats, 0 to ln 2 (Lin 1991).

    H((h + j) / 2) - (H(h) + H(j)) / 2, nothing smoothed.

    >>> js_by_item(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])).round(6).tolist()
    [0.215762]
    """
    between = entropy((human + judge) / 2) - (entropy(human) + entropy(judge)) / 2
    return np.clip(between, 0, np.log(2))


def smoothed(shares: FloatArray, ratings: IntArray) -> FloatArray:
    """Return (N p + 1/C) / (N + 1): the shares after one more label, spread over all C options.

    shares: (K, C) of people or of a judge; ratings: (K,) human labels N of the item, for both.

    >>> smoothed(np.array([[1.0, 0.0, 0.0]]), np.array([3])).round(3).tolist()
    [[0.833, 0.083, 0.083]]
    """
    n = ratings[:, None]
    spread: FloatArray = (n * shares + 1 / shares.shape[1]) / (n + 1)
    return spread


def tvd(pairs: Pairs, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the item mean of the total variation distance, 0 (equal) to 1 (disjoint).

    mean over items of 1/2 sum_c |n_ic / m_i - j_ic|, n_ic of m_i human labels and j_ic the judge's
    shares. Bootstrap by item or owner. Undefined: no such item (`no_valid_verdict`, `no_overlap`,
    `too_few_raters`; see `paired`).

    >>> from personalization.agreement.distributions.pairs import paired
    >>> tvd(paired(np.array([[3, 1], [2, 2]]), np.array([[1.0, 0.0], [0.5, 0.5]])), draws=0).value
    0.125
    """
    each = tvd_by_item(pairs.human, pairs.judge)
    return mean_over_items(each, pairs, seed=stable_seed(seed, "tvd"), draws=draws)


def tvd_of_values(
    hist: IntArray,
    judge: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return `tvd` of a judge that gives one value per item: a point mass, 0 to 1.

    mean over items of 1 - n_i,j(i) / m_i: one minus the share of people who agree. judge: (N,),
    negative = no readable value, left out. Undefined: none of the rated items it was asked about has
    a readable value (`no_valid_verdict`); it was asked about no rated item (`no_overlap`).

    >>> tvd_of_values(np.array([[3, 1], [2, 2]]), np.array([0, 0]), draws=0).value
    0.375
    """
    m = row_sums(hist)
    met = (judge >= 0) & (m > 0)
    agreeing = hist[np.arange(len(judge)), np.maximum(judge, 0)]
    sample = Sample(int(met.sum()), int(m[met].sum()), n_raters)
    asked = bool(((judge != NOT_ASKED) & (m > 0)).any())
    missing = Reason.NO_VALID_VERDICT if asked else Reason.NO_OVERLAP
    key = stable_seed(seed, "tvd, one value")
    apart = 1 - agreeing / np.maximum(m, 1)
    return share(apart, met, owner, sample, missing, seed=key, draws=draws)


def jensen_shannon(pairs: Pairs, *, seed: int | str = 0, draws: int = DRAWS) -> JensenShannon:
    """Return the item mean of the Jensen-Shannon divergence and of the distance (Lin 1991).

    Undefined as `tvd`. The distance is a mean of square roots, not the root of the mean.

    >>> from personalization.agreement.distributions.pairs import paired
    >>> found = jensen_shannon(paired(np.array([[2, 2]]), np.array([[1.0, 0.0]])), draws=0)
    >>> [round(one.value, 6) for one in (found.nats, found.bits, found.distance)]
    [0.215762, 0.311278, 0.464501]
    """
    each = js_by_item(pairs.human, pairs.judge)
    key = stable_seed(seed, "jensen-shannon")
    nats = mean_over_items(each, pairs, seed=key, draws=draws)
    distance = mean_over_items(np.sqrt(each), pairs, seed=key, draws=draws)
    return JensenShannon(nats, _in_bits(nats), distance)


def _in_bits(nats: Estimate) -> Estimate:
    def bits(amount: float | None) -> float | None:
        return None if amount is None else amount / float(np.log(2))

    return replace(nats, value=bits(nats.value), low=bits(nats.low), high=bits(nats.high))


def kl_smoothed(pairs: Pairs, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the item mean of the smoothed Kullback-Leibler divergence KL(people || judge), nats.

    mean over items of sum_c p~_c ln(p~_c / q~_c), both sides `smoothed` with the item's m_i labels;
    0 or more, without a fixed top. Undefined as `tvd`.

    Counts (3, 0, 0), judge (0, 1, 0): .75 ln 10.

    >>> from personalization.agreement.distributions.pairs import paired
    >>> found = kl_smoothed(paired(np.array([[3, 0, 0]]), np.array([[0.0, 1.0, 0.0]])), draws=0)
    >>> round(found.value, 6)
    1.726939
    """
    m = pairs.ratings
    each = add_up(rel_entr(smoothed(pairs.human, m), smoothed(pairs.judge, m)))
    return mean_over_items(each, pairs, seed=stable_seed(seed, "kl, smoothed"), draws=draws)


def cross_entropy_smoothed(pairs: Pairs, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the item mean of the smoothed cross-entropy of people and judge, nats.

    mean over items of - sum_c p~_c ln q~_c = H(p~) + KL(p~ || q~), smoothed as in `kl_smoothed`.
    Undefined as `tvd`.

    >>> from personalization.agreement.distributions.pairs import paired
    >>> found = cross_entropy_smoothed(paired(np.array([[1, 0]]), np.array([[1.0, 0.0]])), draws=0)
    >>> round(found.value, 6)
    0.562335
    """
    m = pairs.ratings
    each = -add_up(smoothed(pairs.human, m) * np.log(smoothed(pairs.judge, m)))
    key = stable_seed(seed, "cross-entropy, smoothed")
    return mean_over_items(each, pairs, seed=key, draws=draws)
