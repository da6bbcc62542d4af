"""Our side of each step: what is prepared outside the clock, and what runs under it."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np

from benchmarks.made_up import LONG, RATERS, SEGMENTS, VALUES, Made
from benchmarks.measuring import answer, measure
from personalization.agreement import patterns as grouping
from personalization.agreement.arrays import FloatArray
from personalization.agreement.ceilings.alternative import alternative_test
from personalization.agreement.ceilings.contests import contests
from personalization.agreement.ceilings.judged import collapse_judged
from personalization.agreement.ceilings.leave_one_out import (
    leave_one_out_plurality,
    leave_one_out_share,
)
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import confusions_by_rater, kappas
from personalization.agreement.coefficients.fleiss import fleiss_kappa
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha, alpha_long
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.distributions.divergence import js_by_item
from personalization.agreement.distributions.pairs import shares_of
from personalization.agreement.estimate import Level
from personalization.agreement.estimation import dawid_skene as latent
from personalization.agreement.estimation.bradley_terry import log_strengths
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.intervals.two_way import two_way_interval
from personalization.agreement.judges.judge_kappa import pooled_kappa_by_annotator
from personalization.agreement.patterns import collapse
from personalization.agreement.scales import correlation
from personalization.agreement.scales.cells import cells_of
from personalization.agreement.scales.numbers import human_means, numbers_of

Run: TypeAlias = Callable[[], object]
SCORES = np.arange(VALUES, dtype=np.float64)
POINTS = np.arange(LONG, dtype=np.float64)


def yardstick(made: Made) -> Run:
    """The one pass over the ratings that nothing can do without: numpy counts them."""
    size = made.n_items * VALUES
    return lambda: np.bincount(made.item * VALUES + made.value, minlength=size)


def histogram(made: Made) -> Run:
    """Ratings of each item by value."""
    return lambda: grouping.histogram(made.item, made.value, made.n_items, VALUES)


def _alpha(made: Made, level: Level) -> Run:
    hist = made.hist
    return lambda: alpha(collapse(hist), level, draws=0)


def alpha_nominal(made: Made) -> Run:
    """Alpha from the histogram."""
    return _alpha(made, Level.NOMINAL)


def alpha_ordinal(made: Made) -> Run:
    """Alpha from the histogram."""
    return _alpha(made, Level.ORDINAL)


def alpha_interval(made: Made) -> Run:
    """Alpha from the histogram."""
    return _alpha(made, Level.INTERVAL)


def chance_corrected(made: Made) -> Run:
    """Raw agreement, Fleiss, AC1 and Brennan-Prediger from the histogram."""
    hist = made.hist

    def run() -> object:
        patterns = collapse(hist)
        kernels = (raw_agreement, fleiss_kappa, gwet_ac1, brennan_prediger)
        return [kernel(patterns, draws=0) for kernel in kernels]

    return run


def ac2(made: Made) -> Run:
    """AC2 from the histogram."""
    hist = made.hist
    return lambda: gwet_ac2(collapse(hist), draws=0)


def headline(made: Made) -> Run:
    """Alpha, Fleiss and AC1 from the ratings."""

    def run() -> object:
        patterns = collapse(made.hist)
        return (
            alpha(patterns, Level.NOMINAL, draws=0),
            fleiss_kappa(patterns, draws=0),
            gwet_ac1(patterns, draws=0),
        )

    return run


def _long(made: Made, value: FloatArray) -> Run:
    return lambda: alpha_long(made.item, value, Level.ORDINAL, draws=0)


def long_5(made: Made) -> Run:
    """Ordinal alpha of five values from the ratings."""
    return _long(made, made.value.astype(np.float64))


def long_distinct(made: Made) -> Run:
    """Ordinal alpha of values none of which comes twice."""
    return _long(made, made.smooth)


def long_101(made: Made) -> Run:
    """Ordinal alpha of a slider."""
    return _long(made, made.points.astype(np.float64))


def dense_101(made: Made) -> Run:
    """Ordinal alpha of a slider, through a histogram of its 101 values."""

    def run() -> object:
        hist = grouping.histogram(made.item, made.points, made.n_items, LONG)
        return alpha(collapse(hist), Level.ORDINAL, draws=0)

    return run


def kappas_with_judge(made: Made) -> Run:
    """Cohen's kappa of each rater with the judge."""

    def run() -> object:
        judge = made.judge[made.item]
        return kappas(confusions_by_rater(made.rater, made.value, judge, RATERS, VALUES))

    return run


def kappas_of_pairs(made: Made) -> Run:
    """Cohen's kappa of each two raters who share an item."""
    return lambda: pair_tables(made.item, made.rater, made.value, VALUES).kappas()


def ceiling_plurality(made: Made) -> Run:
    """The human ceiling and the judge against the plurality of the same others."""
    hist = made.hist
    return lambda: leave_one_out_plurality(collapse_judged(hist, made.judge), draws=0)


def ceiling_share(made: Made) -> Run:
    """The human ceiling and the judge by the share of the same others."""
    hist = made.hist
    return lambda: leave_one_out_share(collapse_judged(hist, made.judge), draws=0)


