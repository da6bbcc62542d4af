"""A run of an arm: how far it is, what failed and why; and one row of it, with prompt and answer."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization.models import ArmRun
from personalization.pipeline.progress import KindProgress, progress
from personalization.views.arm_rows import Which, kinds_of, of, rows
from personalization.views.arm_state import ArmLine, lines
from personalization.views.arm_told import whole
from personalization.views.arm_wording import kind_name
from personalization.views.lookup import start_after
from personalization.views.run_limit_forms import LimitsForm
from personalization.views.run_pace import minutes_of

ROWS = 20


@require_safe
@researcher_required
def arm_run(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show one run: how far it is, what is wrong, and its rows."""
    one = run_named(name, pk)
    return run_page(request, one, LimitsForm(run=one))


def run_page(
    request: StaffRequest, one: ArmRun, form: LimitsForm, *, status: int = 200
) -> HttpResponse:
    """Return the page of a run, with its limits as they are or as somebody has just sent them."""
    (line,) = lines([one])
    context = _progress(one, line)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "arm_run.html#progress", context | {"followed": True})
    kinds = kinds_of(one)
    kind = request.GET.get("kind") or next(iter(kinds))
    which = request.GET.get("which", "")
    if kind not in kinds or (which and which not in Which):
        raise Http404
    shown, more = rows(one, kinds[kind], which=which, after=start_after(request), most=ROWS)
    context |= {
        "rows": shown,
        "next": more,
        "kind": kind,
        "which": which,
        "kinds_on_offer": [(name, kind_name(name)) for name in kinds],
        "on_offer": Which.choices,
        "form": form,
    }
    return render(request, "arm_run.html", context, status=status)


@require_safe
@researcher_required
def arm_row(request: StaffRequest, name: str, pk: int, kind: str, row: int) -> HttpResponse:
    """Show all that a model was sent and has said about one row, attempt by attempt."""
    one = run_named(name, pk)
    step = kinds_of(one).get(kind)
    if step is None:
        raise Http404
    full = whole(step, get_object_or_404(of(one, step), pk=row))
    context = {"study": one.study, "tab": "pipeline", "run": one, "full": full}
    return render(request, "arm_row.html", context)


def run_named(name: str, pk: int) -> ArmRun:
    """Return a run of the study of that name, or answer 404."""
    every = ArmRun.objects.select_related("study", "arm__endpoint", "arm__base", "by", "endpoint")
    return get_object_or_404(every, pk=pk, study__name=name)


def _progress(one: ArmRun, line: ArmLine) -> dict[str, Any]:
    """Return what the part of the page needs that follows a run."""
    kinds: list[KindProgress] = progress(one)
    return {
        "study": one.study,
        "tab": "pipeline",
        "line": line,
        "run": one,
        "kinds": [(kind_name(each.name), each) for each in kinds],
        "failed": sum(each.failed for each in kinds),
        "minutes": minutes_of(one),
    }
