"""A participant's own pages: the way back by the personal link, and all studies at one place."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.again import waiting_again
from annotation.models import Enrollment
from annotation.models.person import Part
from annotation.money import earned, written
from annotation.profiles import may_tell, telling_studies
from annotation.steps import progress
from annotation.visits import (
    enter,
    leave_browser,
    participant_of,
    personal_link,
    read_personal_link,
)


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of a personal link go on; ask first where this browser is somebody else."""
    enrollment = read_personal_link(token)
    if enrollment is None:
        return render(request, "stranger.html", {"failed": True}, status=404)
    here = participant_of(request)
    is_other = here is not None and here.pk != enrollment.participant_id
    if is_other and request.method != "POST":
        return render(request, "other_person.html", {"study": enrollment.study}, status=409)
    if here is None or is_other:
        enter(request, enrollment.participant)
    return redirect("part", enrollment.study.name)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show all studies of this browser's participant: what to do, how far, and the pay."""
    here = participant_of(request)
    if here is None:
        return render(request, "stranger.html", status=403)
    found = (
        Enrollment.objects.select_related("study", "participant")
        .filter(participant=here, declined_at=None)
        .order_by("finished_at", "-joined_at")
    )
    rows = [_row(request, one) for one in found]
    asking = telling_studies([one.study_id for one in found])
    for row in rows:
        row["tells"] = row["study"].pk in asking and may_tell(row["enrollment"])
    # What can be done comes first.
    rows.sort(key=lambda row: not row["is_open"])
    synthetic = any(one.study.synthetic for one in found)
    return render(request, "mine.html", {"rows": rows, "synthetic": synthetic})


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Let this browser forget who takes part, as on a computer that several people use."""
    leave_browser(request)
    return redirect("home")


def _row(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any]:
    study = enrollment.study
    is_open = enrollment.finished_at is None and enrollment.withdrawn_at is None
    return {
        "enrollment": enrollment,
        "study": study,
        "is_open": is_open,
        "early": enrollment.part != Part.DONE,
        "again": None if is_open else waiting_again(enrollment),
        "progress": progress(enrollment) if is_open else None,
        "pay": written(study.pay_minor, study.pay_currency),
        "earned": written(earned(enrollment) or None, study.pay_currency),
        "link": request.build_absolute_uri(personal_link(enrollment)),
    }
