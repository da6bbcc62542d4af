"""The alternative annotator test of each judge: may it replace a third party?"""

from dataclasses import dataclass, replace

import numpy as np

from personalization.agreement.arrays import FloatArray
from personalization.agreement.ceilings.alternative import (
    AlternativeTest,
    advantage_over,
    alternative_test,
)
from personalization.agreement.ceilings.contests import Contests, contests
from personalization.agreement.ceilings.t_tests import FALSE_DISCOVERY
from personalization.agreement.estimate import Estimate, Level, Reason
from personalization.agreement.frames import Frame, JudgeAnswers, Labels, identity_known
from personalization.agreement.minimums import current
from personalization.agreement.report.judges import MOST_RATERS, judge_name
from personalization.agreement.report.people import rater_name
from personalization.agreement.report.records import Collection, nothing

PANEL = "third_party"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the test allows: .2 for experts, .15 for trained people, .1 for a crowd."""

    epsilon: float = 0.1
    false_discovery: float = FALSE_DISCOVERY


SETTINGS = Settings()


def add_alternative(out: Collection, frame: Frame) -> None:
    """Add the test of every judge against the third party; owners have nobody beside them."""
    labels = frame.panels.get(PANEL)
    if labels is None:
        return
    for judge in frame.judges:
        name = judge_name(frame, judge)
        if not identity_known(frame, PANEL):
            out.add(name, PANEL, "alternative_test_omega", nothing(Reason.NO_RATER_IDENTITY))
            continue
        _add_judge(out, frame, labels, judge, name)


def _add_judge(
    out: Collection, frame: Frame, labels: Labels, judge: JudgeAnswers, name: str
) -> None:
    found = _contests(frame, labels, judge)
    test = _add_test(out, frame, found, name, "")
    _add_humans(out, frame, labels, found, test, name)
    if found.n_unreadable:
        _add_test(out, frame, _contests(frame, labels, judge, invalid_wrong=True), name, "@all")


def _contests(
    frame: Frame, labels: Labels, judge: JudgeAnswers, *, invalid_wrong: bool = False
) -> Contests:
    return contests(
        labels.item,
        labels.rater,
        labels.value,
        labels.histogram,
        judge.value,
        _distances(frame),
        invalid_wrong=invalid_wrong,
    )


def _distances(frame: Frame) -> FloatArray | None:
    """Return the options' scores where being close counts, None where only being equal does."""
    if frame.question.level == Level.NOMINAL:
        return None
    return np.arange(frame.n_values, dtype=np.float64) if frame.scores is None else frame.scores


def _add_test(
    out: Collection, frame: Frame, found: Contests, name: str, reading: str
) -> AlternativeTest:
    test = alternative_test(
        found,
        SETTINGS.epsilon,
        frame.owner,
        false_discovery=SETTINGS.false_discovery,
        seed=out.seed_of(name, PANEL),
    )
    rule = _rule(test, 0 if reading else found.n_unreadable)
    for statistic, estimate in {
        "omega": test.omega,
        "rho": test.rho,
        "ties": test.ties,
    }.items():
        out.add(name, PANEL, f"alternative_test_{statistic}{reading}", _by(estimate, rule))
    return test


def _rule(test: AlternativeTest, n_left_out: int) -> str:
    counted = int(test.humans.counted.sum())
    parts = [
        f"t tests with epsilon {SETTINGS.epsilon:g}",
        f"Benjamini-Yekutieli at {SETTINGS.false_discovery:g}",
        f"{counted} humans counted",
        f"{len(test.humans.rater) - counted} left out below {current().alternative_items} items",
    ]
    if n_left_out:
        parts.append(f"{n_left_out} unreadable answers left out")
    return "; ".join(parts)


def _by(estimate: Estimate, rule: str) -> Estimate:
    """Return the estimate with the rule of the test beside the method of its interval."""
    if estimate.value is None:
        return estimate
    return replace(estimate, method="; ".join(filter(None, [estimate.method, rule])))


def _add_humans(
    out: Collection,
    frame: Frame,
    labels: Labels,
    found: Contests,
    test: AlternativeTest,
    name: str,
) -> None:
    """Add the judge against each human, those left out among them, where they are few."""
    humans = test.humans
    if len(labels.rater_ids) > MOST_RATERS:
        return
    for code, n, p in zip(
        humans.rater.tolist(), humans.n_items.tolist(), humans.p.tolist(), strict=True
    ):
        against = rater_name(frame, int(labels.rater_ids[code]))
        if np.isnan(p):
            one = nothing(Reason.TOO_FEW_ITEMS, n, n)
        else:
            one = advantage_over(found, code, frame.owner, seed=out.seed_of(name, against))
            one = _by(one, f"t test with epsilon {SETTINGS.epsilon:g}: p = {p:.4g}")
        out.add(name, against, "alternative_test_rho", one)
