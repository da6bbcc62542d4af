"""Steps from the database to numbers, measured in a process that Django has set up."""

from collections.abc import Callable

import numpy as np
from django.db import connection

from annotation.models import Question
from benchmarks.measuring import answer, measure
from personalization.agreement import frames, report
from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.fleiss import fleiss_kappa
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.estimate import Estimate, Level
from personalization.agreement.patterns import Patterns
from personalization.agreement.report import cache

ROLE = "third_party"
ROWS = """
SELECT item_id, rater_id, value FROM annotation_judgment
WHERE question_id = %s AND role = %s AND superseded_at IS NULL
"""


def rows(question: Question) -> IntArray:
    """Return items, raters and values as three columns: what every other step is compared with."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [question.pk, ROLE])
        return np.array(cursor.fetchall(), np.int64).T.copy()


def patterns(question: Question) -> Patterns:
    """Return the panel's pattern counts."""
    return frames.load_patterns(question, ROLE)


def panel(question: Question) -> list[Estimate]:
    """Return the panel's numbers with their intervals."""
    return _numbers(patterns(question), question)


def kept_panel(question: Question) -> list[Estimate]:
    """Return the same from the pattern counts that the cache keeps."""
    return _numbers(cache.fresh_patterns(question, ROLE)[0], question)


def _numbers(counts: Patterns, question: Question) -> list[Estimate]:
    kernels = (raw_agreement, fleiss_kappa, gwet_ac1, gwet_ac2, brennan_prediger)
    seed = frames.stamp(question)
    found = [kernel(counts, seed=seed) for kernel in kernels]
    return [alpha(counts, Level(question.level), seed=seed), *found]


STEPS: dict[str, Callable[[Question], object]] = {
    "rows": rows,
    "frame": frames.load,
    "patterns": patterns,
    "panel": panel,
    "kept_panel": kept_panel,
    "report": report.of_question,
    "kept_report": cache.fresh,
}


def main(name: str) -> None:
    """Measure one step and tell the parent; what keeps something has kept it before."""
    step, question = STEPS[name], Question.objects.get()
    if name.startswith("kept"):
        step(question)
    answer(measure(lambda: step(question)))
