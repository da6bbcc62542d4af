"""Try a version of a prompt on some items, or on texts that give orders; see what came of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation.models import Item, Option, Study
from annotation.permissions import StaffRequest, researcher_required
from personalization import prompt_versions
from personalization.judge import trials
from personalization.judge.injection_check import Effect, check
from personalization.judge.injections import CORPUS, Attack
from personalization.judge.manner import Manner
from personalization.judge.planning import Plan, preview
from personalization.judge.raters import UnfitError
from personalization.judge.scales import scale_of
from personalization.models import JudgeRun, PromptVersion, Verdict
from personalization.views.arm_forms import PROMPTS
from personalization.views.prompt_forms import TrialForm
from personalization.views.prompt_wording import about, attack_kind
from personalization.views.run_calls import Sent, said, sent
from personalization.views.run_prompt_forms import FIELD
from personalization.views.run_rows import ITEM_TEXTS, title_of
from personalization.views.run_state import lines

MOST_BESIDE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def prompt_trial(request: StaffRequest, name: str, version: int) -> HttpResponse:
    """Ask on what a version is to be tried, say how many calls that takes, and start."""
    one = get_object_or_404(PromptVersion, name=name, version=version)
    if not prompt_versions.own(name):
        raise Http404
    planted = request.GET.get("what") == "injections"
    context: dict[str, Any] = {
        "version": one,
        "about": about(name),
        "planted": planted,
        "corpus": len(CORPUS),
        "studies": Study.objects.order_by("title", "name"),
    }
    study = _study(request)
    if prompt_versions.of_arms(name) and planted:
        raise Http404
    if study is None:
        return render(request, "prompt_trial.html", context)
    if prompt_versions.of_arms(name):
        return redirect(_arm_with(one, study))
    data = request.POST if request.method == "POST" else None
    form = TrialForm(data, name=name, study=study, planted=planted)
    valid = form.is_bound and form.is_valid()
    if valid and "start" in request.POST:
        try:
            run = trials.start(one, form.setting(), request.user)
        except prompt_versions.StaleError:
            messages.error(request, _("Somebody has changed this version at this moment."))
            return redirect("prompt_version", name, version)
        except UnfitError as error:
            form.add_error(None, list(error.faults))
        else:
            return redirect("trial", study.name, run.pk)
    context |= {"study": study, "form": form, "work": None if form.errors else _work(form)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "prompt_trial.html#work", context)
    return render(request, "prompt_trial.html", context, status=422 if form.errors else 200)


def _arm_with(version: PromptVersion, study: Study) -> str:
    """Return where an arm with this version is made and tried."""
    step = next(step for step, names in PROMPTS.items() if version.name in names)
    asked = urlencode({"step": step, f"{FIELD}{version.name}": version.version})
    return f"{reverse('arm_new', args=[study.name])}?{asked}"


@require_safe
@researcher_required
@never_cache
def trial(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show what a trial has brought so far; it follows the run. Beside another one, where asked."""
    run = _trial(name, pk)
    (line,) = lines([run])
    context: dict[str, Any] = {"study": run.study, "tab": "runs", "run": run, "line": line}
    context |= {"prompts": _prompts(run), "question": trials.question_of(run)}
    if run.planted:
        context |= _checked(run)
    else:
        other = _beside(request, run)
        shown = [one for one in (run, other) if one is not None]
        context |= {"other": other, "others": _others(run), "tried": [_tried(one) for one in shown]}
        context["items"] = _side_by_side(context["tried"])
    part = "#results" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"prompt_results.html{part}", context)


@dataclass(frozen=True, slots=True)
class Shown:
    """One reading as the page says it."""

    verdict: Verdict
    label: str
    text: str
    error: str
    sent: list[Sent]


