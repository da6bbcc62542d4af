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
from personalization.models import Endpoint, Price
from personalization.prices import delete
from personalization.views.endpoint_data_forms import LimitsForm, PriceForm
from personalization.views.endpoint_forms import EndpointForm
from personalization.views.endpoint_page import context, of_trial
from personalization.views.endpoint_wording import state

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
    """Show an endpoint with its last trial, and change it, its limits or its prices."""
    one = _named(name)
    what = request.POST.get("what", "")
    data = request.POST if request.method == "POST" else None
    limits = LimitsForm(data if what == "limits" else None, _named(name))
    price = PriceForm(data if what == "price" else None, one)
    form = None
    if what == "limits":
        if limits.is_valid():
            limits.save()
            messages.success(request, _("The limits are saved."))
            return redirect("endpoint", one.name)
    elif what == "price":
        if price.add(request.user):
            messages.success(request, _("The price is added."))
            return redirect("endpoint", one.name)
    elif data is not None:
        _changeable(one)
        form = EndpointForm(data, instance=_named(name))
        if form.is_valid():
            form.save()
            messages.success(request, _("The endpoint is saved. Now try it out."))
            return redirect("endpoint", one.name)
    if form is None and not one.fixed:
        form = EndpointForm(instance=_named(name))
    shown = context(one, form=form, limits=limits, price=price)
    return render(request, "endpoint.html", shown, status=200 if data is None else 422)


@require_POST
@researcher_required
def endpoint_price_delete(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Delete a price that no call has used: it was a slip."""
    one = _named(name)
    price = Price.objects.filter(endpoint=one, pk=pk).first()
    if price is None:
        messages.info(request, _("This price is not there any more."))
    elif delete(price):
        messages.success(request, _("The price is deleted."))
    else:
        said = _("Calls were paid by this price, so it stays. Add a newer one instead.")
        messages.error(request, said)
    return redirect("endpoint", one.name)


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
    shown = {"endpoint": one, **of_trial(trials.trial(one, attempt))}
    return render(request, "endpoint.html#trial", shown)


def _named(name: str) -> Endpoint:
    return get_object_or_404(Endpoint, name=name)


def _changeable(one: Endpoint) -> Endpoint:
    """Return an endpoint that this page may change; those of the deployment it may not."""
    if one.fixed:
        raise PermissionDenied
    return one
