"""A study of made-up pairs for judges, and what must be true once they have answered."""

import random
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from annotation.models import Item, Option, Question, Record, Sheet, Study
from personalization.judge.raters import judge_rater
from personalization.models import Endpoint, JudgeRun

WORDS = [
    "the",
    "a",
    "sea",
    "boat",
    "time",
    "of",
    "and",
    "quiet",
    "walk",
    "with",
    "people",
    "train",
    "evening",
    "food",
    "cheap",
    "old",
    "town",
]
BATCH = 2_000


def lay(name: str, pairs: int) -> Question:
    """Make a study with so many pairs of texts, each of a hundred words, and one question."""
    chance = random.Random(name)  # noqa: S311 - made-up texts
    study = Study.objects.create(name=name, synthetic=True)
    question = Question.objects.create(
        study=study, key="better", kind="custom", level="nominal", wording="Which one is better?"
    )
    Option.objects.bulk_create(
        Option(question=question, code=code, key=key, label=f"Response {key}", side=side)
        for code, (key, side) in enumerate((("A", "a"), ("B", "b")))
    )

    def text() -> str:
        return " ".join(chance.choices(WORDS, k=100))

    for start in range(0, pairs, BATCH):
        with transaction.atomic():
            numbers = range(start, min(start + BATCH, pairs))
            records = Record.objects.bulk_create(
                Record(
                    study=study,
                    key=f"{name}-{number}",
                    fields={"request": text(), "response_a": text(), "response_b": text()},
                )
                for number in numbers
            )
            sheets = Sheet.objects.bulk_create(
                Sheet(study=study, stage="bench") for _record in records
            )
            Item.objects.bulk_create(
                Item(study=study, sheet=sheet, question=question, record=record)
                for sheet, record in zip(sheets, records, strict=True)
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return question


def endpoint(name: str, url: str, concurrency: int, timeout: float = 30) -> Endpoint:
    """Make an endpoint that leads to a stub."""
    return Endpoint.objects.create(
        name=name, url=url, model="stub", concurrency=concurrency, timeout_s=timeout
    )


def run_of(question: Question, at: Endpoint) -> JudgeRun:
    """Make a run without a job: whoever measures says when it begins."""
    rater = judge_rater(at, at.model, {"temperature": 0})
    return JudgeRun.objects.create(
        study=question.study, rater=rater, source="called", endpoint=at, questions=[question.pk]
    )


def end_leases(run: JudgeRun) -> None:
    """Let time pass over the leases of killed workers."""
    past = Now() - timedelta(seconds=1)
    run.verdicts.filter(settled_at=None, lease_until__isnull=False).update(
        due_at=past, lease_until=past
    )
