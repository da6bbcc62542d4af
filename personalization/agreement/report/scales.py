"""Answers as numbers: how far people, and judges from people, lie apart on an ordered scale."""

from personalization.agreement.estimate import Level
from personalization.agreement.frames import Frame, identity_known
from personalization.agreement.patterns import collapse
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.numbers import numbers_of_judge, option_scores
from personalization.agreement.report.records import Collection, shown
from personalization.agreement.scales.bias import signed_bias
from personalization.agreement.scales.cells import cells_of
from personalization.agreement.scales.correlation import kendall_tau_b, pearson, spearman
from personalization.agreement.scales.error import judge_mae_micro, mae, mae_micro
from personalization.agreement.scales.numbers import human_means

AGAINST_MEANS = {
    "pearson": pearson,
    "spearman": spearman,
    "kendall_tau_b": kendall_tau_b,
    "mae": mae,
    "bias": signed_bias,
}


def add_scales(out: Collection, frame: Frame) -> None:
    """Add each panel's own error, then each judge against the panel's mean of each item."""
    if frame.question.level == Level.NOMINAL:
        return
    scores = option_scores(frame)
    judges = [(judge_name(frame, one), numbers_of_judge(frame, one)) for one in frame.judges]
    for role, labels in frame.panels.items():
        hist, owner = labels.histogram, frame.owner
        n_raters = len(labels.rater_ids) if identity_known(frame, role) else None
        among = mae_micro(collapse(hist, owner, n_raters), scores, seed=out.seed_of(role))
        out.add(role, None, "mae_micro", shown(among))
        means, ratings = human_means(hist, scores), hist.sum(axis=1)
        for name, judge in judges:
            seed = out.seed_of(name, role)
            cells = cells_of(judge, means, owner, ratings, n_raters)
            for statistic, kernel in AGAINST_MEANS.items():
                out.add(name, role, statistic, shown(kernel(cells, seed=seed)))
            each = judge_mae_micro(judge, hist, scores, owner, n_raters, seed=seed)
            out.add(name, role, "mae_micro", shown(each))
