"""Means over a panel's rater pairs of what needs a scale."""

from personalization.agreement.coefficients.rater_pairs import RaterPairs
from personalization.agreement.estimate import Level
from personalization.agreement.frames import Frame
from personalization.agreement.report.numbers import option_scores
from personalization.agreement.report.records import Collection
from personalization.agreement.scales.pair_means import (
    mae_pair_mean,
    pearson_pair_mean,
    spearman_pair_mean,
)

KERNELS = {
    "mae_pair_mean": mae_pair_mean,
    "pearson_pair_mean": pearson_pair_mean,
    "spearman_pair_mean": spearman_pair_mean,
}


def add_pair_means(out: Collection, frame: Frame, role: str, pairs: RaterPairs) -> None:
    """Add a panel's mean error and correlations over its rater pairs, where there is a scale."""
    if frame.question.level == Level.NOMINAL:
        return
    for statistic, kernel in KERNELS.items():
        out.add(role, None, statistic, kernel(pairs, option_scores(frame)).mean)
