"""Steer a run of an arm: pause it, let it go on, cancel it, try failed rows again, change its limits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotation.permissions import StaffRequest, researcher_required
from personalization.pipeline import runs as verbs
from personalization.views.arm_runs import run_named, run_page
from personalization.views.steering import limit, say


@require_POST
@researcher_required
def arm_run_pause(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a run rest; to say so twice is no fault."""
    say(request, "pause", verbs.pause_by_hand(run_named(name, pk), request.user))
    return redirect("arm_run", name, pk)


@require_POST
@researcher_required
def arm_run_again(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a paused run go on."""
    say(request, "again", verbs.try_again(run_named(name, pk)))
    return redirect("arm_run", name, pk)


@require_POST
@researcher_required
def arm_run_cancel(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Cancel a run; to say so twice is no fault."""
    say(request, "cancel", verbs.cancel(run_named(name, pk)))
    return redirect("arm_run", name, pk)


@require_POST
@researcher_required
def arm_run_retry(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Give what failed in a run another round."""
    count = verbs.retry_failed(run_named(name, pk))
    said = ngettext("%(count)s is tried again.", "%(count)s are tried again.", count)
    messages.info(request, said % {"count": count} if count else _("Nothing is left to try again."))
    return redirect("arm_run", name, pk)


@require_POST
@researcher_required
def arm_run_limits(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Change what a run may spend, and until when."""
    one = run_named(name, pk)
    wrong = limit(request, one, verbs.set_limits)
    return run_page(request, one, wrong, status=422) if wrong else redirect("arm_run", name, pk)
