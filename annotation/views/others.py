"""One of other people's sheets; or why there is none, when to look again, and how to end here."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation.assignment import claim_other, other_available
from annotation.leaving import stop
from annotation.models import Enrollment
from annotation.models.person import Ending, Part
from annotation.money import earned_at_end, work_done, written
from annotation.nothing import Nothing, Reason, why
from annotation.steps import progress
from annotation.visits import ParticipantRequest, go, is_part, participant_required

# What a page has said holds for so long, also where a sheet came free in the meantime.
PROMISED_SECONDS = 10 * 60
LEAST_WAIT = timedelta(seconds=61)
TOLD = signing.TimestampSigner(salt="concord.nothing", sep=".")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@participant_required
def others(request: ParticipantRequest) -> HttpResponseBase:
    """Send a person to a sheet of somebody else's, or say why there is none.

    A page that stands open asks by htmx whether there is one. It claims none: whoever has gone for
    a coffee would hold it.
    """
    enrollment = request.enrollment
    study = enrollment.study.name
    if is_part(request) and request.method != "POST":
        return _news(request)
    slot = claim_other(enrollment)
    if slot is not None:
        return go(request, "sheet", study, slot.pk)
    if not _labels(enrollment):
        messages.info(request, _("No sheet of other people is free now."))
        return go(request, "part", study)
    found = why(enrollment)
    if found.reason is Reason.DONE:
        stop(enrollment)
        return go(request, "part", study)
    context = {**_said(found), **_end(enrollment), "progress": progress(enrollment)}
    return render(request, "others.html", context)


@never_cache
@require_POST
@participant_required
def others_finish(request: ParticipantRequest) -> HttpResponseBase:
    """End the part of somebody for whom no sheet is left, with the code.

    A sheet that came free a moment ago changes nothing for whoever was told that there is none.
    """
    enrollment = request.enrollment
    study = enrollment.study.name
    if not _labels(enrollment):
        return go(request, "part", study)
    if not _was_told(enrollment, request.POST.get("told", "")) and other_available(enrollment):
        messages.info(
            request,
            _("A page is free for you now. If you do not want it, you can stop all the same."),
        )
        return go(request, "others", study)
    stop(enrollment, by=Ending.NO_WORK)
    return go(request, "thanks", study)


def _labels(enrollment: Enrollment) -> bool:
    """Return whether other people's sheets are what a person has to do."""
    return enrollment.part == Part.OTHERS and enrollment.finished_at is None


def _news(request: ParticipantRequest) -> HttpResponseBase:
    """Return what a page that stands open should say now; nothing where it says so already."""
    enrollment = request.enrollment
    if not _labels(enrollment):
        return go(request, "part", enrollment.study.name)
    context = {"free": True, "state": "free"}
    if not other_available(enrollment):
        context = _said(why(enrollment))
    if request.GET.get("seen") == context["state"]:
        # Nothing is swapped, so that nothing is read out twice.
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "others.html#news", context)


def _said(found: Nothing) -> dict[str, Any]:
    """Return a reason as the page words it; a time that is over is none."""
    now = timezone.now()
    if found.at is None or found.at <= now:
        return {"reason": found.reason.value, "state": found.reason.value}
    return {
        "reason": found.reason.value,
        "state": f"{found.reason.value}-{found.at:%H%M}",
        # A script writes it as the reader's own clock shows it.
        "clock": format_html(
            '<time datetime="{}" data-clock>{} UTC</time>',
            found.at.isoformat(),
            f"{found.at:%H:%M}",
        ),
        # Nobody is told to wait for no minutes.
        "until": max(found.at, now + LEAST_WAIT),
    }


def _end(enrollment: Enrollment) -> dict[str, Any]:
    """Return what a person who ends here has done, and gets for it."""
    study = enrollment.study
    done, asked = work_done(enrollment)
    earned = earned_at_end(enrollment, Ending.NO_WORK)
    return {
        "done": done,
        "asked": asked,
        "is_paid": earned is not None,
        "earned": written(earned, study.pay_currency) if earned else "",
        "told": TOLD.sign(_promise(enrollment)),
    }


def _was_told(enrollment: Enrollment, told: str) -> bool:
    """Return whether a page has just told this person that there is nothing, and what it pays."""
    try:
        return TOLD.unsign(told, max_age=PROMISED_SECONDS) == _promise(enrollment)
    except signing.BadSignature:
        return False


def _promise(enrollment: Enrollment) -> str:
    return f"{enrollment.pk}-{enrollment.others_sent}"
