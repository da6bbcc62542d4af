"""How divided people are over an item, and whether a judge is divided over the same items."""

from scipy.special import entr

from personalization.agreement.arrays import FloatArray, ratio
from personalization.agreement.coefficients.raw import why_no_pairs
from personalization.agreement.distributions.pairs import Pairs, add_up, shares_of
from personalization.agreement.estimate import Estimate, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, estimated
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import Patterns
from personalization.agreement.scales.cells import cells_of
from personalization.agreement.scales.correlation import pearson
from personalization.agreement.scales.numbers import numbers_of


def entropy(shares: FloatArray) -> FloatArray:
    """Return the Shannon entropy of each row of shares, in nats: (K, V) -> (K,).

    H = - sum_c p_c ln p_c with 0 ln 0 = 0 (Shannon 1948); 0 if all agree, ln V if evenly divided.

    >>> import numpy as np
    >>> entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).round(6).tolist()
    [0.693147, 0.0]
    """
    return add_up(entr(shares))


def mean_entropy(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the item mean of the entropy of people's label shares, in nats, 0 to ln V.

    mean over items with m_i >= 2 of - sum_c h_ic ln h_ic, h_ic = n_ic / m_i (Shannon 1948). An item
    with one rating has no division to speak of and is left out. The plain estimate: with few raters
    per item it lies below that of the population. n_items and n_ratings count items with two or
    more ratings; bootstrap by item or owner. Undefined: no such item.

    Items (2, 2) and (4, 0): (ln 2 + 0) / 2.

    >>> import numpy as np
    >>> round(mean_entropy(Patterns(np.array([[2, 2], [4, 0]]), np.array([1, 1])), draws=0).value, 6)
    0.346574
    """
    pairable = patterns.rated(at_least=2)
    each = entropy(shares_of(pairable.counts))

    def mean(weights: FloatArray) -> FloatArray:
        items = weights.sum(axis=1)
        return ratio(weights @ each, items, items > 0)

    key = stable_seed(seed, "entropy, item mean")
    return estimated(mean, pairable, why_no_pairs(patterns), seed=key, draws=draws)


def entropy_correlation(pairs: Pairs, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Pearson's correlation of people's and the judge's entropy over items, -1 to 1.

    r = sum (x_i - x)(y_i - y) / sqrt(sum (x_i - x)^2 sum (y_i - y)^2), x_i the entropy of the label
    shares of item i, y_i that of the judge's distribution: is the judge unsure where people are
    divided? Bootstrap by item or owner. Undefined: no such item (as in `tvd`); one side is constant
    (`no_variation`).

    Both more divided over the second item:

    >>> import numpy as np
    >>> from personalization.agreement.distributions.pairs import paired
    >>> two = paired(np.array([[4, 0], [2, 2]]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    >>> entropy_correlation(two, draws=0).value
    1.0
    """
    if not len(pairs.counts):
        return undefined(pairs.missing, pairs.sample)
    human, machine = numbers_of(entropy(pairs.human)), numbers_of(entropy(pairs.judge))
    both = cells_of(human, machine, pairs.owner, pairs.ratings, pairs.n_raters)
    return pearson(both, seed=stable_seed(seed, "entropy correlation"), draws=draws)
