"""The plan of a study: how many strangers at each sheet, when, how often again; and what is there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotation import waves
from annotation.kept import kept
from annotation.models import Study
from annotation.models.places import SlotRole
from annotation.models.sheet import Stage
from annotation.permissions import StaffRequest, researcher_required
from annotation.progress import places
from annotation.raising import follow
from personalization.tasks import lay_places
from personalization.views.lookup import study_named
from personalization.views.plan_forms import PlanForm

# So many places are laid while somebody waits for the page; more are laid by a worker.
MOST_AT_ONCE = 5000
MOST_KEPT = 200


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_plan(request: StaffRequest, name: str) -> HttpResponse:
    """Show the plan and change it; where that adds places, it is said how many before."""
    study = study_named(name)
    form = PlanForm(request.POST if request.method == "POST" else None, study=study)
    adds = form.adds()
    if form.is_valid() and (not adds or request.POST.get("promise") == form.promise()):
        lowered, stages = form.lowered(), form.save()
        messages.success(request, _("The plan is saved."))
        if lowered:
            messages.info(request, _("Sheets that are there keep their places."))
        _follow(request, study, stages, sum(one.places for one in adds.values()))
        return redirect("study_plan", name)
    context = {
        "study": study,
        "tab": "plan",
        "form": form,
        "adds": [(stage, one.places, one.sheets) for stage, one in adds.items()],
        "promise": form.promise() if adds else "",
        "places": [one for one in places(study) if one.role == SlotRole.THIRD_PARTY],
        "waiting": waves.is_waiting(study),
        "kept": kept(study, MOST_KEPT),
    }
    return render(request, "study_plan.html", context, status=422 if form.errors else 200)


@require_POST
@researcher_required
def study_plan_open(request: StaffRequest, name: str) -> HttpResponse:
    """Open the comparisons that wait for a majority, at once."""
    added = waves.force(study_named(name), Stage.COMPARISON)
    messages.success(request, _added(added) if added else _("Nothing waits any more."))
    return redirect("study_plan", name)


def _follow(request: StaffRequest, study: Study, stages: list[Stage], adds: int) -> None:
    """Let the sheets follow the plan: at once where that is quick, else by a worker."""
    free = {one.stage: one.quota.free for one in places(study) if one.role == SlotRole.THIRD_PARTY}
    if adds + sum(free.get(stage, 0) for stage in stages) <= MOST_AT_ONCE:
        if added := sum(follow(study, stage) for stage in stages):
            messages.success(request, _added(added))
        return
    for stage in stages:
        lay_places.defer(study_id=study.pk, stage=stage.value)
    messages.info(request, _("A worker brings the places to the plan. That takes some minutes."))


def _added(count: int) -> str:
    return ngettext("%(count)s place was added.", "%(count)s places were added.", count) % {
        "count": count
    }
