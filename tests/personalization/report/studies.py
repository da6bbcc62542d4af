"""Small studies made by hand, and their reports by panel and statistic."""

from collections.abc import Callable, Iterable
from typing import Any

from annotation.models import Question, Study
from personalization.agreement import report
from personalization.agreement.report import Record
from tests import factories
from tests.personalization.imports.files import YES_NO, bring, spec_of, table

Key = tuple[str, str | None, str]
Answer = Callable[[int], str]


def rows(items: int, **raters: Answer) -> list[str]:
    """Return lines `item,rater,answer`; an empty answer leaves the line out."""
    return [
        f"{item},{name},{answer(item)}"
        for item in range(items)
        for name, answer in raters.items()
        if answer(item)
    ]


def asked(
    human: Iterable[str] = (),
    judges: Iterable[str] = (),
    *,
    study: Study | None = None,
    heading: str = "item,rater,value",
    judge_heading: str = "item,judge,value",
    base: dict[str, Any] = YES_NO,
    **changes: object,
) -> Question:
    """Import answers and return their question, the newest version of it."""
    study = study or factories.study()
    human, judges = list(human), list(judges)
    spec = spec_of(base, **changes)
    bring(
        study,
        table(*human, heading=heading) if human else None,
        judges=table(*judges, heading=judge_heading) if judges else None,
        spec=spec,
    )
    return study.questions.filter(key=spec.key).latest("version")


def numbers(question: Question) -> dict[Key, Record]:
    """Return the records of a report; each number stands there once."""
    records = report.of_question(question).records
    found = {(one.panel, one.against, one.statistic): one for one in records}
    assert len(found) == len(records)
    return found


def every(period: int, word: str = "yes", other: str = "no") -> Answer:
    """Return a rater who says `word` to every period-th item and `other` to the rest."""
    return lambda item: word if item % period == 0 else other
