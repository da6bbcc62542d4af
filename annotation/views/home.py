"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation.permissions import RESEARCH
from annotation.visits import participant_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send researchers to their studies; tell everybody else what this place is."""
    if request.user.has_perm(RESEARCH):
        return redirect("studies")
    return render(request, "home.html", {"participant": participant_of(request)})
