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
class OutputCounts(Counts):
    """The same of outputs of models and people: `new` and `unchanged` are attributes or responses."""

    people: int = 0
    shared: int = 0  # attributes that another arm has found too
    variants: int = 0
    evidence: int = 0
    pointers_dropped: int = 0
    conversations: int = 0
    withdrawn: int = 0
    leaks: int = 0  # responses that give away how they were made


@dataclass(slots=True)
class Outcome:
    """The result of one import (or of its dry run)."""

    question: str
    version: int
    counts: Counts
    faults: Faults
    new_version: bool = False
    arms: list[str] = field(default_factory=list)  # into which outputs went
    unread: list[str] = field(default_factory=list)  # fields that nothing was done with
