"""A person's way through one study: what comes next, the first page, the last page, the way out."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation.assignment import claim_own
from annotation.enrollment import go_on
from annotation.invitation import invite_url
from annotation.leaving import stop, withdraw
from annotation.models import Enrollment
from annotation.models.person import Part
from annotation.money import earned, written
from annotation.steps import progress
from annotation.visits import (
    ParticipantRequest,
    enrollment_required,
    is_asked,
    participant_required,
)

STOP, WITHDRAW = "stop", "withdraw"


@never_cache
@require_safe
@enrollment_required
def part(request: ParticipantRequest) -> HttpResponseBase:
    """Send a person to what comes next: the one address that is right at every moment."""
    enrollment = request.enrollment
    study = enrollment.study.name
    if enrollment.consented_at is None and enrollment.invite is not None:
        return redirect(invite_url(enrollment.invite))
    if is_asked(enrollment):
        return redirect("consent", study)
    if enrollment.finished_at is not None:
        return redirect("thanks", study)
    if enrollment.waiting_since is not None:
        return redirect("wait", study)
    match enrollment.part:
        case Part.CHAT:
            return redirect("chat", study)
        case Part.OTHERS:
            return redirect("others", study)
    slot = claim_own(enrollment)
    if slot is not None:
        return redirect("sheet", study, slot.pk)
    go_on(enrollment.pk)
    return redirect("part", study)


@never_cache
@require_safe
@participant_required
def welcome(request: ParticipantRequest) -> HttpResponseBase:
    """Show the personal link before anything else, and what is to come."""
    context = {"progress": progress(request.enrollment), "hide_menu": True}
    return render(request, "welcome.html", context)


@never_cache
@require_safe
@enrollment_required
def thanks(request: ParticipantRequest) -> HttpResponseBase:
    """Say thank you, with the code that shows that the work was done."""
    enrollment = request.enrollment
    if enrollment.finished_at is None:
        return redirect("part", enrollment.study.name)
    context = {
        "early": enrollment.part != Part.DONE,
        "earned": _earned(enrollment),
        "is_paid": enrollment.study.pay_minor is not None,
    }
    return render(request, "thanks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@enrollment_required
def leave(request: ParticipantRequest) -> HttpResponseBase:
    """Let a person stop with what is done, or take everything back; each says what follows."""
    enrollment = request.enrollment
    if enrollment.consented_at is None:
        return redirect("part", enrollment.study.name)
    if request.method == "POST":
        action = request.POST.get("action")
        if action == STOP:
            stop(enrollment)
            return redirect("thanks", enrollment.study.name)
        if action == WITHDRAW and request.POST.get("sure"):
            withdraw(enrollment)
            # Every page of the study now says so.
            return redirect("part", enrollment.study.name)
    return _leaving(request, unsure=request.method == "POST")


def _leaving(request: ParticipantRequest, *, unsure: bool) -> HttpResponse:
    enrollment = request.enrollment
    study = enrollment.study
    context = {
        "asked": is_asked(enrollment),
        "pay": written(study.pay_minor, study.pay_currency),
        "partial": written(study.pay_partial_minor or 0, study.pay_currency),
        "earned": _earned(enrollment),
        "unsure": unsure,
    }
    return render(request, "leave.html", context, status=422 if unsure else 200)


def _earned(enrollment: Enrollment) -> str:
    """Return what a person has earned, as people write it; empty where nothing is known."""
    return written(earned(enrollment), enrollment.study.pay_currency)
