"""A person's way through one study: what comes next, the first page, the last page, the way out."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation.again import waiting_again
from annotation.assignment import claim_own
from annotation.enrollment import go_on
from annotation.invitation import invite_url
from annotation.leaving import stop, withdraw
from annotation.models import Enrollment
from annotation.models.person import Ending, Part
from annotation.models.study import PayRule
from annotation.money import earned, earned_at_end, written
from annotation.profiles import is_due
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
            return redirect("profile" if is_due(enrollment) else "chat", study)
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
    context = {
        "progress": progress(request.enrollment),
        "hide_menu": True,
        "tells": is_due(request.enrollment),
    }
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
        "is_paid": bool(enrollment.study.pay_minor),
        "ran_out": enrollment.ended_by == Ending.NO_WORK,
        "again": waiting_again(enrollment),
    }
    return render(request, "thanks.html", context)


@never_cache
@require_safe
@enrollment_required
def again(request: ParticipantRequest) -> HttpResponseBase:
    """Send somebody who is through to a sheet that may be answered once more, or back to the end."""
    enrollment = request.enrollment
    if enrollment.part == Part.DONE and (slot := claim_own(enrollment)) is not None:
        return redirect("sheet", enrollment.study.name, slot.pk)
    return redirect("part", enrollment.study.name)


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
        "partial": _amount(enrollment, earned_at_end(enrollment, Ending.STOPPED)),
        "by_share": study.pay_rule == PayRule.SHARE,
        "earned": _earned(enrollment),
        "unsure": unsure,
    }
    return render(request, "leave.html", context, status=422 if unsure else 200)


def _earned(enrollment: Enrollment) -> str:
    """Return what a person has earned, as people write it; empty where it is nothing, or unknown."""
    return _amount(enrollment, earned(enrollment))


def _amount(enrollment: Enrollment, minor: int | None) -> str:
    return written(minor, enrollment.study.pay_currency) if minor else ""
