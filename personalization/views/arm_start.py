"""A new arm and its run: what it is to do and how, what that takes, and the start."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.arms.making import UnfitError, make
from personalization.judge.budgets import BudgetError
from personalization.models import Arm, PromptVersion
from personalization.models.arm import ArmStep
from personalization.pipeline import runs as verbs
from personalization.prompt_versions import StaleError
from personalization.views.arm_forms import FORMS, PROMPTS, ArmForm, initial_of
from personalization.views.arm_wording import OVER, STEPS
from personalization.views.arm_work import planned
from personalization.views.lookup import study_named
from personalization.views.run_prompt_forms import FIELD

TRIED = 10
# What a version of a prompt needs, so that an arm uses it at all.
NEEDED: dict[str, dict[str, Any]] = {
    "extraction_plain": {"evidence": "second"},
    "evidence": {"evidence": "second"},
    "generation_matched": {"condition": "relevant_owner", "matched": True},
}
STARTS = ("start", "try", "keep")


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def arm_new(request: StaffRequest, name: str) -> HttpResponse:
    """Ask what an arm is to do and how, say what a run of it takes, and start."""
    study = study_named(name)
    like = _like(request, study)
    step = _step(request, like)
    data = request.POST if request.method == "POST" else None
    form = FORMS[step](data, study=study, initial=_initial(request, like))
    valid = form.is_bound and form.is_valid()
    work = None
    try:
        if valid and (pressed := next((one for one in STARTS if one in request.POST), "")):
            return _do(request, study, form, pressed)
        work = planned(study, form) if valid else None
    except (BudgetError, UnfitError) as error:
        form.add_error(None, str(error))
    except StaleError:
        form.add_error(None, _("A prompt was changed just now. Look at it, and start again."))
    context = {
        "study": study,
        "tab": "pipeline",
        "form": form,
        "step": step,
        "steps": [(one, name, about) for one, (name, about) in STEPS.items()],
        "about": STEPS[step][1],
        "over": OVER[step],
        "like": like,
        "work": work,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "arm_new.html#work", context | {"incomplete": True})
    return render(request, "arm_new.html", context, status=422 if form.errors else 200)


def _do(request: StaffRequest, study: Study, form: ArmForm, pressed: str) -> HttpResponse:
    """Make the arm, and start what was asked for."""
    data = form.cleaned_data
    arm = make(
        study,
        form.step,
        data["endpoint"],
        data["model"],
        form.sampling,
        form.chosen,
        prompts=form.prompts,
        base=form.begins_with,
        name=data["name"],
        by=request.user,
    )
    if pressed == "keep":
        return redirect("arm", study.name, arm.pk)
    if pressed == "try":
        most = min(data["most_items"] or TRIED, TRIED)
        run = verbs.start(arm, request.user, most_items=most, trial=True)
        return redirect("arm_trial", study.name, run.pk)
    run = verbs.start(
        arm,
        request.user,
        most_items=data["most_items"],
        budget_micros=form.budget_micros,
        deadline=data["deadline"],
    )
    return redirect("arm_run", study.name, run.pk)


def _like(request: StaffRequest, study: Study) -> Arm | None:
    """Return the arm that the new one is to be like, where the address names one."""
    said = request.GET.get("like")
    if said is None:
        return None
    if not said.isascii() or not said.isdigit() or len(said) > 18:
        raise Http404
    arms = Arm.objects.select_related("endpoint", "base")
    return get_object_or_404(arms, pk=int(said), study=study)


def _step(request: StaffRequest, like: Arm | None) -> str:
    if like is not None:
        return like.step
    step = request.GET.get("step", ArmStep.EXTRACTION.value)
    if step not in FORMS:
        raise Http404
    return step


def _initial(request: StaffRequest, like: Arm | None) -> dict[str, Any]:
    """Return what the form starts with: another arm, or a version of a prompt that is to be tried."""
    found = initial_of(like) if like is not None else {}
    for name in (name for names in PROMPTS.values() for name in names):
        said = request.GET.get(f"{FIELD}{name}")
        if said is None:
            continue
        if not said.isascii() or not said.isdigit() or len(said) > 9:
            raise Http404
        version = get_object_or_404(PromptVersion, name=name, version=int(said))
        found |= {f"{FIELD}{name}": version.version, **NEEDED.get(name, {})}
    return found