def _alternative(made: Made, scores: FloatArray | None) -> Run:
    hist = made.hist

    def run() -> object:
        found = contests(made.item, made.rater, made.value, hist, made.judge, scores)
        return alternative_test(found, 0.15, draws=0)

    return run


def alternative_nominal(made: Made) -> Run:
    """The alternative annotator test by agreement."""
    return _alternative(made, None)


def alternative_ordinal(made: Made) -> Run:
    """The alternative annotator test by distance."""
    return _alternative(made, SCORES)


def item_bootstrap(made: Made) -> Run:
    """Ordinal alpha with its interval, from the patterns."""
    patterns = collapse(made.hist)
    return lambda: alpha(patterns, Level.ORDINAL)


def owner_bootstrap(made: Made) -> Run:
    """Ordinal alpha with its interval over owners, from the patterns."""
    patterns = collapse(made.hist, made.owner)
    return lambda: alpha(patterns, Level.ORDINAL)


def annotator_bootstrap(made: Made) -> Run:
    """Pooled kappa with the judge and its interval over raters."""
    judge = made.judge[made.item]
    tables = confusions_by_rater(made.rater, made.value, judge, RATERS, VALUES)
    return lambda: pooled_kappa_by_annotator(tables)


def two_way_bootstrap(made: Made) -> Run:
    """Raw agreement, items and raters drawn at once."""
    ratings = Ratings(made.item, made.rater, made.value, made.n_items, RATERS, VALUES)

    def terms(counts: FloatArray, squares: FloatArray) -> tuple[FloatArray, ...]:
        pairs = counts.sum(axis=0) ** 2 - squares
        agreeing = np.einsum("cib,cib->ib", counts, counts) - squares
        possible = pairs > 0
        return np.divide(agreeing, pairs, where=possible, out=np.zeros_like(pairs)), 1.0 * possible

    def share(sums: FloatArray) -> FloatArray:
        quotient: FloatArray = sums[:, 0] / sums[:, 1]
        return quotient

    return lambda: two_way_interval(terms, share, ratings, seed=0)


def segments(made: Made) -> Run:
    """Alpha and AC1 of each segment of the items."""
    hist = made.hist

    def run() -> object:
        parts = [collapse(hist[made.segment == segment]) for segment in range(SEGMENTS)]
        return [(alpha(part, Level.NOMINAL, draws=0), gwet_ac1(part, draws=0)) for part in parts]

    return run


def dawid_skene(made: Made) -> Run:
    """Consensus labels, to convergence; says how many rounds that took."""

    def run() -> object:
        found = latent.dawid_skene(
            made.item,
            made.rater,
            made.value,
            n_items=made.n_items,
            n_raters=RATERS,
            n_values=VALUES,
        )
        return f"{found.rounds} rounds"

    return run


def bradley_terry(made: Made) -> Run:
    """Log strengths from the win matrix."""
    return lambda: log_strengths(made.wins)


def tau_b_5(made: Made) -> Run:
    """Kendall's tau-b of each rating with the judge."""
    judge = made.judge[made.item].astype(np.float64)
    value = made.value.astype(np.float64)
    return lambda: correlation.kendall_tau_b(
        cells_of(numbers_of(value), numbers_of(judge)), draws=0
    )


def tau_b_101(made: Made) -> Run:
    """Kendall's tau-b of the judge's points with the mean of the humans'."""
    judge, mean = judge_and_means(made)
    return lambda: correlation.kendall_tau_b(cells_of(numbers_of(judge), numbers_of(mean)), draws=0)


def pearson(made: Made) -> Run:
    """Pearson's r of the judge's points with the mean of the humans'."""
    judge, mean = judge_and_means(made)
    return lambda: correlation.pearson(cells_of(numbers_of(judge), numbers_of(mean)), draws=0)


def spearman(made: Made) -> Run:
    """Spearman's rho of the judge's points with the mean of the humans'."""
    judge, mean = judge_and_means(made)
    return lambda: correlation.spearman(cells_of(numbers_of(judge), numbers_of(mean)), draws=0)


def judge_and_means(made: Made) -> tuple[FloatArray, FloatArray]:
    """Return the judge's points and the mean of the humans' points of each item."""
    hist = grouping.histogram(made.item, made.points, made.n_items, LONG)
    return made.judge_points.astype(np.float64), human_means(hist, POINTS).values


def jensen_shannon(made: Made) -> Run:
    """Jensen-Shannon divergence of the humans' shares from the judge's, item by item."""
    human, judge = shares_and_judge(made)
    return lambda: js_by_item(human, judge)


def shares_and_judge(made: Made) -> tuple[FloatArray, FloatArray]:
    """Return the humans' shares, and shares of a judge who is never quite sure."""
    sure = 0.8 * np.eye(VALUES) + 0.2 / VALUES
    return shares_of(made.hist), sure[made.judge]


def main() -> None:
    """Measure the step that is named, on the labels in the file that is named."""
    file, step = sys.argv[1:]
    run: Run = globals()[step](Made.load(Path(file)))
    answer(measure(run, time.process_time))


if __name__ == "__main__":
    main()
