"""Runs of judges and baselines: the list, a new one, one with its raw answers."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.judge import runs as verbs
from personalization.judge.planning import Plan, preview
from personalization.judge.raters import known_judge
from personalization.models import JudgeRun
from personalization.views.lookup import start_after, study_named
from personalization.views.run_forms import RunForm
from personalization.views.run_rows import lines, rows
from personalization.views.wording import MISSING

PAGE = 20
ITEMS = 10


@require_safe
@researcher_required
def runs(request: StaffRequest, name: str) -> HttpResponse:
    """List the runs of a study, the newest first; the list follows those that are under way."""
    study = study_named(name)
    every = study.judge_runs.select_related("rater", "by", "endpoint").order_by("-pk")
    page = Paginator(every, PAGE).get_page(request.GET.get("page"))
    listed = lines(list(page.object_list))
    context = {
        "study": study,
        "tab": "runs",
        "page": page,
        "lines": listed,
        "moving": any(one.moving for one in listed),
    }
    part = "#runs" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"runs.html{part}", context)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def run_new(request: StaffRequest, name: str) -> HttpResponse:
    """Ask who is to judge what, say how many calls that takes, and start."""
    study = study_named(name)
    form = RunForm(request.POST if request.method == "POST" else None, study=study)
    valid = form.is_bound and form.is_valid()
    if valid and "start" in request.POST:
        return _started(request, study, form)
    context = {
        "study": study,
        "tab": "runs",
        "form": form,
        "work": _work(study, form) if valid else None,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "run_new.html#work", context)
    return render(request, "run_new.html", context, status=422 if form.errors else 200)


@require_safe
@researcher_required
def run(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show one run: how far it is, what is wrong, and what the judge said, item by item."""
    one = _run(name, pk)
    reason = request.GET.get("reason", "")
    if reason and reason not in MISSING:
        raise Http404
    (line,) = lines([one])
    context: dict[str, Any] = {"study": one.study, "tab": "runs", "line": line, "run": one}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "run.html#progress", context)
    shown, more = rows(one, after=start_after(request), most=ITEMS, reason=reason)
    return render(request, "run.html", context | {"rows": shown, "next": more, "reason": reason})


@require_POST
@researcher_required
def run_cancel(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Cancel a run; to say so twice is no fault."""
    one = _run(name, pk)
    if verbs.cancel(one):
        messages.success(request, _("The run is cancelled. What is settled stays."))
    return redirect("run", name, pk)


@require_POST
@researcher_required
def run_again(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let a paused run go on."""
    one = _run(name, pk)
    if verbs.try_again(one):
        messages.success(request, _("The run goes on."))
    return redirect("run", name, pk)


@dataclass(frozen=True, slots=True)
class Work:
    """What would be done: a judge's plan, where a model is asked; how many baselines."""

    plan: Plan | None
    baselines: int


def _run(name: str, pk: int) -> JudgeRun:
    every = JudgeRun.objects.select_related("study", "rater", "by", "endpoint")
    return get_object_or_404(every, pk=pk, study__name=name)


def _work(study: Study, form: RunForm) -> Work:
    data = form.cleaned_data
    endpoint, questions = data["endpoint"], list(data["questions"])
    if endpoint is None:
        return Work(None, len(data["baselines"]))
    judge = known_judge(endpoint, data["model"], form.sampling)
    known = judge.pk if judge else None
    plan = preview(study, questions, provider=endpoint.provider, rater=known)
    return Work(plan, len(data["baselines"]))


def _started(request: StaffRequest, study: Study, form: RunForm) -> HttpResponse:
    data, by = form.cleaned_data, request.user
    questions = list(data["questions"])
    started = verbs.start_baselines(study, questions, data["baselines"], by)
    if data["endpoint"] is not None:
        judge = verbs.start_judge(
            study, questions, data["endpoint"], data["model"], form.sampling, by
        )
        started.append(judge)
    if not started:
        form.add_error("baselines", _("These baselines have nothing to say about these questions."))
        context = {"study": study, "tab": "runs", "form": form, "work": None}
        return render(request, "run_new.html", context, status=422)
    if len(started) == 1:
        return redirect("run", study.name, started[0].pk)
    return redirect("runs", study.name)
