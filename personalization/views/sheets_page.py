"""The sheets of a study, to find those that were flagged and to look at any as a rater would."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, TextChoices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from annotation.models import Lapse, Sheet, Slot, Study
from annotation.models.sheet import SheetUse, Stage
from annotation.models.slot import Purpose
from annotation.permissions import StaffRequest, researcher_required
from personalization.views.lookup import start_after, study_named

PAGE = 50


class Shown(TextChoices):
    """Whether raters may open a sheet."""

    SHOWN = "shown", gettext_lazy("Shown to raters")
    HIDDEN = "hidden", gettext_lazy("Flagged or hidden")


@dataclass(frozen=True, slots=True)
class Row:
    """A sheet with its places by state, and how often each reason ended a lease; previews left out."""

    sheet: Sheet
    sent: int
    held: int
    free: int
    lapses: tuple[tuple[str, int], ...]

    @property
    def has_page(self) -> bool:
        """Return whether raters could see it: sheets of imports have no page."""
        return self.sheet.stage in Stage.values


@require_safe
@researcher_required
def study_sheets(request: StaffRequest, name: str) -> HttpResponse:
    """List a study's sheets, the newest first; never what stands on them."""
    study = study_named(name)
    stage = _chosen(request, "stage", Stage.values)
    use = _chosen(request, "use", SheetUse.values)
    state = _chosen(request, "state", Shown.values)
    page = list(_asked(study, stage, use, state, start_after(request))[: PAGE + 1])
    context = {
        "study": study,
        "tab": "sheets",
        "stages": Stage.values,
        "uses": SheetUse.values,
        "states": Shown,
        "stage": stage,
        "use": use,
        "state": state,
        "filtered": bool(stage or use or state or request.GET.get("after")),
        "rows": rows(page[:PAGE]),
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
    }
    return render(request, "study_sheets.html", context)


def rows(sheets: list[Sheet]) -> list[Row]:
    """Return sheets with what became of their places, by two queries for the whole page."""
    kept = Slot.objects.filter(sheet__in=sheets).exclude(purpose=Purpose.PREVIEW)
    places = {
        pk: (sent, held, free)
        for pk, sent, held, free in kept.order_by()
        .values_list("sheet")
        .annotate(
            sent=Count("pk", filter=Q(submitted_at__isnull=False)),
            held=Count("pk", filter=Q(rater__isnull=False, submitted_at=None)),
            free=Count("pk", filter=Q(rater=None)),
        )
    }
    ended = Lapse.objects.filter(sheet__in=sheets, rater__participant__user=None)
    lapses: dict[int, Counter[str]] = {}
    for sheet, why, count in (
        ended.order_by().values_list("sheet", "why").annotate(count=Count("pk"))
    ):
        lapses.setdefault(sheet, Counter())[why] = count
    return [
        Row(
            sheet,
            *places.get(sheet.pk, (0, 0, 0)),
            tuple(sorted(lapses.get(sheet.pk, Counter()).items())),
        )
        for sheet in sheets
    ]


def _asked(study: Study, stage: str, use: str, state: str, after: int) -> QuerySet[Sheet]:
    found = study.sheets.select_related("owner__participant").order_by("-pk")
    if stage:
        found = found.filter(stage=stage)
    if use:
        # In words that the index of the few checks understands.
        found = (
            found.filter(use=use)
            if use == SheetUse.LABEL
            else found.filter(~Q(use="label"), use=use)
        )
    if state:
        found = found.filter(hidden_at__isnull=state == Shown.SHOWN)
    return found.filter(pk__lt=after) if after else found


def _chosen(request: HttpRequest, name: str, values: list[str]) -> str:
    """Return what one of the filters asks for, empty for all."""
    chosen = request.GET.get(name, "")
    if chosen and chosen not in values:
        raise Http404
    return chosen
