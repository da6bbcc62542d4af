"""Runs that cannot go on before a person has mended something."""

from django.db.models import F, Q
from django.db.models.functions import Now

from personalization.models import ArmRun, JudgeRun
from personalization.runs.money import BUDGET, NO_PRICE

TROUBLE_LENGTH = 500
# Kinds of trouble; the word stands before a colon.
DEADLINE, ASKED = "deadline", "asked"


def pause(runs: type[JudgeRun | ArmRun], pk: int, trouble: str) -> bool:
    """Pause an open run, and keep the first reason why; calls under way are still saved."""
    open_runs = runs._default_manager.filter(
        pk=pk, paused_at=None, cancelled_at=None, finished_at=None
    )
    return bool(open_runs.update(paused_at=Now(), trouble=trouble[:TROUBLE_LENGTH]))


def limits_mended() -> Q:
    """Return which paused runs waited for nothing but another budget or deadline, and have it now."""
    enough = Q(budget_micros=None) | Q(budget_micros__gt=F("spent_micros"))
    in_time = Q(deadline=None) | Q(deadline__gt=Now())
    return (
        Q(trouble__startswith=BUDGET) & enough
        | Q(trouble__startswith=NO_PRICE, budget_micros=None)
        | Q(trouble__startswith=DEADLINE) & in_time
    )
