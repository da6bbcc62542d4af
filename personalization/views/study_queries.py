"""The queries of a study, one by one and in lists."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotation import preparation, query_lists
from annotation.models import Query, QueryList, RelevancePair, Response, Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.models import Generation
from personalization.pairing.plan import pairs_of
from personalization.views.lookup import start_after, study_named
from personalization.views.query_forms import QueriesForm, QueryListForm

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
        messages.success(request, _added(added.new, added.known))
        return redirect("study_queries", name)
    return _page(request, study, form, QueryListForm())


@require_POST
@researcher_required
def study_query_list(request: StaffRequest, name: str) -> HttpResponse:
    """Add a list of queries with its origin; a fault in any line refuses all of it."""
    study = study_named(name)
    form = QueryListForm(request.POST, request.FILES)
    if form.is_valid() and form.found is not None:
        try:
            added = query_lists.add_list(study, form.provenance(), form.found.queries)
        except query_lists.ListRefusedError as error:
            form.refuse(error.faults)
        else:
            messages.success(request, _added(added.new, added.known))
            return redirect("study_queries", name)
    return _page(request, study, QueriesForm(), form)


@require_POST
@researcher_required
def study_query_list_delete(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Delete a list of which nothing is used."""
    of_list = get_object_or_404(QueryList, pk=pk, study__name=name)
    if query_lists.delete_list(of_list):
        messages.success(request, _("The list is deleted, with its queries."))
    else:
        messages.error(request, _("Queries of this list are in use by now, so all of it stays."))
    return redirect("study_queries", name)


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


def _page(
    request: StaffRequest, study: Study, form: QueriesForm, of_list: QueryListForm
) -> HttpResponse:
    # The row of one table that uses a query is enough to know: it cannot change any more.
    users = (RelevancePair, Response, Generation)
    used = [Exists(one._default_manager.filter(query=OuterRef("pk"))) for one in users]
    queries = study.queries.annotate(used=Q(used[0]) | Q(used[1]) | Q(used[2])).order_by("pk")
    after = start_after(request)
    page = list(queries.select_related("list").filter(pk__gt=after)[: PAGE + 1])
    context = {
        "study": study,
        "tab": "queries",
        "form": form,
        "list_form": of_list,
        "lists": query_lists.lists(study),
        "queries": page[:PAGE],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "count": study.queries.count(),
        "held": pairs_of(study),
    }
    wrong = form.is_bound or of_list.is_bound
    return render(request, "study_queries.html", context, status=422 if wrong else 200)


def _added(new: int, known: int) -> str:
    """Say what came of adding queries."""
    said = ngettext("%(count)s query was added.", "%(count)s queries were added.", new) % {
        "count": new
    }
    if not known:
        return said
    there = ngettext("%(count)s was there already.", "%(count)s were there already.", known) % {
        "count": known
    }
    return f"{said} {there}"
