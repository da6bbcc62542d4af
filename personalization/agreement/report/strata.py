"""Judges where people agree and where they do not; human alpha inside each stratum alone."""

import numpy as np

from personalization.agreement.arrays import BoolArray, IntArray
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.estimate import Level
from personalization.agreement.frames import Frame, JudgeAnswers, identity_known
from personalization.agreement.judges.accuracy import accuracy_shared
from personalization.agreement.patterns import collapse
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.numbers import numbers_of_judge, option_scores
from personalization.agreement.report.records import Collection, shown
from personalization.agreement.scales.cells import cells_of
from personalization.agreement.scales.error import mae
from personalization.agreement.scales.numbers import Numbers, human_means
from personalization.agreement.scales.strata import strata


def add_strata(out: Collection, frame: Frame) -> None:
    """Add each panel's alpha in each of its strata, and each judge's accuracy or error there."""
    for role, labels in frame.panels.items():
        for name, items in strata(labels.histogram).items():
            _add_panel(out, frame, role, name, items)
            for judge in frame.judges:
                _add_judge(out, frame, role, name, items, judge)


def _add_panel(out: Collection, frame: Frame, role: str, name: str, items: BoolArray) -> None:
    hist, owner, n_raters = _inside(frame, role, items)
    found = alpha(
        collapse(hist, owner, n_raters),
        Level(frame.question.level),
        frame.scores,
        seed=out.seed_of(role, name),
    )
    out.add(role, None, f"krippendorff_alpha@{name}", shown(found))


def _add_judge(
    out: Collection, frame: Frame, role: str, name: str, items: BoolArray, judge: JudgeAnswers
) -> None:
    hist, owner, n_raters = _inside(frame, role, items)
    panel, seed = judge_name(frame, judge), out.seed_of(f"{judge.rater_id}", f"{role} {name}")
    if frame.question.level == Level.NOMINAL:
        accuracy = accuracy_shared(hist, judge.value[items], owner, n_raters, seed=seed)
        out.add(panel, role, f"accuracy_shared_valid@{name}", shown(accuracy.valid_only))
        return
    numbers = numbers_of_judge(frame, judge)
    cells = cells_of(
        Numbers(numbers.levels, numbers.code[items]),
        human_means(hist, option_scores(frame)),
        owner,
        hist.sum(axis=1),
        n_raters,
    )
    out.add(panel, role, f"mae@{name}", shown(mae(cells, seed=seed)))


def _inside(
    frame: Frame, role: str, items: BoolArray
) -> tuple[IntArray, IntArray | None, int | None]:
    """Return the histogram and the owners of the stratum, and how many people rated in it."""
    labels = frame.panels[role]
    owner = None if frame.owner is None else frame.owner[items]
    n_raters = None
    if identity_known(frame, role):
        n_raters = len(np.unique(labels.rater[items[labels.item]]))
    return labels.histogram[items], owner, n_raters
