"""Label files for tests, and what came of importing them."""

import json
from io import BytesIO
from typing import Any

from annotation.models import Judgment, Question, Study
from personalization.imports.outcome import Outcome
from personalization.imports.reading import LabelFile
from personalization.imports.specification import Specification, from_mapping
from personalization.imports.verb import import_labels

YES_NO: dict[str, Any] = {
    "key": "fits",
    "level": "nominal",
    "options": ["no", "yes"],
    "invalid": ["invalid"],
    "skipped": ["skip"],
}
FIVE: dict[str, Any] = {"key": "stars", "level": "ordinal", "options": [1, 2, 3, 4, 5]}


def spec_of(base: dict[str, Any] = YES_NO, /, **changes: object) -> Specification:
    """Return a specification that differs from `base` in the keys given."""
    return from_mapping({**base, **changes})


def label_file(content: str | bytes, name: str = "human.csv") -> LabelFile:
    """Return an open file of this content."""
    raw = content.encode() if isinstance(content, str) else content
    return LabelFile(name, BytesIO(raw), len(raw))


def table(*lines: str, heading: str = "item,rater,value") -> str:
    """Return a CSV text: a heading and its lines."""
    return "\n".join([heading, *lines, ""])


def bring(
    study: Study,
    human: str | bytes | None = None,
    *,
    items: str | bytes | None = None,
    judges: str | bytes | None = None,
    spec: Specification | None = None,
    **options: Any,  # noqa: ANN401 - handed on
) -> Outcome:
    """Import texts as files items.csv, human.csv and judges.csv."""

    def opened(kind: str, content: str | bytes | None) -> LabelFile | None:
        return None if content is None else label_file(content, f"{kind}.csv")

    return import_labels(
        study,
        spec or spec_of(),
        items=opened("items", items),
        human=opened("human", human),
        judges=opened("judges", judges),
        **options,
    )


def faults(outcome: Outcome) -> dict[tuple[str, int], str]:
    """Return the messages of the bad lines by file and line."""
    return {(fault.file, fault.line): fault.message for fault in outcome.faults.kept}


def answers(question: Question | None = None) -> set[tuple[str, str, str]]:
    """Return the current answers as (item, rater, option or reason)."""
    current = Judgment.objects.filter(superseded_at=None)
    if question is not None:
        current = current.filter(question=question)
    return {
        (one.item.record.key, one.rater.name, one.reason or _option(one))
        for one in current.select_related("item__record", "rater", "question")
        if one.item.record is not None
    }


def _option(judgment: Judgment) -> str:
    assert judgment.value is not None
    return judgment.question.options.get(code=judgment.value).key


def json_lines(*rows: object) -> str:
    """Return rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)
