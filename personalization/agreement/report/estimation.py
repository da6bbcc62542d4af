"""Latent quantities: strengths of systems, consensus of raters, shares corrected for a judge's errors."""

from dataclasses import replace

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Level, Reason
from personalization.agreement.estimation.bradley_terry import bradley_terry
from personalization.agreement.estimation.comparisons import Comparisons
from personalization.agreement.estimation.dawid_skene import dawid_skene
from personalization.agreement.estimation.ppi import looks_selected, ppi_mean
from personalization.agreement.estimation.rogan_gladen import rogan_gladen
from personalization.agreement.frames import Frame, JudgeAnswers, Sides, identity_known
from personalization.agreement.judges.accuracy import NOT_ASKED, accuracy_against
from personalization.agreement.judges.votes import votes_for_first
from personalization.agreement.minimums import current
from personalization.agreement.patterns import histogram
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.people import single_values
from personalization.agreement.report.preferences import (
    CANDIDATES,
    TIE,
    ballot_of,
    judge_sides,
)
from personalization.agreement.report.records import Collection, shown, withheld

# More than a page can list.
MOST_SYSTEMS = 50
MOST_OPTIONS = 7
# Half a second; beyond it the consensus would cost more than all the other numbers together.
MOST_RATINGS = 500_000


def add_estimation(out: Collection, frame: Frame) -> None:
    """Add what is estimated rather than counted, each where the data allow it."""
    _add_strengths(out, frame)
    if frame.n_values > MOST_OPTIONS:
        return
    _add_consensus(out, frame)
    if frame.question.level == Level.NOMINAL:
        for role in frame.panels:
            for judge in frame.judges:
                _add_shares(out, frame, role, judge)


def _add_strengths(out: Collection, frame: Frame) -> None:
    """Add the Bradley-Terry strengths of the systems, of each panel and of each judge."""
    ballot, sides = ballot_of(frame), frame.sides
    if ballot is None or sides is None or len(sides.systems) > MOST_SYSTEMS:
        return
    for role, labels in frame.panels.items():
        n_raters = len(labels.rater_ids) if identity_known(frame, role) else None
        votes = ballot.histogram(labels.histogram)
        _add_strengths_of(out, frame, sides, role, votes, n_raters)
    for judge in frame.judges:
        answers = judge_sides(ballot, judge)
        read = np.flatnonzero(answers >= 0)
        votes = histogram(read, answers[read], frame.n_items, TIE + 1)
        _add_strengths_of(out, frame, sides, judge_name(frame, judge), votes, 1)


def _add_strengths_of(
    out: Collection,
    frame: Frame,
    sides: Sides,
    panel: str,
    votes: IntArray,
    n_raters: int | None,
) -> None:
    won = votes_for_first(votes, CANDIDATES)
    rows = Comparisons(sides.system_a, sides.system_b, won, votes.sum(axis=1))
    found = bradley_terry(rows, len(sides.systems), frame.owner, n_raters, seed=out.seed_of(panel))
    for code, system in enumerate(sides.systems):
        out.add(panel, None, f"bradley_terry@{system}", shown(found.theta[code]))
        out.add(panel, None, f"bradley_terry_rank@{system}", shown(found.rank[code]))


def _add_consensus(out: Collection, frame: Frame) -> None:
    """Add Dawid and Skene's shares, and each judge against their labels; never of owners."""
    role = "third_party"
    labels = frame.panels.get(role)
    if (
        labels is None
        or not identity_known(frame, role)
        or len(labels.rater_ids) < 2
        or len(labels.value) > MOST_RATINGS
    ):
        return
    found = dawid_skene(
        labels.item,
        labels.rater,
        labels.value,
        n_items=frame.n_items,
        n_raters=len(labels.rater_ids),
        n_values=frame.n_values,
    )
    for option, share in zip(frame.options, found.shares, strict=True):
        out.add(role, None, f"dawid_skene_share@{option}", shown(share))
    for judge in frame.judges:
        name = judge_name(frame, judge)
        accuracy = accuracy_against(
            found.labels, judge.value, frame.n_values, frame.owner, seed=out.seed_of(name, role)
        )
        out.add(name, role, "accuracy_dawid_skene_valid", shown(accuracy.valid_only))
        out.add(name, role, "accuracy_dawid_skene_all", shown(accuracy.invalid_wrong))


def _add_shares(out: Collection, frame: Frame, role: str, judge: JudgeAnswers) -> None:
    """Add each option's share among people, had they answered whatever the judge answered.

    Where people answered all of it, nothing has to be estimated. An item without a majority has no
    option as its majority; an unreadable verdict says no option: both are answers here, since
    leaving such items out would select.
    """
    majorities = single_values(frame, role)
    asked, labelled = judge.value != NOT_ASKED, majorities != NOT_ASKED
    if not (asked & labelled).any() or not (asked & ~labelled).any():
        return
    name, seed = judge_name(frame, judge), out.seed_of(judge_name(frame, judge), role)
    for code, option in enumerate(frame.options):
        truth = np.where(labelled, majorities == code, np.nan)
        score = np.where(asked, judge.value == code, np.nan)
        mean = ppi_mean(truth, score, frame.owner, seed=f"{seed}|{option}")
        corrected = rogan_gladen(truth, score, frame.owner, seed=f"{seed}|{option}")
        if looks_selected(truth, score, frame.owner):
            mean = withheld(mean, Reason.SELECTED_SAMPLE)
        for statistic, estimate in {"ppi_share": mean, "rogan_gladen_share": corrected}.items():
            enough = _enough(estimate, truth, score)
            out.add(name, role, f"{statistic}@{option}", _of_people(enough, frame, role, judge))


def _enough(estimate: Estimate, truth: FloatArray, score: FloatArray) -> Estimate:
    """Return the estimate, if both sides have as many items as a coefficient needs."""
    scored = ~np.isnan(score)
    labelled = int((scored & ~np.isnan(truth)).sum())
    few = min(labelled, int(scored.sum()) - labelled) < current().coefficient_items
    return withheld(estimate, Reason.TOO_FEW_ITEMS) if few and not estimate.reason else estimate


def _of_people(estimate: Estimate, frame: Frame, role: str, judge: JudgeAnswers) -> Estimate:
    """Return the estimate with the people's ratings behind it."""
    labels = frame.panels[role]
    ratings = int(labels.majorities[judge.value != NOT_ASKED].sum())
    n_raters = len(labels.rater_ids) if identity_known(frame, role) else None
    return replace(estimate, n_ratings=ratings, n_raters=n_raters)
