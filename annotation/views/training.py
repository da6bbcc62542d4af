"""What was right at a training sheet, said to the person who has just sent it."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.answers import SheetForm, attribute_of, wording
from annotation.checks import Feedback, feedback
from annotation.models import Slot
from annotation.models.slot import Purpose
from annotation.sheets import rater_of
from annotation.steps import progress
from annotation.views.sheet_page import contents, in_words
from annotation.visits import ParticipantRequest, participant_required


@dataclass(frozen=True, slots=True)
class Line:
    """One item in words: what it is about, what was asked and said, what is right, and why."""

    about: str
    question: str
    given: str
    right: tuple[str, ...]
    why: str
    fits: bool | None


@never_cache
@require_safe
@participant_required
def training(request: ParticipantRequest, pk: int) -> HttpResponse:
    """Show what is right at a training sheet that this person has sent; nothing else has this page."""
    slot = (
        Slot.objects.select_related("sheet__study", "rater")
        .filter(
            pk=pk,
            sheet__study=request.enrollment.study_id,
            rater=rater_of(request.enrollment),
            purpose=Purpose.TRAINING,
            submitted_at__isnull=False,
        )
        .first()
    )
    if slot is None:
        raise Http404
    lines = [_line(slot, one) for one in feedback(slot)]
    shown = contents(slot, SheetForm(slot))
    context = {
        "lines": lines,
        "query": shown.get("query"),
        "texts": shown.get("texts"),
        "fitting": sum(one.fits is True for one in lines),
        "progress": progress(request.enrollment),
    }
    return render(request, "training.html", context)


def _line(slot: Slot, one: Feedback) -> Line:
    about = attribute_of(one.item)
    return Line(
        about=about.text if about else "",
        question=wording(slot, one.item),
        given=in_words(slot, one.item, one.given),
        right=tuple(in_words(slot, one.item, code) for code in one.right),
        why=one.why,
        fits=one.fits,
    )
