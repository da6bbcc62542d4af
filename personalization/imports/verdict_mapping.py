"""verdicts.toml: which column of a file of judges' verdicts holds what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from personalization.models.verdict import Side

ORDERS = (Side.AB.value, Side.BA.value)


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """The columns of one reading of a line; `side` is empty where a column of the line says it."""

    side: str = ""
    value: str = ""
    certainty: str = ""
    raw: str = ""
    probabilities: str = ""
    shares: Mapping[str, str] = field(default_factory=dict)  # text of an option -> column

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the columns that hold the answer."""
        if self.value or self.raw:
            return (self.value or self.raw,)
        return (self.probabilities,) if self.probabilities else tuple(self.shares.values())

    @property
    def named(self) -> tuple[str, ...]:
        """Return all columns of the reading."""
        every = (self.value, self.certainty, self.raw, self.probabilities, *self.shares.values())
        return tuple(name for name in every if name)


@dataclass(frozen=True, slots=True)
class VerdictMapping:
    """Everything that a file of verdicts does not say by itself."""

    question: dict[str, Any]
    readings: tuple[ReadingColumns, ...]
    item: tuple[str, ...] = ("item",)
    judge: tuple[str, ...] = ()
    judge_name: str = ""
    side: str = ""
    side_values: Mapping[str, str] = field(default_factory=dict)
    sample: str = ""
    samples: int = 1
    first_sample: int = 0
    reference: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    invalid: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    as_shown: bool = False
    source: str = ""
    authors: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    by_number: bool = False
    configuration: dict[str, Any] = field(default_factory=dict)

    @property
    def sided(self) -> bool:
        """Return whether verdicts may say in which order the candidates stood."""
        return bool(self.side) or any(one.side in ORDERS for one in self.readings)

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the columns without which no line says anything."""
        of_line = (*self.item, *self.judge, self.side, self.sample, *self.where)
        of_readings = (name for one in self.readings for name in one.needed)
        return tuple(dict.fromkeys(name for name in (*of_line, *of_readings) if name))

    @property
    def named(self) -> tuple[str, ...]:
        """Return all columns; some of them may be empty here and there."""
        more = (name for one in self.readings for name in one.named)
        every = (*self.needed, *more, self.reference, *self.authors.values())
        return tuple(dict.fromkeys(name for name in every if name))

    @property
    def judges_are(self) -> dict[str, Any]:
        """Return what is kept of the judges beside their names: another one is another judge."""
        said = dict(self.configuration)
        if self.samples > 1:
            said["manner"] = {"answer": "samples", "samples": self.samples}
        return {**said, "source": self.source} if self.source else said
