"""A study with every kind of number in it: people, owners, judges in both orders, a reference."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from annotation.models import Question, Study
from personalization.imports import specification
from personalization.imports.reading import LabelFile
from personalization.imports.verb import import_labels
from tests import factories as make

RATERS = ("Ann", "Ben", "Cem")
MAPPING: dict[str, Any] = {
    "key": "better",
    "wording": "Which answer is better?",
    "level": "nominal",
    "options": ["first", "second", "tie"],
    "candidates": ["first", "second"],
    "invalid": ["?"],
    "skipped": ["-"],
    "columns": {
        "item": "item", "rater": "rater", "value": "value", "judge": "judge",
        "owner": "owner", "reference": "gold", "certainty": "sure",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """A study with labels, and its question."""

    study: Study
    question: Question

    def path(self, page: str) -> str:
        """Return the address of a page of the question."""
        return f"/studies/{self.study.name}/questions/{self.question.pk}/{page}"


def labelled(*, items: int = 24, mapping: dict[str, Any] | None = None) -> Labelled:
    """Make such a study; the pattern of answers repeats with the items."""
    study = make.study()
    spec = specification.from_mapping({**MAPPING, **(mapping or {})})
    keys = [option.key for option in spec.options]
    import_labels(
        study,
        spec,
        items=lines("items.jsonl", [_item(number, keys) for number in range(items)]),
        human=lines(
            "labels.jsonl", [one for number in range(items) for one in _labels(number, keys)]
        ),
        judges=lines(
            "judges.jsonl", [one for number in range(items) for one in _judges(number, keys)]
        ),
    )
    return Labelled(study, study.questions.get())


def lines(name: str, rows: list[dict[str, Any]]) -> LabelFile:
    """Return rows as an open JSONL file."""
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return LabelFile(name, BytesIO(content), len(content))


def _item(number: int, keys: list[str]) -> dict[str, Any]:
    row = {"item": f"item-{number:04}", "owner": f"Owner {number % 12}", "text": f"Text {number}."}
    return row if number % 4 == 3 else {**row, "gold": keys[number % 2]}


def _labels(number: int, keys: list[str]) -> list[dict[str, Any]]:
    """Three strangers, of whom one skips every fifth item, and the owner, who misses some."""
    said = {name: keys[(number * (place + 1) // 3) % 3] for place, name in enumerate(RATERS)}
    if number % 5 == 0:
        said["Cem"] = "-"
    if number % 6:
        said[f"Owner {number % 12}"] = keys[number % 3]
    return [
        {"item": f"item-{number:04}", "rater": rater, "value": value}
        for rater, value in said.items()
    ]


def _judges(number: int, keys: list[str]) -> list[dict[str, Any]]:
    """One judge asked in both orders, one asked once, which is sometimes unreadable."""
    item, first = f"item-{number:04}", keys[number % 2]
    second = "?" if number % 7 == 0 else keys[(number // 2) % 2] if number % 3 else first
    single = "?" if number % 8 == 0 else keys[number % 3]
    return [
        {"item": item, "judge": "swapper", "winner_order1": first, "winner_swapped": second},
        {"item": item, "judge": "single", "value": single, "sure": str(number % 100 + 1)},
    ]
