"""What a trial of an arm has brought so far; beside another one, where asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization.models import ArmRun
from personalization.views.arm_runs import run_named
from personalization.views.arm_state import lines
from personalization.views.arm_trials import differing, others, side_by_side, tried


@require_safe
@researcher_required
@never_cache
def arm_trial(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show a trial item by item; it follows the run."""
    run = run_named(name, pk)
    if not run.trial:
        raise Http404
    (line,) = lines([run])
    beside = others(run)
    other = _beside(request, beside)
    shown = [tried(one) for one in (run, other) if one is not None]
    context = {
        "study": run.study,
        "tab": "pipeline",
        "run": run,
        "line": line,
        "others": beside,
        "other": other,
        "tried": shown,
        "items": side_by_side(shown),
        "differing": differing(shown) if other is not None else [],
    }
    part = "#results" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"arm_trial.html{part}", context)


def _beside(request: StaffRequest, on_offer: list[ArmRun]) -> ArmRun | None:
    said = request.GET.get("beside")
    if not said:
        return None
    found = next((one for one in on_offer if str(one.pk) == said), None)
    if found is None:
        raise Http404
    return found
