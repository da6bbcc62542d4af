"""The queries of a study and the versions of its consent text."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotation import preparation
from annotation.models import Query, RelevancePair, Response
from annotation.permissions import StaffRequest, researcher_required
from annotation.progress import taking_part
from personalization.models import Generation
from personalization.readiness import models_asked, unnamed_providers
from personalization.views.lookup import start_after, study_named
from personalization.views.setup_forms import ConsentForm, QueriesForm

PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_queries(request: StaffRequest, name: str) -> HttpResponse:
    """List the queries, and add many at once."""
    study = study_named(name)
    form = QueriesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        added = preparation.add_queries(study, data["texts"], data["source"], data["licence"])
        messages.success(request, _added(added))
        return redirect("study_queries", name)
    # The row of one table that uses a query is enough to know: it cannot change any more.
    users = (RelevancePair, Response, Generation)
    used = [Exists(one._default_manager.filter(query=OuterRef("pk"))) for one in users]
    queries = study.queries.annotate(used=Q(used[0]) | Q(used[1]) | Q(used[2])).order_by("pk")
    page = list(queries.filter(pk__gt=start_after(request))[: PAGE + 1])
    context = {
        "study": study,
        "tab": "queries",
        "form": form,
        "queries": page[:PAGE],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "count": study.queries.count(),
    }
    return render(request, "study_queries.html", context, status=422 if form.is_bound else 200)


@require_POST
@researcher_required
def study_query_delete(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Delete a query that nothing uses."""
    query = get_object_or_404(Query, pk=pk, study__name=name)
    if preparation.delete_query(query):
        messages.success(request, _("The query is deleted."))
    else:
        messages.error(request, _("This query is in use by now, so it stays."))
    return redirect("study_queries", name)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_consent(request: StaffRequest, name: str) -> HttpResponse:
    """List the versions of the consent text, and add the next one; no version ever changes."""
    study = study_named(name)
    versions = list(study.consent_texts.all())
    newest = versions[0] if versions else None
    initial = {"text": newest.text, "provider": newest.provider} if newest else {}
    form = ConsentForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        text = preparation.publish_consent(study, data["text"], data["provider"])
        if text is None:
            messages.info(request, _("Nothing was changed, so there is no new version."))
        else:
            messages.success(
                request,
                _("Version %(version)s holds from now on.") % {"version": text.version},
            )
        return redirect("study_consent", name)
    agreed = dict(
        taking_part(study)
        .filter(consent_version__isnull=False)
        .values_list("consent_version")
        .annotate(people=Count("pk"))
        .order_by()
    )
    context = {
        "study": study,
        "tab": "consent",
        "form": form,
        "versions": [(one, agreed.get(one.version, 0)) for one in versions],
        "unnamed": unnamed_providers(models_asked(study), newest.provider) if newest else [],
    }
    return render(request, "study_consent.html", context, status=422 if form.is_bound else 200)


def _added(added: preparation.Added) -> str:
    """Say what came of adding queries."""
    said = ngettext("%(count)s query was added.", "%(count)s queries were added.", added.new) % {
        "count": added.new
    }
    if not added.known:
        return said
    known = ngettext(
        "%(count)s was there already.", "%(count)s were there already.", added.known
    ) % {"count": added.known}
    return f"{said} {known}"
