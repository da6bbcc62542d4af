"""Steer a run that is under way: pause it, let it go on, cancel it, change its limits."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotation.permissions import StaffRequest, researcher_required
from personalization.judge import runs as verbs
from personalization.views.runs import run_named, run_page
from personalization.views.steering import limit, say


@require_POST
@researcher_required
def run_pause(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a run rest; to say so twice is no fault."""
    say(request, "pause", verbs.pause_by_hand(run_named(name, pk), request.user))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_again(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a paused run go on."""
    say(request, "again", verbs.try_again(run_named(name, pk)))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_cancel(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Cancel a run; to say so twice is no fault."""
    say(request, "cancel", verbs.cancel(run_named(name, pk)))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_limits(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Change what a run may spend, and until when."""
    one = run_named(name, pk)
    wrong = limit(request, one, verbs.set_limits)
    return run_page(request, one, wrong, status=422) if wrong else redirect("run", name, pk)
