"""What is the same in steering any run: what is said when it is done, and other limits."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.permissions import StaffRequest
from personalization.judge.budgets import BudgetError
from personalization.models import ArmRun, JudgeRun
from personalization.views.run_limit_forms import LimitsForm

SomeRun = TypeVar("SomeRun", JudgeRun, ArmRun)
SAID = {
    "pause": gettext_lazy("The run is paused. What is under way is still saved."),
    "again": gettext_lazy("The run goes on."),
    "cancel": gettext_lazy("The run is cancelled. What is settled stays."),
}


def say(request: StaffRequest, what: str, done: bool) -> None:
    """Say what was done; to ask for it twice is no fault, and nothing to speak of."""
    if done:
        messages.success(request, SAID[what])


def limit(
    request: StaffRequest,
    run: SomeRun,
    set_limits: Callable[[SomeRun, int | None, datetime | None], bool],
) -> LimitsForm | None:
    """Change what a run may spend, and until when; return the form where something is wrong in it."""
    form = LimitsForm(request.POST, run=run)
    if not form.is_valid():
        return form
    was_paused = run.paused_at is not None
    try:
        saved = set_limits(run, form.budget_micros, form.cleaned_data["deadline"])
    except BudgetError as error:
        form.add_error("budget", str(error))
        return form
    run.refresh_from_db(fields=["paused_at"])
    if not saved:
        messages.error(request, _("This run is over; its limits stay as they were."))
    elif was_paused and run.paused_at is None:
        messages.success(request, _("Saved. The run goes on."))
    else:
        messages.success(request, _("Saved."))
    return None
