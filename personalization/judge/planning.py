"""Plan a run: a row for every reading that should exist and does not yet; nothing is asked here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from annotation.consent import versions_naming
from annotation.models import Question, Study
from annotation.models.question import Kind
from personalization.judge import statements
from personalization.judge.scales import scale_of, sides_of
from personalization.models import JudgeRun


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: readings to be made, of how many items, and items not to be sent."""

    readings: int
    items: int
    withheld: int


@transaction.atomic
def plan(run: JudgeRun) -> int:
    """Add the readings that the run lacks, and count them; return how many. Harmless twice."""
    locked = JudgeRun.objects.select_for_update().get(pk=run.pk)
    if locked.planned or locked.finished_at or locked.cancelled_at:
        return 0
    asked = _parameters(locked.study_id, questions_of(locked), _provider(locked))
    asked |= {"run": locked.pk, "rater": locked.rater_id}
    with connection.cursor() as cursor:
        cursor.execute(statements.TAKE_OVER, asked)
        added = cursor.rowcount
        cursor.execute(statements.ADD, asked)
        added += cursor.rowcount
        cursor.execute(statements.COUNT, asked)
        (*_wanted, withheld) = cursor.fetchone() or (0, 0, 0)
    JudgeRun.objects.filter(pk=locked.pk).update(planned=added, withheld=withheld)
    return int(added)


def preview(
    study: Study, questions: Sequence[Question], *, provider: str, rater: int | None = None
) -> Plan:
    """Return what a run over these questions would do; what `rater` has answered is left out.

    `provider` is who runs the judge's model; empty where texts stay here.
    """
    asked = _parameters(study.pk, questions, provider)
    with connection.cursor() as cursor:
        cursor.execute(statements.COUNT, asked)
        readings, items, withheld = cursor.fetchone() or (0, 0, 0)
        if rater is not None:
            cursor.execute(statements.ALREADY, asked | {"rater": rater})
            (already,) = cursor.fetchone() or (0,)
            readings -= already
    return Plan(readings, items, withheld)


def standing(run: JudgeRun, items: Sequence[int]) -> set[int]:
    """Return which of these items may still be judged: people leave while a run goes on."""
    with connection.cursor() as cursor:
        agreed = _agreed(run.study_id, _provider(run))
        cursor.execute(statements.STANDING, {"items": list(items), **agreed})
        return {item for item, _question, withheld in cursor.fetchall() if not withheld}


def questions_of(run: JudgeRun) -> list[Question]:
    """Return the questions of a run: those it names, or all of its study."""
    questions = Question.objects.filter(study=run.study_id).prefetch_related("options")
    return list(questions.filter(pk__in=run.questions) if run.questions else questions)


def _provider(run: JudgeRun) -> str:
    """Return to whom texts go; empty where they stay here."""
    return run.endpoint.provider if run.endpoint is not None else ""


def _agreed(study: int, provider: str) -> dict[str, Any]:
    """Return whether texts go to somebody outside, and who has agreed to that: by their version."""
    naming = versions_naming(study, provider) if provider else []
    return {"outside": bool(provider), "naming": naming}


def _parameters(study: int, questions: Sequence[Question], provider: str) -> dict[str, Any]:
    sides = [(one.pk, side) for one in questions for side in sides_of(one, scale_of(one))]
    return {
        "study": study,
        **_agreed(study, provider),
        "questions": [one.pk for one in questions],
        "error_codes": [one.pk for one in questions if one.kind == Kind.ERROR_CODE],
        "question_of_side": [pk for pk, _side in sides],
        "sides": [side for _pk, side in sides],
    }
