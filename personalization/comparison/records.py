"""What the arms report is made of: arms, what they have made, and numbers with their intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from personalization.agreement.estimate import Estimate
from personalization.agreement.report import Record
from personalization.extraction.costs import Cost
from personalization.models import Arm

# Why a number that mathematics defines is not shown: it never stands without an interval.
TOO_FEW_OWNERS = "too_few_owners"
NO_INTERVAL = "no_interval"
# The line of all personalized arms together.
EVERY = "*"


@dataclass(frozen=True, slots=True)
class ArmRecord:
    """One number of one arm; its record says of whom, against whom, and how sure it is."""

    step: str
    arm: str
    record: Record

    def as_dict(self) -> dict[str, object]:
        """Return it by field name, for JSON and CSV."""
        return {"step": self.step, "arm": self.arm, **self.record.as_dict()}


@dataclass(slots=True)
class Line:
    """One arm in the report. Of a matcher there is no Arm: its name is that of a rater.

    made: counts of what it has made; numbers: by panel, whom it stands against, and statistic.
    """

    step: str
    name: str
    arm: Arm | None = None
    baseline: bool = False
    cost: Cost | None = None
    made: dict[str, int] = field(default_factory=dict)
    numbers: dict[tuple[str, str | None, str], Record] = field(default_factory=dict)

    def add(
        self,
        panel: str,
        statistic: str,
        estimate: Estimate,
        against: str | None = None,
        question: str = "",
    ) -> None:
        """Add one number, or the reason why it is not shown."""
        one = shown(question, panel, against, statistic, estimate)
        self.numbers[panel, against, statistic] = one

    @property
    def records(self) -> list[ArmRecord]:
        """Return its numbers in the order in which they were added."""
        return [ArmRecord(self.step, self.name, one) for one in self.numbers.values()]


@dataclass(slots=True)
class Section:
    """One step: its arms, and of which questions the labels are (None: asked nobody)."""

    step: str
    lines: list[Line] = field(default_factory=list)
    questions: Mapping[str, int] = field(default_factory=dict)

    @property
    def records(self) -> list[ArmRecord]:
        """Return the numbers of all arms."""
        return [one for line in self.lines for one in line.records]

    @property
    def panels(self) -> list[str]:
        """Return who has labelled anything that these arms have made."""
        panels = (key[0] for line in self.lines for key in line.numbers if key[0])
        return list(dict.fromkeys(panels))


def shown(
    question: str, panel: str, against: str | None, statistic: str, estimate: Estimate
) -> Record:
    """Return a number as a record; without an interval the number is held back, and it says why."""
    reason = None if estimate.reason is None else str(estimate.reason)
    if estimate.value is not None and estimate.low is None:
        few = (estimate.method or "").startswith("no ")
        reason = TOO_FEW_OWNERS if few else NO_INTERVAL
        estimate = replace(estimate, value=None)
    return Record(
        question,
        panel,
        against,
        statistic,
        estimate.value,
        estimate.low,
        estimate.high,
        estimate.n_items,
        estimate.n_ratings,
        estimate.n_raters,
        estimate.method,
        reason,
    )
