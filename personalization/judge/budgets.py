"""The budget of a judge's run; see personalization/runs/budgets.py."""

from django.db import connection

from personalization.models import JudgeRun, Verdict
from personalization.runs import budgets
from personalization.runs.budgets import BudgetError, no_price
from personalization.runs.forecasting import SEEN, seen_of
from personalization.runs.money import Purse, Seen

__all__ = [
    "BudgetError",
    "no_price",
    "purse_of",
    "refresh",
    "reserved",
    "seen_in",
    "set_budget",
]

# What calls that are under way may cost. A row whose lease has ended is not under way.
RESERVED = """
SELECT coalesce(sum(reserved_micros), 0)::bigint FROM personalization_verdict
WHERE run_id = %s AND settled_at IS NULL
    AND due_at > statement_timestamp() AND lease_until > statement_timestamp()
"""


def purse_of(run: JudgeRun) -> Purse:
    """Return a new purse at the price of today; a run in whose time a price comes gets its currency."""
    purse = Purse(None)
    refresh(purse, run)
    if purse.rate is not None:
        purse.learn(seen_in(run.pk), run.rater.configuration.get("sampling", {}))
    return purse


def refresh(purse: Purse, run: JudgeRun) -> None:
    """Let a purse hear of a price that has come or changed since; a worker may go on for days."""
    budgets.refresh(purse, run, _model(run))


def seen_in(run: int, most: int = SEEN) -> list[Seen]:
    """Return some answers of a run: how long their requests were, and what the endpoint counted."""
    return seen_of([Verdict.objects.filter(run=run)], most)


def reserved(run: int) -> int:
    """Return what the calls of a run that are under way may cost."""
    with connection.cursor() as cursor:
        cursor.execute(RESERVED, [run])
        (micros,) = cursor.fetchone() or (0,)
        return int(micros)


def set_budget(run: JudgeRun, micros: int | None) -> None:
    """Set what a run may spend; None takes the limit away. BudgetError where no price is known."""
    budgets.set_budget(run, micros, _model(run))


def _model(run: JudgeRun) -> str:
    return str(run.rater.configuration.get("model", ""))
