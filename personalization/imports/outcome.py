"""What an import did, and which lines it left out."""

from dataclasses import asdict, dataclass, field

KEPT_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was left out: its file and number, and what is wrong with it."""

    file: str
    line: int
    message: str


@dataclass(slots=True)
class Faults:
    """The lines left out: all are counted, the first thousand are kept with their messages."""

    count: int = 0
    kept: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        """Note one line."""
        self.count += 1
        if len(self.kept) < KEPT_FAULTS:
            self.kept.append(Fault(file, line, message))

    def add_unnamed(self, count: int) -> None:
        """Note lines beyond those that are kept with a message."""
        self.count += count


@dataclass(slots=True)
class Counts:
    """What was read and what came of it, in rows."""

    lines: int = 0
    elsewhere: int = 0  # lines that `where` leaves to other questions
    items: int = 0
    raters: int = 0
    new: int = 0
    unchanged: int = 0
    superseded: int = 0
    without_value: int = 0
    references: int = 0
    bad: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


@dataclass(slots=True)
class VerdictCounts(Counts):
    """The same of verdicts: `new` and `unchanged` are readings, and answers are what they come to."""

    settled: int = 0
    waiting: int = 0  # answers that lack an order or a sample
    unparsed: int = 0
    refused: int = 0
    inconsistent: int = 0
    authors: int = 0


@dataclass(slots=True)
class Outcome:
    """The result of one import (or of its dry run)."""

    question: str
    version: int
    counts: Counts
    faults: Faults
    new_version: bool = False
