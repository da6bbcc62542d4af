"""The flat record of a shown number, and the minimums below which it is not shown."""

from dataclasses import asdict, dataclass, replace

from django.conf import settings

from personalization.agreement.estimate import Estimate, Reason, Sample, undefined
from personalization.agreement.minimums import Minimums, current

# The setting, read once and applied to each report: what a page shows changes with the next start (docs/deploy.md, CONCORD_MINIMUMS).
MINIMUMS = Minimums(**settings.AGREEMENT_MINIMUMS)


@dataclass(frozen=True, slots=True)
class Record:
    """One number: who against whom, which statistic, its interval, sample, method and reason."""

    question: str
    panel: str
    against: str | None
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    n_items: int
    n_ratings: int
    n_raters: int | None
    method: str | None
    reason: str | None

    def as_dict(self) -> dict[str, object]:
        """Return the record by field name, for JSON."""
        return asdict(self)


@dataclass(slots=True)
class Collection:
    """Collects the records of one question."""

    question: str
    seed: str
    records: list[Record]

    def add(self, panel: str, against: str | None, statistic: str, estimate: Estimate) -> None:
        """Add one number."""
        self.records.append(
            Record(
                self.question,
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
                None if estimate.reason is None else str(estimate.reason),
            )
        )

    def seed_of(self, panel: str, against: str | None = None) -> str:
        """Return the seed of a panel's draws: fixed by the data's stamp, so a reload moves nothing."""
        return f"{self.question}|{self.seed}|{panel}|{against or ''}"


def shown(estimate: Estimate, minimum: int | None = None) -> Estimate:
    """Return the estimate, or the reason `too_few_items` below the minimum of items.

    minimum: what a coefficient needs, where none is given.
    """
    minimum = current().coefficient_items if minimum is None else minimum
    if estimate.reason is not None or estimate.n_items >= minimum:
        return estimate
    return withheld(estimate, Reason.TOO_FEW_ITEMS)


def withheld(estimate: Estimate, reason: Reason) -> Estimate:
    """Return the same sample without its number."""
    return replace(estimate, value=None, low=None, high=None, method=None, reason=reason)


def nothing(reason: Reason, n_items: int = 0, n_ratings: int = 0) -> Estimate:
    """Return the record of a number that the data cannot give."""
    return undefined(reason, Sample(n_items, n_ratings, None))
