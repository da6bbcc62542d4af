"""Baselines beside every judge: which of them there are, and those that are made of people's answers.

The latter are counted here, from the same answers as all else, and never kept as judgments: each
new answer changes them, and so does each filter. Strangers are never compared with themselves:
one of them, and their majority, stand against owners and the reference alone. How one person meets
the other people is the human ceiling (`ceilings`).
"""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.ceilings.judged import collapse_judged
from personalization.agreement.ceilings.leave_one_out import leave_one_out_plurality
from personalization.agreement.frames import Frame, identity_known
from personalization.agreement.judges.accuracy import (
    INVALID,
    accuracy_against_set,
    accuracy_majority,
)
from personalization.agreement.judges.credit import Accuracy
from personalization.agreement.judges.strangers import most_common, single_stranger
from personalization.agreement.report.distributions import add_shares
from personalization.agreement.report.judges import (
    add_pair_with_majority,
    is_baseline,
    judge_name,
)
from personalization.agreement.report.people import single_values
from personalization.agreement.report.records import Collection, shown

STRANGERS, REFERENCE = "third_party", "reference"
SINGLE = "baseline:single_stranger"
MAJORITY_CLASS = "baseline:majority_class"
UNIFORM = "baseline:uniform"
BASE_RATE = "baseline:base_rate"
MAJORITY_SHARES = "baseline:majority_distribution"
# All that is counted here; the majority of strangers goes by the name of their panel.
COUNTED = (SINGLE, MAJORITY_CLASS, UNIFORM, BASE_RATE, MAJORITY_SHARES)


def baseline_names(frame: Frame) -> list[str]:
    """Return the panels of the baselines that have answered as judges do."""
    return [judge_name(frame, judge) for judge in frame.judges if is_baseline(frame, judge)]


def add_baselines(out: Collection, frame: Frame) -> None:
    """Add what is made of people's answers: strangers as a judge, the most common answer, shares."""
    _add_strangers(out, frame)
    for role, labels in frame.panels.items():
        _add_constant(out, frame, role, labels.histogram.sum(axis=0))
    if frame.accepted is not None:
        _add_constant(out, frame, REFERENCE, frame.accepted.sum(axis=0))
    if any(judge.shares is not None for judge in frame.judges):
        for role in frame.panels:
            _add_distributions(out, frame, role)


def _add_strangers(out: Collection, frame: Frame) -> None:
    labels = frame.panels.get(STRANGERS)
    if labels is None:
        return
    raters = labels.rater_ids[labels.rater]
    one = single_stranger(labels.item, labels.value, frame.item_ids, raters)
    if "first_person" in frame.panels:  # the majority of strangers stands against owners already
        _add(out, SINGLE, "first_person", _accuracy(out, frame, SINGLE, "first_person", one))
        add_pair_with_majority(out, frame, SINGLE, "first_person", one)
    if frame.accepted is not None:
        most = single_values(frame, STRANGERS)
        for name, answers in ((SINGLE, one), (STRANGERS, most)):
            _add(out, name, REFERENCE, _accuracy(out, frame, name, REFERENCE, answers))


def _add_constant(out: Collection, frame: Frame, against: str, counts: IntArray) -> None:
    """Add the answer that those it stands against give most often; none where two are as common."""
    value = most_common(counts)
    answers = np.full(frame.n_items, value)
    found = _accuracy(out, frame, MAJORITY_CLASS, against, answers)
    out.add(MAJORITY_CLASS, against, "accuracy_valid", shown(found.valid_only))
    if value == INVALID:
        return
    out.add(MAJORITY_CLASS, against, "accuracy_all", shown(found.invalid_wrong))
    if against == STRANGERS:  # as judges stand beside people: on the same others
        _add_ceiling(out, frame, answers)


def _add_ceiling(out: Collection, frame: Frame, answers: IntArray) -> None:
    labels = frame.panels[STRANGERS]
    n_raters = len(labels.rater_ids) if identity_known(frame, STRANGERS) else None
    judged = collapse_judged(labels.histogram, answers, frame.owner, n_raters)
    seed = out.seed_of(MAJORITY_CLASS, STRANGERS)
    both = leave_one_out_plurality(judged, seed=seed).valid_only
    out.add(MAJORITY_CLASS, STRANGERS, "ceiling_plurality_human", shown(both.human))
    out.add(MAJORITY_CLASS, STRANGERS, "ceiling_plurality_judge", shown(both.judge))


def _add(out: Collection, name: str, against: str, found: Accuracy) -> None:
    out.add(name, against, "accuracy_valid", shown(found.valid_only))
    out.add(name, against, "accuracy_all", shown(found.invalid_wrong))


def _accuracy(
    out: Collection, frame: Frame, name: str, against: str, answers: IntArray
) -> Accuracy:
    seed = out.seed_of(name, against)
    if against == REFERENCE:
        assert frame.accepted is not None  # noqa: S101 - for the type checker
        return accuracy_against_set(frame.accepted, answers, frame.owner, seed=seed)
    labels = frame.panels[against]
    n_raters = len(labels.rater_ids) if identity_known(frame, against) else None
    return accuracy_majority(labels.majorities, answers, frame.owner, n_raters, seed=seed)


def _add_distributions(out: Collection, frame: Frame, role: str) -> None:
    """Add three judges that give every item the same distribution (protocols, DJ)."""
    counts = frame.panels[role].histogram.sum(axis=0)
    value, options = most_common(counts), np.eye(frame.n_values)
    rows: dict[str, FloatArray] = {
        UNIFORM: np.full(frame.n_values, 1 / frame.n_values),
        BASE_RATE: counts / max(int(counts.sum()), 1),
    }
    if value != INVALID:
        rows[MAJORITY_SHARES] = options[value]
    for name, row in rows.items():
        add_shares(out, frame, role, name, np.tile(row, (frame.n_items, 1)))
