"""The living style guide."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation.permissions import StaffRequest, researcher_required


@require_safe
@researcher_required
def design(request: StaffRequest) -> HttpResponse:
    """Show every part of a page with the class that makes it."""
    return render(request, "design.html")
