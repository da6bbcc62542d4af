"""Which response without attributes a personalized one belongs to, and how long that one is.

A length-matched response is asked to be as long as the one without attributes to the same request by
the same endpoint, model and sampling, so that length cannot be what people like about it.
"""

import re
from collections.abc import Collection, Iterable

from annotation.models.response import Condition
from personalization.arms.configuration import Generating
from personalization.models import Arm, Generation
from personalization.models.arm import ArmStep

Pair = tuple[int, int]  # ids of a participant and a query

# Scripts without spaces between words: a sign counts as a word.
WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
    r"|[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
    r"(?:['\u2019-][^\W_]+)*"
)


def words_of(text: str) -> int:
    """Return how many words a text has, at least one.

    >>> words_of("Don't go - take the 8-o'clock train."), words_of("湖へ行く"), words_of("!")
    (6, 4, 1)
    """
    return max(1, len(WORD.findall(text)))


def manner_of(arm: Arm) -> Generating:
    """Return how an arm writes."""
    return Generating.read(arm.configuration)


def is_generic(arm: Arm) -> bool:
    """Return whether an arm writes without attributes."""
    return manner_of(arm).condition == Condition.NONE


def generic_of(arm: Arm, arms: Iterable[Arm] | None = None, *, exactly: bool = False) -> Arm | None:
    """Return the arm without attributes that a personalized one is compared with; None for none.

    The same author: the same source, endpoint and model. Of several, one of the same sampling
    comes first, then one that people meet who wait, then the oldest. `exactly`: no other sampling.
    """
    if arms is None:
        arms = Arm.objects.filter(study=arm.study_id, step=ArmStep.GENERATION)
    fitting = [one for one in arms if is_generic(one) and _author(one) == _author(arm)]
    if exactly:
        fitting = [one for one in fitting if _sampling(one) == _sampling(arm)]
    return min(
        fitting,
        key=lambda one: (_sampling(one) != _sampling(arm), not one.live, one.pk),
        default=None,
    )


def generics(arm: Arm, people: Collection[int] | None = None) -> dict[Pair, Generation]:
    """Return the settled rows that a length-matched arm takes its lengths from."""
    other = generic_of(arm, exactly=True)
    if other is None:
        return {}
    rows = Generation.objects.select_related("response", "enrollment").filter(
        arm=other, trial=False, settled_at__isnull=False
    )
    if people is not None:
        rows = rows.filter(enrollment__participant__in=people)
    return {(row.enrollment.participant_id, row.query_id): row for row in rows}


def generic_row(row: Generation) -> Generation | None:
    """Return the row that one row takes its length from; None where there is none, or not yet."""
    found = generics(row.arm, [row.enrollment.participant_id])
    return found.get((row.enrollment.participant_id, row.query_id))


def _author(arm: Arm) -> tuple[object, ...]:
    return arm.study_id, arm.source, arm.author, arm.endpoint_id, arm.model


def _sampling(arm: Arm) -> object:
    return arm.configuration.get("sampling", {})
