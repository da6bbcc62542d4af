"""What a judge's run has done, minute by minute; see personalization/runs/ledger.py."""

from collections.abc import Sequence

from personalization.models import JudgeRun
from personalization.runs import ledger
from personalization.runs.ledger import (
    ANSWERED,
    COLUMNS,
    ERRORS,
    REUSED,
    Entry,
    Live,
    Minute,
    Totals,
    live,
    share_of_ideal,
    totals,
)

__all__ = [
    "ANSWERED",
    "COLUMNS",
    "ERRORS",
    "REUSED",
    "Entry",
    "Live",
    "Minute",
    "Totals",
    "live",
    "note",
    "share_of_ideal",
    "totals",
]


def note(run: int, entries: Sequence[Entry]) -> None:
    """Add what came of some calls to the ledger, and what they cost to what the run has spent."""
    ledger.note(JudgeRun, run, entries)
