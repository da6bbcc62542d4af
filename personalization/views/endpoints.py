"""Endpoints: where models are asked, whether they answer, and what to do if they do not."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization import trials
from personalization.endpoints import usual
from personalization.models import Endpoint
from personalization.views.endpoint_forms import EndpointForm
from personalization.views.endpoint_wording import mend, state

MOST_TRIALS = 32_767  # as many as a call's attempt can count


@require_safe
@researcher_required
def endpoints(request: StaffRequest) -> HttpResponse:
    """List all endpoints with their state."""
    first = usual()
    rows = Endpoint.objects.order_by("-closed_at", "name")  # the open ones first
    shown = [{"endpoint": one, "state": state(one), "usual": one == first} for one in rows]
    return render(request, "endpoints.html", {"shown": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def endpoint_new(request: StaffRequest) -> HttpResponse:
    """Add an endpoint."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = form.save()
        messages.success(request, _("The endpoint is saved. Now try it out."))
        return redirect("endpoint", made.name)
    status = 422 if form.is_bound else 200
    return render(request, "endpoint_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
@never_cache
def endpoint(request: StaffRequest, name: str) -> HttpResponse:
    """Show an endpoint with its last trial, and change it."""
    one = _named(name)
    form = None
    if request.method == "POST" or not one.fixed:
        _changeable(one)
        form = EndpointForm(
            request.POST if request.method == "POST" else None, instance=_named(name)
        )
        if form.is_valid():
            form.save()
            messages.success(request, _("The endpoint is saved. Now try it out."))
            return redirect("endpoint", one.name)
    context = {
        "endpoint": one,
        "state": state(one),
        "usual": one == usual(),
        "form": form,
        "mend": mend(one.error.partition(":")[0]),
        **_of_trial(trials.newest(one)),
    }
    status = 422 if form and form.is_bound else 200
    return render(request, "endpoint.html", context, status=status)


@require_POST
@researcher_required
def endpoint_close(request: StaffRequest, name: str) -> HttpResponse:
    """Offer an endpoint no more, or again."""
    one = _changeable(_named(name))
    one.closed_at = None if request.POST.get("to") == "open" else timezone.now()
    one.save(update_fields=["closed_at"])
    said = _("The endpoint is closed.") if one.closed_at else _("The endpoint is open again.")
    messages.success(request, said)
    return redirect("endpoint", one.name)


@require_POST
@researcher_required
def endpoint_try(request: StaffRequest, name: str) -> HttpResponse:
    """Let a worker try the endpoint."""
    one = _named(name)
    trials.start(one)
    return redirect("endpoint", one.name)


@require_safe
@researcher_required
@never_cache
def endpoint_trial(request: StaffRequest, name: str, attempt: int) -> HttpResponse:
    """Show how far one trial is: the part of the page that asks for itself again."""
    one = _named(name)
    if not 0 < attempt <= MOST_TRIALS:
        raise Http404
    context = {"endpoint": one, **_of_trial(trials.trial(one, attempt))}
    return render(request, "endpoint.html#trial", context)


def _of_trial(trial: trials.Trial | None) -> dict[str, object]:
    return {"trial": trial, "trial_mend": mend(trial.kind) if trial else ""}


def _named(name: str) -> Endpoint:
    return get_object_or_404(Endpoint, name=name)


def _changeable(one: Endpoint) -> Endpoint:
    """Return an endpoint that this page may change; those of the deployment it may not."""
    if one.fixed:
        raise PermissionDenied
    return one
