"""People who differ: the simulation behind section 5 of agreement.md, with known true values.

50 owners x 24 attributes x 3 raters, two options. Of owner o a share s_o of the attributes is true;
how well strangers can tell differs between owners by c_o: a rater h of skill k_h says the truth with
probability (1 + k_h sqrt(c_o)) / 2. s ~ Beta(1.4, .6), c ~ Beta(1.8, 1.8), k_h = 1 unless raters
differ, too. The two shapes that matter are solved for, not tuned: the mean .7 of s makes the item
bootstrap's standard deviation of alpha .020, the spread of c its true one .041, as the section says.
Its further figures, the owner bootstrap's .038 and the item interval's coverage of about 67 %, are
what the simulation is held against.
"""

import numpy as np
from scipy.special import beta

from personalization.agreement.arrays import IntArray
from personalization.agreement.intervals.ratings import Ratings

OWNERS, ATTRIBUTES, PER_ITEM = 50, 24, 3
TRUE, CLEAR = (1.4, 0.6), (1.8, 1.8)
SKILLS = (0.5, 1.0)


def answers(
    rng: np.random.Generator, n_raters: int = PER_ITEM, *, raters_differ: bool = False
) -> tuple[Ratings, IntArray]:
    """Return the ratings of one repetition, and the owner of each item.

    Three of the raters, drawn anew, label all items of an owner. Skills are uniform where raters
    differ.
    """
    owner = np.repeat(np.arange(OWNERS), ATTRIBUTES)
    truth = rng.random(len(owner)) < rng.beta(*TRUE, OWNERS)[owner]
    clear = np.sqrt(rng.beta(*CLEAR, OWNERS))[owner]
    skill = rng.uniform(*SKILLS, n_raters) if raters_differ else np.ones(n_raters)
    asked = np.argsort(rng.random((OWNERS, n_raters)), axis=1)[:, :PER_ITEM][owner]
    right = rng.random(asked.shape) < (1 + skill[asked] * clear[:, None]) / 2
    value = np.where(right, truth[:, None], ~truth[:, None]).astype(np.int64)
    item = np.repeat(np.arange(len(owner)), PER_ITEM)
    return Ratings(item, asked.ravel(), value.ravel(), len(owner), n_raters, 2), owner


def true_agreement(*, raters_differ: bool = False) -> float:
    """Return the agreement of two raters over all people: (1 + E[k]^2 E[c]) / 2."""
    a, b = CLEAR
    return float((1 + _mean_skill(raters_differ) ** 2 * a / (a + b)) / 2)


def true_alpha(*, raters_differ: bool = False) -> float:
    """Return alpha over all people: 1 - (1 - agreement) / (2 p (1 - p)), p the share of "true".

    p = (1 + (2 E[s] - 1) E[k] E[sqrt c]) / 2, E[sqrt c] = B(a + 1/2, b) / B(a, b).
    """
    (a, b), (yes, no) = CLEAR, TRUE
    leaning = (yes - no) / (yes + no) * _mean_skill(raters_differ) * beta(a + 0.5, b) / beta(a, b)
    expected = (1 - leaning**2) / 2
    return float(1 - (1 - true_agreement(raters_differ=raters_differ)) / expected)


def _mean_skill(raters_differ: bool) -> float:
    return sum(SKILLS) / 2 if raters_differ else 1.0
