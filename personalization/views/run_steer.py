"""Steer a run that is under way: pause it, let it go on, cancel it, change its limits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotation.permissions import StaffRequest, researcher_required
from personalization.judge import runs as verbs
from personalization.judge.budgets import BudgetError
from personalization.views.run_limit_forms import LimitsForm
from personalization.views.runs import run_named, run_page


@require_POST
@researcher_required
def run_pause(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a run rest; to say so twice is no fault."""
    if verbs.pause_by_hand(run_named(name, pk), request.user):
        messages.success(request, _("The run is paused. What is under way is still saved."))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_again(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a paused run go on."""
    if verbs.try_again(run_named(name, pk)):
        messages.success(request, _("The run goes on."))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_cancel(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Cancel a run; to say so twice is no fault."""
    if verbs.cancel(run_named(name, pk)):
        messages.success(request, _("The run is cancelled. What is settled stays."))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_limits(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Change what a run may spend, and until when."""
    one = run_named(name, pk)
    form = LimitsForm(request.POST, run=one)
    if not form.is_valid():
        return run_page(request, one, form, status=422)
    was_paused = one.paused_at is not None
    try:
        saved = verbs.set_limits(one, form.budget_micros, form.cleaned_data["deadline"])
    except BudgetError as error:
        form.add_error("budget", str(error))
        return run_page(request, one, form, status=422)
    one.refresh_from_db(fields=["paused_at"])
    if not saved:
        messages.error(request, _("This run is over; its limits stay as they were."))
    elif was_paused and one.paused_at is None:
        messages.success(request, _("Saved. The run goes on."))
    else:
        messages.success(request, _("Saved."))
    return redirect("run", name, pk)
