"""The home of a study: what it needs, how its people, sheets and the machine are doing, its numbers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from annotation.progress import UNDER_WAY, Group, groups, places
from personalization.agreement.report import question_name
from personalization.backlog import KINDS, backlog, open_arm_runs, open_runs, try_again
from personalization.models import AgreementReport
from personalization.readiness import Readiness, readiness
from personalization.views.lookup import study_named

HEADLINES = ("krippendorff_alpha", "raw_agreement")
RECENT_IMPORTS = 10
# How often the part that moves asks for itself: while somebody is at it, and otherwise.
BUSY_SECONDS, QUIET_SECONDS = 5, 10


@require_safe
@researcher_required
def study(request: StaffRequest, name: str) -> HttpResponse:
    """Show one study; the part that moves asks for itself again while somebody takes part."""
    one = study_named(name)
    if request.htmx:  # type: ignore[attr-defined]
        context = _progress(one, watched=one.closed_at is None)
        # Read aloud only where it is another one than before, so that nobody hears it all the time.
        context["said"] = request.GET.get("percent") == str(context["percent"])
        return render(request, "study.html#progress", {**context, "again": True})
    ready = readiness(one)
    questions = _questions(one)
    context = {
        "tab": "overview",
        "ready": ready,
        "questions": questions,
        "imports": one.label_imports.select_related("by")[:RECENT_IMPORTS],
        **_progress(one, watched=bool(ready.invites) and one.closed_at is None),
    }
    # A study of imported labels alone needs no people, and is not told what it lacks for them.
    context["taking_part"] = bool(context["people"]) or _begun(ready) or not questions
    return render(request, "study.html", context)


@require_POST
@researcher_required
def study_retry(request: StaffRequest, name: str) -> HttpResponse:
    """Let the machine try failed work of one step again."""
    step = request.POST.get("step", "")
    if step not in KINDS:
        raise Http404
    count = try_again(study_named(name), step)
    said = ngettext("%(count)s is tried again.", "%(count)s are tried again.", count)
    messages.info(request, said % {"count": count} if count else _("Nothing is left to try again."))
    return redirect("study", name)


def _progress(one: Study, *, watched: bool) -> dict[str, object]:
    """Return what moves while people take part."""
    people, sheets, work = groups(one), places(one), backlog(one)
    runs, arm_runs = open_runs(one), open_arm_runs(one)
    pending = any(step.waiting + step.in_work for step in work) or bool(runs.open + arm_runs.open)
    busy = pending or any(stage.is_busy for stage in sheets)
    sent = sum(stage.quota.submitted for stage in sheets)
    total = sum(stage.quota.total for stage in sheets)
    return {
        "study": one,
        "people": people,
        "count": sum(group.count for group in people),
        "places": sheets,
        "sent": sent,
        "total": total,
        "percent": 100 * sent // total if total else 0,
        "work": work,
        "runs": runs,
        "arm_runs": arm_runs,
        "live": watched or busy or _somebody(people),
        "pace": BUSY_SECONDS if busy else QUIET_SECONDS,
        "at": timezone.now(),
    }


def _somebody(people: list[Group]) -> bool:
    """Return whether somebody is on the way."""
    return any(group.standing in UNDER_WAY for group in people)


def _begun(ready: Readiness) -> bool:
    """Return whether anybody began to set the study up for people."""
    return bool(ready.consent or ready.queries or ready.invites or ready.study.chat_task)


def _questions(one: Study) -> list[dict[str, object]]:
    """Return the questions with their answers and headline numbers."""
    questions = list(one.questions.prefetch_related("options"))
    kept = AgreementReport.objects.filter(question__in=questions, selection="")
    reports = {report.question_id: report for report in kept}
    return [
        {
            "question": question,
            "name": question_name(question),
            "options": question.options.all(),
            "headline": _headline(reports.get(question.pk)),
        }
        for question in questions
    ]


def _headline(report: AgreementReport | None) -> dict[str, object]:
    """Return the item count and the people's headline numbers, as last computed."""
    if report is None:
        return {}
    people = {
        record["statistic"]: record
        for record in report.content["records"]
        if record["panel"] == "third_party" and record["against"] is None
    }
    numbers = [people[name] for name in HEADLINES if people.get(name, {}).get("value") is not None]
    return {"n_items": report.content["n_items"], "numbers": numbers}
