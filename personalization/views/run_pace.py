"""A run minute by minute: what is drawn of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from personalization.llm.backend import KINDS
from personalization.models import ArmRun, JudgeRun
from personalization.runs.ledger import ANSWERED, REUSED

MINUTES = 12
LOST = "lost"
ERRORS = (*KINDS, LOST)


@dataclass(frozen=True, slots=True)
class Minute:
    """What came in one minute, and how long its parts of the bar are, in per cent."""

    at: datetime
    answered: int
    reused: int
    errors: int
    longest: int

    @property
    def parts(self) -> list[tuple[str, float, float]]:
        """Return kind, start and length of each part that there is."""
        found, start = [], 0.0
        for kind in ("answered", "reused", "errors"):
            length = 100 * getattr(self, kind) / self.longest
            if length:
                found.append((kind, round(start, 2), round(length, 2)))
            start += length
        return found


def minutes_of(run: JudgeRun | ArmRun, most: int = MINUTES) -> list[Minute]:
    """Return the last minutes in which calls ended, the newest first; however long the run is."""
    calls = run.ledger.filter(outcome__in=(ANSWERED, REUSED, *ERRORS))
    last = list(calls.order_by("-minute").values_list("minute", flat=True).distinct()[:most])
    by_minute: dict[datetime, dict[str, int]] = defaultdict(dict)
    rows = calls.filter(minute__in=last).values_list("minute", "outcome")
    for minute, outcome, n in rows.annotate(Sum("calls")).order_by("-minute"):
        by_minute[minute][outcome] = n
    longest = max((sum(each.values()) for each in by_minute.values()), default=0)
    return [
        Minute(
            at,
            each.get(ANSWERED, 0),
            each.get(REUSED, 0),
            sum(each.get(kind, 0) for kind in ERRORS),
            longest or 1,
        )
        for at, each in by_minute.items()
    ]
