"""Whoever says which attributes matter to a query, beside the strangers' majority and the owner."""

import numpy as np

from annotation.models import Study
from annotation.models.question import Kind
from personalization.agreement.arms.matching import matching, yes_rate
from personalization.agreement.arrays import IntArray
from personalization.agreement.frames import HUMAN_ROLES
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.report.judges import is_baseline, judge_name
from personalization.comparison.asked import Asked, asked, translated
from personalization.comparison.records import Line, Section

STEP = "relevance"
ALWAYS = {"baseline:always_no": 0, "baseline:always_yes": 1}
STRANGERS, OWNERS = "third_party", "first_person"
AGAINST = (STRANGERS, OWNERS)
NUMBERS = ("yes_rate", "people_yes_rate", "over_selection", "precision", "recall", "f1", "kappa")


def matchers(study: Study) -> Section:
    """Return every judge, baseline and imported matcher of the relevance question."""
    section, relevance = Section(STEP), asked(study, Kind.RELEVANCE)
    codes = None if relevance is None else relevance.coded("no", "yes")
    if relevance is None or codes is None:
        return section
    section.questions = {STEP: relevance.pk}
    people = {
        role: translated(relevance.majority(role), codes)
        for role in AGAINST
        if role in relevance.frame.panels
    }
    known = []
    for judge in relevance.frame.judges:
        rater = relevance.frame.raters[judge.rater_id]
        if rater.configuration.get("baseline") == "always_yes":
            continue  # counted below, on every item
        baseline = is_baseline(relevance.frame, judge)
        line = Line(STEP, judge_name(relevance.frame, judge), baseline=baseline)
        _add(line, relevance, people, translated(judge.value, codes))
        line.made["invalid"] = sum(judge.reasons.values())
        known.append(line)
    if len(people) == len(HUMAN_ROLES):  # strangers guess what matters to somebody else
        line = Line(STEP, STRANGERS)
        _add(line, relevance, {OWNERS: people[OWNERS]}, people[STRANGERS])
        known.append(line)
    for name, value in ALWAYS.items() if people else ():
        line = Line(STEP, name, baseline=True)
        labelled = np.any([one >= 0 for one in people.values()], axis=0)
        _add(line, relevance, people, np.where(labelled, value, NOT_ASKED))
        known.append(line)
    section.lines = sorted(known, key=lambda one: one.baseline)
    return section


def _add(line: Line, relevance: Asked, people: dict[str, IntArray], said: IntArray) -> None:
    seed = f"{relevance.frame.seed}|{line.name}"
    rate = yes_rate(said, relevance.owner, seed=seed)
    line.add(line.name, "yes_rate", rate, question=relevance.name)
    for role, label in people.items():
        found = matching(
            said, label, relevance.owner, relevance.ratings(role), seed=f"{seed}|{role}"
        )
        for name in NUMBERS:
            line.add(line.name, name, getattr(found, name), role, relevance.name)
