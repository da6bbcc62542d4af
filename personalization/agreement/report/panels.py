"""Panels of people as a whole, from pattern counts alone: quick where a whole report is not."""

import numpy as np

from annotation.models import Question
from personalization.agreement.estimate import Level
from personalization.agreement.frames import EVERYTHING, Selection, seed_of
from personalization.agreement.intervals.draws import same_draws
from personalization.agreement.minimums import applied
from personalization.agreement.report import question_name
from personalization.agreement.report.cache import fresh_patterns
from personalization.agreement.report.people import panel_numbers
from personalization.agreement.report.records import MINIMUMS, Collection, Record, shown


def of_panels(question: Question, selection: Selection = EVERYTHING) -> list[Record]:
    """Return the records that need no raters of each human panel, equal to those of the report."""
    scores = [option.score for option in question.options.order_by("code")]
    numbers = None if None in scores else np.array(scores, np.float64)
    records = []
    for role in selection.roles:
        patterns, stamp = fresh_patterns(question, role, selection)
        if not patterns.sample.n_ratings:
            continue
        out = Collection(question_name(question), seed_of(stamp, selection), [])
        level, seed = Level(question.level), out.seed_of(role)
        with applied(MINIMUMS), same_draws(out.seed):
            found = panel_numbers(patterns, level, numbers, seed=seed)
            for statistic, estimate in found.items():
                out.add(role, None, statistic, shown(estimate))
        records += out.records
    return records
