"""Judges where people agree and where they do not; human alpha inside each stratum alone."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, IntArray
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.estimate import Level
from personalization.agreement.frames import Frame, identity_known
from personalization.agreement.judges.accuracy import accuracy_shared
from personalization.agreement.patterns import collapse
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.numbers import numbers_of_judge, option_scores
from personalization.agreement.report.records import Collection, shown
from personalization.agreement.scales.cells import cells_of
from personalization.agreement.scales.error import mae
from personalization.agreement.scales.numbers import human_means
from personalization.agreement.scales.strata import strata


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """Its items (N,), and its part of the panel: histogram, owners, number of raters."""

    items: BoolArray
    hist: IntArray
    owner: IntArray | None
    n_raters: int | None


def add_strata(out: Collection, frame: Frame) -> None:
    """Add each panel's alpha in each of its strata, and each judge's accuracy or error there."""
    level = Level(frame.question.level)
    for role, labels in frame.panels.items():
        for name, items in strata(labels.histogram).items():
            part = _part(frame, role, items)
            patterns = collapse(part.hist, part.owner, part.n_raters)
            found = alpha(patterns, level, frame.scores, seed=out.seed_of(role, name))
            out.add(role, None, f"krippendorff_alpha@{name}", shown(found))
            if level is Level.NOMINAL:
                _add_accuracies(out, frame, role, name, part)
            else:
                _add_errors(out, frame, role, name, part)


def _part(frame: Frame, role: str, items: BoolArray) -> _Stratum:
    labels = frame.panels[role]
    owner = None if frame.owner is None else frame.owner[items]
    n_raters = None
    if identity_known(frame, role):
        n_raters = int(np.count_nonzero(np.bincount(labels.rater[items[labels.item]])))
    return _Stratum(items, labels.histogram[items], owner, n_raters)


def _add_accuracies(out: Collection, frame: Frame, role: str, name: str, part: _Stratum) -> None:
    for judge in frame.judges:
        panel = judge_name(frame, judge)
        found = accuracy_shared(
            part.hist,
            judge.value[part.items],
            part.owner,
            part.n_raters,
            seed=out.seed_of(panel, f"{role}@{name}"),
        )
        out.add(panel, role, f"accuracy_shared_valid@{name}", shown(found.valid_only))


def _add_errors(out: Collection, frame: Frame, role: str, name: str, part: _Stratum) -> None:
    means, ratings = human_means(part.hist, option_scores(frame)), part.hist.sum(axis=1)
    for judge in frame.judges:
        panel = judge_name(frame, judge)
        numbers = numbers_of_judge(frame, judge).only(part.items)
        cells = cells_of(numbers, means, part.owner, ratings, part.n_raters)
        found = mae(cells, seed=out.seed_of(panel, f"{role}@{name}"))
        out.add(panel, role, f"mae@{name}", shown(found))
