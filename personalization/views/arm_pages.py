"""One arm: how it is configured, what it has made, its runs, and whether it works for new people."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization.arms.making import UnfitError
from personalization.arms.using import use_for_new
from personalization.extraction.costs import Cost, per_conversation
from personalization.generation.conditions import Outlook, outlook
from personalization.models import Arm, Extraction
from personalization.models.arm import ArmSource, ArmStep
from personalization.prompt_versions import StaleError
from personalization.revision.outcomes import Outcomes, outcomes
from personalization.views.arm_state import Made, lines, made_by
from personalization.views.arm_trials import versions
from personalization.views.arm_wording import dropped, facts

PAGE = 10


@dataclass(frozen=True, slots=True)
class Yield:
    """What an arm has made, what it has not kept and why, and what it took."""

    made: Made
    dropped: list[tuple[str, int]] = field(default_factory=list)
    cost: Cost | None = None
    outlook: Outlook | None = None
    outcomes: Outcomes | None = None


@require_safe
@researcher_required
def arm(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show one arm; the list of its runs follows those that are under way."""
    one = arm_named(name, pk)
    runs = one.runs.select_related("endpoint", "arm", "by").filter(trial=False).order_by("-pk")
    page = Paginator(runs, PAGE).get_page(request.GET.get("page"))
    listed = lines(page.object_list)
    context: dict[str, Any] = {
        "study": one.study,
        "tab": "pipeline",
        "arm": one,
        "page": page,
        "lines": listed,
        "moving": any(line.moving for line in listed),
        "made": yield_of(one),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "arm.html#work", context)
    context |= {
        "facts": facts(one),
        "prompts": versions(one.configuration),
        "trials": one.runs.filter(trial=True).order_by("-pk")[:PAGE],
        "called": one.source == ArmSource.CALLED and one.endpoint is not None,
        "chosen": Arm.objects.filter(study=one.study_id, step=one.step, live=True).exists(),
    }
    return render(request, "arm.html", context)


@require_POST
@researcher_required
def arm_live(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let an arm work for people who take part from now on, or no longer."""
    one = arm_named(name, pk)
    on = request.POST.get("live") == "on"
    try:
        changed = use_for_new(one, on)
    except (UnfitError, StaleError) as error:
        messages.error(request, str(error))
    else:
        if changed and on:
            messages.success(request, _("From now on this arm works for new people."))
        elif changed:
            messages.success(request, _("This arm no longer works for new people."))
    return redirect("arm", name, pk)


def arm_named(name: str, pk: int) -> Arm:
    """Return an arm of the study of that name, or answer 404."""
    every = Arm.objects.select_related("study", "endpoint", "base", "by")
    return get_object_or_404(every, pk=pk, study__name=name)


def yield_of(one: Arm) -> Yield:
    """Return what an arm has made, and what that took."""
    made = made_by([one]).get(one.pk, Made())
    if one.step == ArmStep.EXTRACTION:
        return Yield(made, dropped=_dropped(one), cost=per_conversation(one))
    if one.step == ArmStep.GENERATION:
        return Yield(made, outlook=_outlook(one))
    return Yield(made, outcomes=outcomes(one))


def _outlook(one: Arm) -> Outlook | None:
    """Return for how many queries an author has what it needs; None where it was brought from outside."""
    if one.endpoint is None:
        return None
    try:
        return outlook(one)
    except UnfitError:  # it names an arm that is not there: the run's page says so
        return None


def _dropped(one: Arm) -> list[tuple[str, int]]:
    """Return how many things an extractor said that were not kept, by why, the most frequent first."""
    totals: dict[str, int] = {}
    rows = Extraction.objects.filter(arm=one, trial=False).exclude(dropped={})
    for counts in rows.values_list("dropped", flat=True).iterator():
        for why, n in counts.items():
            totals[why] = totals.get(why, 0) + n
    return [(dropped(why), totals[why]) for why in sorted(totals, key=lambda why: -totals[why])]
