"""A run's budget: the price of the day, and a sum that somebody sets."""

from django.db import transaction
from django.utils.translation import gettext as _

from personalization.models import ArmRun, JudgeRun
from personalization.prices import rate_on
from personalization.runs.money import Purse


class BudgetError(ValueError):
    """A budget that cannot be kept, or is none; its text is for people."""


def refresh(purse: Purse, run: JudgeRun | ArmRun, model: str) -> None:
    """Let a purse hear of a price that has come or changed since.

    A run in whose time a price comes gets its currency.
    """
    if run.endpoint is None:
        return
    rate = rate_on(run.endpoint, model)
    if rate is not None and not run.currency:
        run.currency = rate.currency
        without = type(run)._default_manager.filter(pk=run.pk, currency="")
        without.update(currency=rate.currency)
    if rate != purse.rate:
        purse.rate, purse.dearest = rate, None


@transaction.atomic
def set_budget(run: JudgeRun | ArmRun, micros: int | None, model: str) -> None:
    """Set what a run may spend; None takes the limit away. BudgetError where no price is known."""
    runs = type(run)._default_manager
    locked = runs.select_for_update(of=["self"], no_key=True).get(pk=run.pk)
    if micros is not None:
        if micros < 0:
            raise BudgetError(_("A budget is not below zero."))
        purse = Purse(None)
        refresh(purse, locked, model)
        if purse.rate is None:
            raise BudgetError(no_price())
    locked.budget_micros = run.budget_micros = micros
    locked.save(update_fields=["budget_micros"])


def no_price() -> str:
    """Return why there can be no budget."""
    return _(
        "No price of this model is known, so a budget cannot be kept. Enter the price on the "
        "endpoint's page first."
    )
