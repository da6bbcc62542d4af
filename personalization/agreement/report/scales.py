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
from personalization.agreement.scales.numbers import Numbers, human_means

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
    judges = [(judge_name(frame, one), numbers_of_judge(frame, one)) for one in frame.judges]
    for role in frame.panels:
        _add_panel(out, frame, role)
        for name, numbers in judges:
            _add_judge(out, frame, role, name, numbers)


def _add_panel(out: Collection, frame: Frame, role: str) -> None:
    hist = frame.panels[role].histogram
    patterns = collapse(hist, frame.owner, _n_raters(frame, role))
    found = mae_micro(patterns, option_scores(frame), seed=out.seed_of(role))
    out.add(role, None, "mae_micro", shown(found))


def _add_judge(out: Collection, frame: Frame, role: str, name: str, judge: Numbers) -> None:
    hist, seed = frame.panels[role].histogram, out.seed_of(name, role)
    scores, n_raters = option_scores(frame), _n_raters(frame, role)
    cells = cells_of(judge, human_means(hist, scores), frame.owner, hist.sum(axis=1), n_raters)
    for statistic, kernel in AGAINST_MEANS.items():
        out.add(name, role, statistic, shown(kernel(cells, seed=seed)))
    each = judge_mae_micro(judge, hist, scores, frame.owner, n_raters, seed=seed)
    out.add(name, role, "mae_micro", shown(each))


def _n_raters(frame: Frame, role: str) -> int | None:
    return len(frame.panels[role].rater_ids) if identity_known(frame, role) else None
