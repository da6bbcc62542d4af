"""Any labels, for properties, and every statistic of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.ceilings.alternative import alternative_test
from personalization.agreement.ceilings.contests import contests
from personalization.agreement.ceilings.judged import collapse_judged
from personalization.agreement.ceilings.leave_one_out import (
    ceiling_plurality,
    ceiling_share,
    leave_one_out_error,
    leave_one_out_plurality,
    leave_one_out_share,
)
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import confusions_by_rater
from personalization.agreement.coefficients.fleiss import fleiss_kappa, fleiss_kappa_pooled
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.pair_mean import mean_pair_kappa
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.coefficients.raw import raw_agreement, raw_agreement_micro
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.distributions.divergence import jensen_shannon, tvd, tvd_of_values
from personalization.agreement.distributions.entropy import mean_entropy
from personalization.agreement.distributions.pairs import paired
from personalization.agreement.estimate import Estimate, Level
from personalization.agreement.estimation.dawid_skene import dawid_skene
from personalization.agreement.judges.accuracy import (
    accuracy_majority,
    accuracy_plurality,
    accuracy_shared,
)
from personalization.agreement.judges.judge_agreement import judge_agreement, judge_agreement_micro
from personalization.agreement.judges.judge_kappa import mean_rater_kappa, pooled_kappa
from personalization.agreement.minimums import Minimums
from personalization.agreement.patterns import Patterns, collapse, histogram
from personalization.agreement.scales.bias import signed_bias
from personalization.agreement.scales.cells import Cells, cells_of
from personalization.agreement.scales.correlation import kendall_tau_b, pearson, spearman
from personalization.agreement.scales.error import mae, mae_micro
from personalization.agreement.scales.numbers import human_means, judge_numbers
from personalization.agreement.scales.pair_means import (
    mae_pair_mean,
    pearson_pair_mean,
    spearman_pair_mean,
)

N_ITEMS, N_RATERS, N_VALUES = 10, 5, 4
SCORES = np.arange(N_VALUES, dtype=np.float64)
FEW = Minimums(alternative_humans=1, alternative_items=2)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """item, rater, value of the ratings, the judge's value of each item, and its shares."""

    item: IntArray
    rater: IntArray
    value: IntArray
    judge: IntArray
    n_items: int = N_ITEMS

    @property
    def hist(self) -> IntArray:
        return histogram(self.item, self.value, self.n_items, N_VALUES)

    @property
    def patterns(self) -> Patterns:
        return collapse(self.hist)

    @property
    def shares(self) -> FloatArray:
        """A judge who is sure by half; rows of nan where it said nothing."""
        sure = 0.5 * np.eye(N_VALUES)[np.maximum(self.judge, 0)] + 0.5 / N_VALUES
        return np.where(self.judge[:, None] >= 0, sure, np.nan)

    @property
    def cells(self) -> Cells:
        return cells_of(judge_numbers(self.judge, SCORES), human_means(self.hist, SCORES))

    def shuffled(self, order: IntArray) -> "Panel":
        return replace(
            self, item=self.item[order], rater=self.rater[order], value=self.value[order]
        )

    def renamed(self, names: list[int]) -> "Panel":
        """Other names for the raters."""
        return replace(self, rater=np.array(names)[self.rater])

    def valued(self, values: list[int]) -> "Panel":
        """Other names for the options, of the judge's too."""
        names = np.array(values)
        return replace(
            self,
            value=names[self.value],
            judge=np.where(self.judge < 0, self.judge, names[self.judge]),
        )

    def twice(self) -> "Panel":
        """Every item twice."""
        return Panel(
            np.concatenate([self.item, self.item + self.n_items]),
            np.tile(self.rater, 2),
            np.tile(self.value, 2),
            np.tile(self.judge, 2),
            2 * self.n_items,
        )


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Up to ten items, each rated by some of five raters, and a judge of some of them."""
    cells = st.tuples(st.integers(0, N_ITEMS - 1), st.integers(0, N_RATERS - 1))
    rated = draw(st.lists(cells, min_size=8, max_size=50, unique=True))
    value = draw(st.lists(st.integers(0, N_VALUES - 1), min_size=len(rated), max_size=len(rated)))
    judge = draw(st.lists(st.integers(-2, N_VALUES - 1), min_size=N_ITEMS, max_size=N_ITEMS))
    item, rater = np.array(rated).T
    return Panel(item, rater, np.array(value), np.array(judge))


def nominal(panel: Panel, draws: int = 0) -> list[Estimate]:
    """Return every number among people that knows no order of the options."""
    patterns = panel.patterns
    kernels = [
        raw_agreement,
        raw_agreement_micro,
        fleiss_kappa,
        fleiss_kappa_pooled,
        gwet_ac1,
        brennan_prediger,
        ceiling_plurality,
        ceiling_share,
        mean_entropy,
    ]
    found = [kernel(patterns, draws=draws) for kernel in kernels]
    return [alpha(patterns, Level.NOMINAL, draws=draws), *found]


def ordered(panel: Panel, draws: int = 0) -> list[Estimate]:
    """Return every number among people that does."""
    patterns = panel.patterns
    return [
        alpha(patterns, Level.ORDINAL, draws=draws),
        alpha(patterns, Level.INTERVAL, draws=draws),
        gwet_ac2(patterns, Weights.LINEAR, draws=draws),
        gwet_ac2(patterns, draws=draws),
        mae_micro(patterns, SCORES, draws=draws),
    ]


def judged(panel: Panel, draws: int = 0) -> list[Estimate]:
    """Return every number of the judge against people that knows no order of the options."""
    hist, judge = panel.hist, panel.judge
    both = [
        kernel(hist, judge, draws=draws)
        for kernel in (
            accuracy_majority,
            accuracy_plurality,
            accuracy_shared,
            judge_agreement,
            judge_agreement_micro,
        )
    ]
    found = [one for pair in both for one in (pair.valid_only, pair.invalid_wrong)]
    rows = collapse_judged(hist, judge)
    for form in (leave_one_out_plurality, leave_one_out_share):
        sides = form(rows, draws=draws)
        for reading in (sides.valid_only, sides.invalid_wrong):
            found += [reading.human, reading.judge]
    pairs = paired(hist, panel.shares)
    apart = [tvd(pairs, draws=draws), jensen_shannon(pairs, draws=draws).nats]
    point = tvd_of_values(hist, judge, draws=draws)
    return [*found, pooled_kappa(hist, judge, draws=draws), point, *apart]


def judged_in_order(panel: Panel, draws: int = 0) -> list[Estimate]:
    """Return every number of the judge against people that needs numbers."""
    cells = panel.cells
    error = leave_one_out_error(collapse_judged(panel.hist, panel.judge), SCORES, draws=draws)
    kernels = (pearson, spearman, kendall_tau_b, mae, signed_bias)
    return [error.human, error.judge, *(kernel(cells, draws=draws) for kernel in kernels)]


def by_rater(panel: Panel) -> Iterator[Estimate]:
    """Yield every number that needs raters and knows no order of the options."""
    pairs = pair_tables(panel.item, panel.rater, panel.value, N_VALUES)
    judge = panel.judge[panel.item]
    tables = confusions_by_rater(panel.rater, panel.value, judge, N_RATERS, N_VALUES)
    for by_overlap in (False, True):
        yield mean_pair_kappa(pairs, by_overlap=by_overlap, draws=0).kappa
        yield mean_rater_kappa(tables, by_overlap=by_overlap, draws=0).kappa
    yield from _alternative(panel, None)


def by_rater_in_order(panel: Panel) -> Iterator[Estimate]:
    """Yield every number that needs raters and numbers."""
    pairs = pair_tables(panel.item, panel.rater, panel.value, N_VALUES)
    for kernel in (mae_pair_mean, pearson_pair_mean, spearman_pair_mean):
        yield kernel(pairs, SCORES, draws=0).mean
    for weights in (Weights.LINEAR, Weights.QUADRATIC):
        yield mean_pair_kappa(pairs, weights, draws=0).kappa
    yield from _alternative(panel, SCORES)


def _alternative(panel: Panel, scores: FloatArray | None) -> list[Estimate]:
    found = contests(panel.item, panel.rater, panel.value, panel.hist, panel.judge, scores)
    test = alternative_test(found, 0.15, minimums=FEW, draws=0)
    return [test.omega, test.rho, test.ties]


def consensus(panel: Panel) -> list[float]:
    """Return Dawid and Skene's class shares."""
    found = dawid_skene(
        panel.item,
        panel.rater,
        panel.value,
        n_items=panel.n_items,
        n_raters=N_RATERS,
        n_values=N_VALUES,
    )
    return [one.value if one.value is not None else -1 for one in found.shares]


def everything(panel: Panel) -> list[Estimate]:
    """Return every number, without intervals."""
    return [
        *nominal(panel),
        *ordered(panel),
        *judged(panel),
        *judged_in_order(panel),
        *by_rater(panel),
        *by_rater_in_order(panel),
    ]
