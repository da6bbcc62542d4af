"""The libraries' side of each step, as their documentation says to use them."""

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import choix
import krippendorff
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

from benchmarks.made_up import LONG, RATERS, SEGMENTS, VALUES, Made
from benchmarks.measuring import answer, measure
from benchmarks.ours import judge_and_means, shares_and_judge, yardstick
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.patterns import histogram

Run: TypeAlias = Callable[[], object]
Level: TypeAlias = Literal["nominal", "ordinal", "interval"]


def _alpha(counts: IntArray, level: Level) -> object:
    return krippendorff.alpha(value_counts=counts, level_of_measurement=level)


def bincount(made: Made) -> Run:
    """Ratings of each item by value."""
    return yardstick(made)


def alpha_nominal(made: Made) -> Run:
    """Alpha from the histogram."""
    hist = made.hist
    return lambda: _alpha(hist, "nominal")


def alpha_ordinal(made: Made) -> Run:
    """Alpha from the histogram."""
    hist = made.hist
    return lambda: _alpha(hist, "ordinal")


def alpha_interval(made: Made) -> Run:
    """Alpha from the histogram."""
    hist = made.hist
    return lambda: _alpha(hist, "interval")


def fleiss(made: Made) -> Run:
    """Fleiss' kappa from the histogram."""
    hist = made.hist
    return lambda: fleiss_kappa(hist)


def headline(made: Made) -> Run:
    """Alpha and Fleiss' kappa from the histogram."""
    hist = made.hist
    return lambda: (_alpha(hist, "nominal"), fleiss_kappa(hist))


def alpha_distinct(made: Made) -> Run:
    """Ordinal alpha of values none of which comes twice, from the table of raters and items."""
    table = np.full((RATERS, made.n_items), np.nan)
    table[made.rater, made.item] = made.smooth
    rated = table[~np.isnan(table).all(axis=1)]
    return lambda: krippendorff.alpha(reliability_data=rated, level_of_measurement="ordinal")


def alpha_101(made: Made) -> Run:
    """Ordinal alpha of a slider."""

    def run() -> object:
        return _alpha(histogram(made.item, made.points, made.n_items, LONG), "ordinal")

    return run


def kappas_with_judge(made: Made) -> Run:
    """Cohen's kappa of each rater with the judge."""
    order = np.argsort(made.rater, kind="stable")
    ends = np.cumsum(np.bincount(made.rater, minlength=RATERS))[:-1]
    values = np.split(made.value[order], ends)
    judge = np.split(made.judge[made.item][order], ends)
    return lambda: [_kappa(a, b) for a, b in zip(values, judge, strict=True) if len(a)]


def kappas_of_pairs(made: Made) -> Run:
    """Cohen's kappa of each two raters who share an item; who those are is given."""
    pairs = pair_tables(made.item, made.rater, made.value, VALUES)
    ends = np.cumsum(pairs.shared)[:-1]
    low, high = np.split(pairs.value_low, ends), np.split(pairs.value_high, ends)
    return lambda: [_kappa(a, b) for a, b in zip(low, high, strict=True)]


def _kappa(one: IntArray, other: IntArray) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cohen_kappa_score(one, other, labels=range(VALUES))


def segments(made: Made) -> Run:
    """Alpha of each segment of the items."""
    hist = made.hist
    return lambda: [_alpha(hist[made.segment == segment], "nominal") for segment in range(SEGMENTS)]


def bradley_terry(made: Made) -> Run:
    """Log strengths from the win matrix."""
    return lambda: choix.ilsr_pairwise_dense(made.wins)


def tau_b_5(made: Made) -> Run:
    """Kendall's tau-b of each rating with the judge."""
    judge = made.judge[made.item]
    return lambda: stats.kendalltau(made.value, judge)


def _of_items(made: Made, statistic: Callable[[FloatArray, FloatArray], object]) -> Run:
    judge, mean = judge_and_means(made)
    return lambda: statistic(judge, mean)


def tau_b_101(made: Made) -> Run:
    """Kendall's tau-b of the judge's points with the mean of the humans'."""
    return _of_items(made, stats.kendalltau)


def pearson(made: Made) -> Run:
    """Pearson's r of the judge's points with the mean of the humans'."""
    return _of_items(made, stats.pearsonr)


def spearman(made: Made) -> Run:
    """Spearman's rho of the judge's points with the mean of the humans'."""
    return _of_items(made, stats.spearmanr)


def jensen_shannon(made: Made) -> Run:
    """Jensen-Shannon distance of the humans' shares from the judge's, item by item."""
    human, judge = shares_and_judge(made)
    return lambda: jensenshannon(human, judge, axis=1)


def main() -> None:
    """Measure the step that is named, on the labels in the file that is named."""
    file, step = sys.argv[1:]
    run: Run = globals()[step](Made.load(Path(file)))
    answer(measure(run, time.process_time))


if __name__ == "__main__":
    main()
