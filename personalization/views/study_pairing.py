"""The pairing of a study: its rules, who gets no queries, and what it comes to before it is done."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.pairing import keeping
from personalization.pairing.everybody import Everybody, pair, planned
from personalization.pairing.plan import pairs_of
from personalization.views.lookup import study_named
from personalization.views.pairing_forms import BlockForm, PairingForm

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a list of queries comes: how many people its queries would have, least and most."""

    name: str
    queries: int
    least: int
    most: int
    sheets: int


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_pairing(request: StaffRequest, name: str) -> HttpResponse:
    """Show the rules and what they come to; try others without saving them, or save them."""
    study = study_named(name)
    held = pairs_of(study)
    form = PairingForm(request.POST if request.method == "POST" else None, study=study, held=held)
    tried = False
    if form.is_valid():
        held = form.pairs()
        if "try" not in request.POST:
            keeping.save(study, held)
            messages.success(
                request, _("The rules are saved. They hold for everybody from now on.")
            )
            return redirect("study_pairing", name)
        tried = True
    found = planned(study, held)
    context = {
        "study": study,
        "tab": "queries",
        "form": form,
        "block_form": BlockForm(),
        "tried": tried,
        "found": found,
        "unmet": found.unmet[:MOST_SHOWN],
        "lists": _advance(study, found),
        "blocked": keeping.block_list(study, held),
        "flagged": keeping.flagged(study, held)[:MOST_SHOWN],
    }
    return render(request, "study_pairing.html", context, status=422 if form.errors else 200)


@require_POST
@researcher_required
def study_pairing_block(request: StaffRequest, name: str) -> HttpResponse:
    """Put somebody on the block list, or take somebody off it."""
    study = study_named(name)
    form = BlockForm(request.POST)
    blocked = request.POST.get("what") != "allow"
    if not form.is_valid():
        messages.error(request, _("Write the pseudonym of somebody who takes part."))
    elif not keeping.block(study, form.cleaned_data["pseudonym"], blocked=blocked):
        said = _("Nobody who takes part here is called %(pseudonym)s.")
        messages.error(request, said % {"pseudonym": form.cleaned_data["pseudonym"]})
    elif blocked:
        messages.success(request, _("This person gets no queries. Sheets that are there stay."))
    else:
        messages.success(request, _("This person may get queries again."))
    return redirect("study_pairing", name)


@require_POST
@researcher_required
def study_pairing_now(request: StaffRequest, name: str) -> HttpResponse:
    """Pair those who wait for nothing, such as people of imported conversations."""
    people, sheets = pair(study_named(name))
    if not people:
        messages.info(request, _("Nobody was left who could be given queries now."))
    else:
        said = ngettext(
            "%(people)s person was given queries", "%(people)s people were given queries", people
        ) % {"people": people}
        laid = ngettext("%(sheets)s sheet was laid.", "%(sheets)s sheets were laid.", sheets)
        messages.success(request, f"{said}: {laid % {'sheets': sheets}}")
    return redirect("study_pairing", name)


def _advance(study: Study, found: Everybody) -> list[Advance]:
    """Return how far each list would have come."""
    names = dict(study.query_lists.values_list("pk", "name"))
    given = found.given()
    by_list: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for one in found.queries:
        more = given[one.number]
        by_list[one.of_list].append((one.people + more, more))
    return [
        Advance(
            names.get(of_list, "") if of_list is not None else "",
            len(rows),
            min(people for people, _more in rows),
            max(people for people, _more in rows),
            sum(more for _people, more in rows),
        )
        for of_list, rows in sorted(by_list.items(), key=lambda one: names.get(one[0] or 0, ""))
    ]
