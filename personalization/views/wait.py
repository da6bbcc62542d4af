"""The page of people who wait for the machine: what it does, how long, and what to do meanwhile."""

from datetime import timedelta

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.assignment import other_available
from annotation.steps import progress
from annotation.visits import ParticipantRequest, go, is_part, participant_required
from personalization.waits import usual_wait

# Nobody is asked to sit and wait for longer than this.
LONG = timedelta(minutes=5)


@never_cache
@require_safe
@participant_required
def wait(request: ParticipantRequest) -> HttpResponseBase:
    """Tell a person what is being prepared; htmx asks again, and goes on when it is there."""
    enrollment = request.enrollment
    since = enrollment.waiting_since
    if since is None:
        return go(request, "part", enrollment.study.name)
    is_long, others = timezone.now() - since > LONG, other_available(enrollment)
    by_script = is_part(request)
    state = f"{is_long:d}{others:d}"
    if by_script and request.GET.get("seen") == state:
        # Nothing is swapped, so that nobody loses the place where the keyboard is.
        return HttpResponse(status=204)
    seconds = usual_wait(enrollment)
    context = {
        "state": state,
        "progress": progress(enrollment),
        "seconds": seconds,
        "minutes": max(1, round(seconds / 60)) if seconds is not None else None,
        "is_long": is_long,
        "others": others,
    }
    return render(request, "wait.html#waiting" if by_script else "wait.html", context)
