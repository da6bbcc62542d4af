"""A new run: who is to judge what and how, what that takes, and the start."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.judge import runs as verbs
from personalization.judge.budgets import BudgetError
from personalization.judge.raters import UnfitError
from personalization.models import JudgeRun
from personalization.prompt_versions import StaleError
from personalization.views.lookup import study_named
from personalization.views.run_forms import RunForm
from personalization.views.run_work import work_of


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def run_new(request: StaffRequest, name: str) -> HttpResponse:
    """Ask who is to judge what, say what that takes, and start."""
    study = study_named(name)
    form = RunForm(request.POST if request.method == "POST" else None, study=study)
    valid = form.is_bound and form.is_valid()
    if valid and "start" in request.POST:
        try:
            started = _start(request, study, form)
        except (BudgetError, UnfitError) as error:
            form.add_error(None, str(error))
        except StaleError:
            form.add_error(None, _("A prompt was changed just now. Look at it, and start again."))
        else:
            if len(started) == 1:
                return redirect("run", study.name, started[0].pk)
            if started:
                return redirect("runs", study.name)
            form.add_error(
                "baselines", _("These baselines have nothing to say about these questions.")
            )
        valid = False
    work = work_of(study, form) if valid else None
    context = {"study": study, "tab": "runs", "form": form, "work": work}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "run_new.html#work", context | {"incomplete": True})
    return render(request, "run_new.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _start(request: StaffRequest, study: Study, form: RunForm) -> list[JudgeRun]:
    """Start all that the form asks for, or nothing of it."""
    data, by = form.cleaned_data, request.user
    questions = list(data["questions"])
    started = verbs.start_baselines(
        study, questions, data["baselines"], by, embedder=data["embedder"]
    )
    if data["endpoint"] is not None:
        for manner in form.manners:
            started.append(
                verbs.start_judge(
                    study,
                    questions,
                    data["endpoint"],
                    data["model"],
                    form.sampling,
                    by,
                    manner=manner,
                    prompts=form.prompts,
                    budget_micros=form.budget_micros,
                    deadline=data["deadline"],
                    most_items=data["most_items"],
                )
            )
    return started
