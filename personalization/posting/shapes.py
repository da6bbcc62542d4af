"""What a post says, and why one is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from annotation.models import Option, Question
from personalization.models.verdict import Side


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: in which row (None: outside of rows), in which field, and why."""

    row: int | None
    field: str
    message: str


class PostRefusedError(Exception):
    """Nothing was saved, because of these faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class UnknownItemsError(PostRefusedError):
    """Rows name items that are not in the study, or that nobody may see any more."""


class WrongAnswersError(PostRefusedError):
    """Rows say what cannot be an answer to their item."""


class ChangedAnswersError(PostRefusedError):
    """The judge has answered these items otherwise before: another judge is another name."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who answered: a name and a whole configuration, which make one rater."""

    name: str
    configuration: dict[str, Any]

    def canonical(self) -> bytes:
        """Return both as JSON, the same bytes for the same judge; TypeError where nested deeply."""
        return orjson.dumps([self.name, self.configuration], option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Answer:
    """One row: one reading of one item, already mapped back to the canonical order."""

    row: int
    item: int
    side: str = Side.NONE
    value: str | None = None
    reason: str | None = None
    certainty: int | None = None
    distribution: list[float] | None = None
    distribution_source: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is needed to read answers to it."""

    question: Question
    options: dict[str, Option]
    sided: bool

    def code(self, key: str | None) -> int | None:
        """Return the code of an option."""
        return None if key is None else self.options[key].code
