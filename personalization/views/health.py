"""Whether everything runs: a page for researchers, and one word for monitors."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization import condition


@require_safe
@researcher_required
@never_cache
def health(request: StaffRequest) -> HttpResponse:
    """Show the state of the database, the queues, the workers, the endpoints and the disk."""
    sections = condition.sections()
    worst = max((row.state for section in sections for row in section.rows), key=condition.BADNESS)
    context = {"sections": sections, "worst": worst}
    part = "#state" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"health.html{part}", context)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say in one word whether this server answers and reaches its database; nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})
