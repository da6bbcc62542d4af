"""Guess how a file of labels is laid out, for a person to check before anything is imported."""

from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from personalization.imports.errors import ImportRefusedError
from personalization.imports.reading import LabelFile, Line, rows

SAMPLE = 2000
SHOWN = 8
MOST_OPTIONS = 30

GUESSES = {
    "item": ("item_id", "item", "id", "example_id", "task_id"),
    "rater": ("rater_id", "rater", "annotator", "annotator_id", "worker_id", "worker", "slot"),
    "judge": ("judge", "evaluator", "model"),
    "value": ("value", "label", "rating", "answer", "choice", "verdict", "winner"),
    "certainty": ("certainty", "confidence"),
    "side": ("side", "order", "presentation"),
    "sample": ("sample", "sample_id"),
    "raw": ("raw", "raw_answer", "response", "output", "completion"),
    "probabilities": ("probabilities", "distribution", "probs", "shares"),
    "reference": ("reference", "gold", "truth"),
    "order1": ("winner_order1", "value_ab", "answer_ab", "verdict_ab"),
    "order2": ("winner_swapped", "value_ba", "answer_ba", "verdict_ba"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The first lines of a file: its columns, some rows to look at, guesses, and values seen."""

    name: str
    columns: list[str]
    shown: list[Line]
    sampled: list[Line]

    def guess(self, what: str) -> str:
        """Return the column that probably holds `what`, or an empty text."""
        lower = {column.lower(): column for column in self.columns}
        return next((lower[name] for name in GUESSES[what] if name in lower), "")

    def values(self, column: str) -> list[str]:
        """Return the distinct values of a column in the sample, numbers in their order."""
        seen = {line.row[column] for line in self.sampled if column in line.row}
        return sorted(seen, key=_natural)[: MOST_OPTIONS + 1]


def layout(file: LabelFile) -> Layout:
    """Read the first lines of `file`; ImportRefusedError where it cannot be read."""
    sampled = [line for line in islice(rows(file), SAMPLE) if not line.fault]
    if not sampled:
        raise ImportRefusedError(
            _("%(file)s: none of the first %(count)d lines can be read.")
            % {"file": file.name, "count": SAMPLE}
        )
    columns = list(dict.fromkeys(name for line in sampled[:SHOWN] for name in line.row))
    return Layout(file.name, columns, sampled[:SHOWN], sampled)


def _natural(value: str) -> tuple[int, float, str]:
    try:
        return 0, float(value), value
    except ValueError:
        return 1, 0.0, value