@dataclass(frozen=True, slots=True)
class Cell:
    """One item in one trial: what it came to, what people say, and its readings."""

    judge: str
    row: trials.Row
    label: str
    people: str
    shown: list[Shown]


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial with its results, and the versions of prompts that set it apart."""

    run: JudgeRun
    prompts: list[PromptVersion]
    results: trials.Results
    cells: dict[int, Cell]


def _tried(run: JudgeRun) -> Tried:
    results = trials.results(run)
    options = Option.objects.filter(question__in=run.questions)
    labels = {one.code: str(one) for one in options}
    cells = {}
    for row in results.rows:
        shown = [_shown(one, labels) for one in row.told]
        value = row.settled.value if row.settled else None
        people = labels.get(_code(row.majority), "")
        cells[row.item.pk] = Cell(str(run.rater), row, labels.get(_code(value), ""), people, shown)
    return Tried(run, _prompts(run), results, cells)


def _shown(verdict: Verdict, labels: dict[int, str]) -> Shown:
    call = verdict.call
    label = labels.get(_code(verdict.value), "")
    if call is None:
        return Shown(verdict, label, "", "", [])
    return Shown(verdict, label, said(call), call.error or "", sent(call.request))


def _code(value: int | None) -> int:
    return -1 if value is None else value


def _side_by_side(tried: list[Tried]) -> list[dict[str, Any]]:
    """Return all items of these trials, each with its cell of every trial (None: not there yet)."""
    found = {pk: cell for one in tried for pk, cell in one.cells.items()}
    titles = Item.objects.select_related(*ITEM_TEXTS).in_bulk(found)
    return [
        {
            "title": title_of(titles[pk]),
            "item": titles[pk],
            "cells": [one.cells.get(pk) for one in tried],
        }
        for pk in sorted(found)
    ]


def _checked(run: JudgeRun) -> dict[str, Any]:
    """Return the table of an injection check."""
    manner = Manner.read(run.rater.configuration)
    scale = scale_of(trials.question_of(run))
    found = check(trials.readings_of(run), scale, manner.tie)
    by_kind: list[tuple[str, Effect, list[tuple[Attack, Effect]]]] = []
    for kind, effect in found.by_kind.items():
        of_kind = [one for one in CORPUS if one.kind == kind]
        each = [(one, found.by_attack.get(one.key, Effect())) for one in of_kind]
        by_kind.append((attack_kind(kind), effect, each))
    return {"check": found, "by_kind": by_kind, "corpus": len(CORPUS)}


def _work(form: TrialForm) -> Plan | None:
    """Return what the trial would do; None before anything is chosen."""
    if not form.is_bound:
        return None
    setting = form.setting()
    samples = 1 + len(CORPUS) if setting.planted else 1
    return preview(
        setting.question.study,
        [setting.question],
        provider=setting.endpoint.provider,
        samples=samples,
        most=setting.most_items,
    )


def _study(request: StaffRequest) -> Study | None:
    """Return the study that the address names; the only one, where there is one alone."""
    if name := request.GET.get("study"):
        return get_object_or_404(Study, name=name)
    found = list(Study.objects.all()[:2])
    return found[0] if len(found) == 1 else None


def _trial(name: str, pk: int) -> JudgeRun:
    runs = JudgeRun.objects.select_related("study", "rater", "by", "endpoint")
    return get_object_or_404(runs, pk=pk, study__name=name, trial=True)


def _others(run: JudgeRun) -> list[JudgeRun]:
    """Return the other trials on the same question, to be put beside."""
    runs = JudgeRun.objects.select_related("rater").filter(
        study=run.study_id, trial=True, planted=False, questions=run.questions
    )
    return list(runs.exclude(rater=run.rater_id).order_by("-pk")[:MOST_BESIDE])


def _beside(request: StaffRequest, run: JudgeRun) -> JudgeRun | None:
    said = request.GET.get("beside")
    if not said:
        return None
    found = next((one for one in _others(run) if str(one.pk) == said), None)
    if found is None:
        raise Http404
    return found


def _prompts(run: JudgeRun) -> list[PromptVersion]:
    """Return the versions of one's own that a judge uses; where there are none, nothing."""
    named = run.rater.configuration.get("prompts", {})
    rows = PromptVersion.objects.filter(
        name__in=named, version__in=[one["version"] for one in named.values()]
    ).defer("text")
    return [one for one in rows if named[one.name]["hash"] == one.hash]
