"""A run's budget: its purse with the price of the day, and a sum that somebody sets."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from personalization.judge.money import Purse, Seen
from personalization.llm.tokens import of_body
from personalization.models import JudgeRun, Verdict
from personalization.prices import rate_on

SEEN = 50
# What calls that are under way may cost. A row whose lease has ended is not under way.
RESERVED = """
SELECT coalesce(sum(reserved_micros), 0)::bigint FROM personalization_verdict
WHERE run_id = %s AND settled_at IS NULL
    AND due_at > statement_timestamp() AND lease_until > statement_timestamp()
"""


class BudgetError(ValueError):
    """A budget that cannot be kept, or is none; its text is for people."""


def purse_of(run: JudgeRun) -> Purse:
    """Return a new purse at the price of today; a run in whose time a price comes gets its currency."""
    purse = Purse(None)
    refresh(purse, run)
    if purse.rate is not None:
        purse.learn(seen_in(run.pk), run.rater.configuration.get("sampling", {}))
    return purse


def refresh(purse: Purse, run: JudgeRun) -> None:
    """Let a purse hear of a price that has come or changed since; a worker may go on for days."""
    if run.endpoint is None:
        return
    rate = rate_on(run.endpoint, str(run.rater.configuration.get("model", "")))
    if rate is not None and not run.currency:
        run.currency = rate.currency
        JudgeRun.objects.filter(pk=run.pk, currency="").update(currency=rate.currency)
    if rate != purse.rate:
        purse.rate, purse.dearest = rate, None


def seen_in(run: int, most: int = SEEN) -> list[Seen]:
    """Return some answers of a run: how long their requests were, and what the endpoint counted."""
    some = Verdict.objects.filter(run=run, call__answer__isnull=False)
    calls = some.values_list("call__request", "call__prompt_tokens", "call__completion_tokens")
    return [Seen(of_body(body), read, written) for body, read, written in calls[:most]]


def reserved(run: int) -> int:
    """Return what the calls of a run that are under way may cost."""
    with connection.cursor() as cursor:
        cursor.execute(RESERVED, [run])
        (micros,) = cursor.fetchone() or (0,)
        return int(micros)


@transaction.atomic
def set_budget(run: JudgeRun, micros: int | None) -> None:
    """Set what a run may spend; None takes the limit away. BudgetError where no price is known."""
    locked = JudgeRun.objects.select_for_update(of=["self"], no_key=True).get(pk=run.pk)
    if micros is not None:
        if micros < 0:
            raise BudgetError(_("A budget is not below zero."))
        if purse_of(locked).rate is None:
            raise BudgetError(no_price())
    locked.budget_micros = run.budget_micros = micros
    locked.save(update_fields=["budget_micros"])


def no_price() -> str:
    """Return why there can be no budget."""
    return _(
        "No price of this model is known, so a budget cannot be kept. Enter the price on the "
        "endpoint's page first."
    )
