"""The alternative annotator test: may the judge replace a human? (Calderon, Reichart, Dror 2025)

Human h and the judge are scored against the other humans of every item that h rated. The judge
passes against h where h is not closer to the others more often than the judge by epsilon.
"""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.ceilings.contests import Contests
from personalization.agreement.ceilings.t_tests import FALSE_DISCOVERY, p_below, rejections
from personalization.agreement.estimate import (
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import DRAWS, interval
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import share, sums_interval
from personalization.agreement.keys import distinct
from personalization.agreement.minimums import Minimums, current


@dataclass(frozen=True, slots=True, eq=False)
class Humans:
    """The humans who were compared with the judge, (H,) each; left out with too few items.

    rater: codes; n_items; advantage: rho_h; p: of the one-sided t test, nan for those left out.
    """

    rater: IntArray
    n_items: IntArray
    advantage: FloatArray
    p: FloatArray

    @property
    def counted(self) -> BoolArray:
        """Who was tested, (H,)."""
        return ~np.isnan(self.p)


@dataclass(frozen=True, slots=True)
class AlternativeTest:
    """omega: share of humans the judge passes against; rho: how often it does at least as well as one.

    ties: share of comparisons that both win; coarse labels make ties, and ties inflate rho.
    """

    omega: Estimate
    rho: Estimate
    ties: Estimate
    humans: Humans


def alternative_test(
    found: Contests,
    epsilon: float,
    owner: IntArray | None = None,
    *,
    false_discovery: float = FALSE_DISCOVERY,
    minimums: Minimums | None = None,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> AlternativeTest:
    """Return omega, rho and the share of ties, each 0 to 1 (Calderon, Reichart, Dror 2025).

    A tie is a win for both: wl = [judge not farther off], wh = [human not farther off], d = wh - wl.
    For each human h with n_h >= 30 items: rho_h = mean wl, and a one-sided t test of mean d < epsilon.
    omega = k / H, k = rejections by Benjamini and Yekutieli at `false_discovery`; the judge passes
    from .5 on. rho = mean of rho_h. epsilon: what a human may be better by, .2 experts, .15 trained
    people, .1 crowd. owner: one code per item, -1 = nobody.

    n_items and n_ratings count the comparisons of counted humans, n_raters these. rho: bootstrap by
    annotator from 5 humans on, else by item or owner; omega has no interval. Undefined: nothing to
    compare (`no_overlap`), no readable answer among what there is (`no_valid_verdict`), fewer than 3
    humans compared (`too_few_raters`) or fewer than 3 of them with 30 items (`too_few_items`).

    Forty items; three humans say 0, the judge too: every comparison is a tie.

    >>> from personalization.agreement.ceilings.contests import contests
    >>> item, rater = np.divmod(np.arange(120), 3)
    >>> tied = contests(item, rater, 0 * item, np.array([[3, 0]] * 40), np.zeros(40, int))
    >>> test = alternative_test(tied, 0.1)
    >>> test.omega.value, test.rho.value, test.ties.value
    (1.0, 1.0, 1.0)
    """
    minimums = current() if minimums is None else minimums
    humans = _tested(found, epsilon, minimums.alternative_items)
    counted = found if humans.counted.all() else found.only(humans.rater[humans.counted])
    comparisons = np.bincount(counted.item)
    n_humans = int(humans.counted.sum())
    sample = Sample(int((comparisons > 0).sum()), len(counted.item), n_humans)
    missing = _why_none(found, humans, minimums)
    if missing is not None:
        nothing = undefined(missing, sample)
        return AlternativeTest(nothing, nothing, nothing, humans)
    passed = rejections(humans.p[humans.counted], false_discovery)
    ties = share(
        np.bincount(counted.item, weights=counted.closer == 0),
        comparisons,
        None if owner is None else owner[: len(comparisons)],
        sample,
        Reason.NO_OVERLAP,
        seed=stable_seed(seed, "ties with humans"),
        draws=draws,
    )
    advantage = humans.advantage[humans.counted]
    key = stable_seed(seed, "advantage over humans")
    if n_humans < minimums.interval_raters:
        around = _by_item(counted, n_humans, owner, seed=key, draws=draws)
    else:
        around = interval(
            lambda drawn: drawn @ advantage / drawn.sum(axis=1),
            np.ones(n_humans, np.int64),
            seed=key,
            draws=draws,
            unit="annotator",
            at_least=minimums.interval_raters,
        )
    return AlternativeTest(
        omega=defined(passed / n_humans, sample),
        rho=defined(float(advantage.mean()), sample, around),
        ties=ties,
        humans=humans,
    )


def advantage_over(
    found: Contests,
    rater: int,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return rho_h: how often the judge does at least as well as this human, 0 to 1.

    Mean over the items of human `rater` of [judge not farther off]; bootstrap by item or owner.
    Undefined: no comparison with this human.

    >>> from personalization.agreement.ceilings.contests import contests
    >>> item, rater = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2] * 2)
    >>> found = contests(item, rater, 0 * item, np.array([[3, 0]] * 2), np.array([0, 1]))
    >>> advantage_over(found, 2, draws=0).value
    0.5
    """
    mine = found.only(np.array([rater]))
    n = len(mine.item)
    key = stable_seed(seed, "advantage over one human")
    owners = None if owner is None else owner[mine.item]
    one, sample = np.ones(n, np.int64), Sample(n, n, 1)
    return share(mine.closer <= 0, one, owners, sample, Reason.NO_OVERLAP, seed=key, draws=draws)


def _tested(found: Contests, epsilon: float, least_items: int) -> Humans:
    """Test each human who was compared; nan for those with too few items."""
    n_raters = int(found.rater.max(initial=-1)) + 1
    cell = found.rater * 3 + found.closer + 1
    judge, tied, human = np.bincount(cell, minlength=3 * n_raters).reshape(-1, 3).T
    rater = np.flatnonzero(judge + tied + human)
    judge, tied, human = judge[rater], tied[rater], human[rater]
    n = judge + tied + human
    p = p_below(human - judge, human + judge, n, epsilon)
    return Humans(rater, n, (judge + tied) / n, np.where(n >= least_items, p, np.nan))


def _why_none(found: Contests, humans: Humans, minimums: Minimums) -> Reason | None:
    if not len(humans.rater):
        return Reason.NO_VALID_VERDICT if found.n_asked else Reason.NO_OVERLAP
    if len(humans.rater) < minimums.alternative_humans:
        return Reason.TOO_FEW_RATERS
    if humans.counted.sum() < minimums.alternative_humans:
        return Reason.TOO_FEW_ITEMS
    return None


def _by_item(
    counted: Contests, n_humans: int, owner: IntArray | None, *, seed: int, draws: int
) -> Interval:
    """Draw items, each with all of its comparisons: too few humans to draw them."""
    cell = counted.item * n_humans + distinct(counted.rater)[1]
    n_items = int(counted.item.max()) + 1
    size = n_items * n_humans
    compared = np.bincount(cell, minlength=size).reshape(n_items, n_humans)
    won = np.bincount(cell, weights=counted.closer <= 0, minlength=size).reshape(compared.shape)
    held = compared.any(axis=1)
    terms = np.concatenate([won[held], compared[held]], axis=1).astype(np.float64)

    def mean_of_humans(sums: FloatArray) -> FloatArray:
        wins, n = sums[:, :n_humans], sums[:, n_humans:]
        mean: FloatArray = ratio(wins, n, n > 0).mean(axis=1)
        return mean

    owners = None if owner is None else owner[:n_items][held]
    return sums_interval(mean_of_humans, terms, owners, seed=seed, draws=draws)
