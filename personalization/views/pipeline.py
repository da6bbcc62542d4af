"""The pipeline of a study: its arms by step, and what is not put before people yet."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization import laying as reviews
from personalization.generation import laying as comparisons
from personalization.generation import mentions
from personalization.models import Arm
from personalization.models.arm import ArmStep
from personalization.views.arm_state import steps
from personalization.views.lookup import study_named

# Whose attributes or responses a sheet of each kind can hold.
REVIEWED = (ArmStep.EXTRACTION, ArmStep.REVISION)
COMPARED = (ArmStep.GENERATION,)
WHAT = {
    "review": gettext_lazy("Lay review sheets"),
    "comparison": gettext_lazy("Lay comparison sheets"),
    "mention": gettext_lazy("Lay sheets about mentions"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that arms have made and nobody has been asked about."""

    what: str
    said: str
    arms: list[Arm]

    @property
    def button(self) -> str:
        """Return what the button says."""
        return str(WHAT[self.what])


@require_safe
@researcher_required
def pipeline(request: StaffRequest, name: str) -> HttpResponse:
    """Show the arms of a study and their runs; the list follows those that are under way."""
    study = study_named(name)
    found = steps(study)
    context: dict[str, Any] = {
        "study": study,
        "tab": "pipeline",
        "steps": found,
        "moving": any(
            line.moving for step in found for one in step.arms for line in one.lines
        ),
    }  # fmt: skip
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "pipeline.html#arms", context)
    return render(request, "pipeline.html", context | {"waiting": waiting(study)})


@require_POST
@researcher_required
def pipeline_lay(request: StaffRequest, name: str) -> HttpResponse:
    """Put before people what arms have made; what has its sheets is left alone."""
    study = study_named(name)
    match request.POST.get("what"):
        case "review":
            made = reviews.lay_reviews(study, _chosen(request, study, REVIEWED))
            sheets, people = made.sheets, made.people
        case "comparison":
            laid = comparisons.lay_comparisons(study, _chosen(request, study, COMPARED))
            sheets, people = laid.sheets, laid.people
        case "mention":
            asked = mentions.lay_mentions(study)
            sheets, people = asked.sheets, asked.for_people
        case _:
            raise Http404
    if sheets:
        said = ngettext(
            "%(sheets)s sheet is laid, for %(people)s people.",
            "%(sheets)s sheets are laid, for %(people)s people.",
            sheets,
        )
        messages.success(request, said % {"sheets": sheets, "people": people})
    else:
        messages.info(request, _("There was nothing new to lay."))
    return redirect("pipeline", name)


def waiting(study: Study) -> list[Waiting]:
    """Return what of a study's arms is not put before people yet."""
    arms = list(study.arms.order_by("step", "pk"))
    found = []
    if (left := reviews.unlaid(study)).attributes:
        said = ngettext(
            "%(n)s attribute, of %(people)s people, has not been reviewed by anybody and is on no"
            " sheet.",
            "%(n)s attributes, of %(people)s people, have not been reviewed by anybody and are on no"
            " sheet.",
            left.attributes,
        ) % {"n": left.attributes, "people": left.people}
        found.append(Waiting("review", said, [one for one in arms if one.step in REVIEWED]))
    if (pairs := comparisons.unlaid(study)).pairs:
        said = ngettext(
            "%(n)s pair of responses, for %(people)s people, is on no sheet.",
            "%(n)s pairs of responses, for %(people)s people, are on no sheet.",
            pairs.pairs,
        ) % {"n": pairs.pairs, "people": pairs.people}
        found.append(Waiting("comparison", said, [one for one in arms if one.step in COMPARED]))
    if n := mentions.unlaid(study):
        said = ngettext(
            "%(n)s attribute of a response pair: nobody has said yet whether the response names it.",
            "%(n)s attributes of response pairs: nobody has said yet whether the responses name them.",
            n,
        ) % {"n": n}
        found.append(Waiting("mention", said, []))
    return found


def _chosen(request: StaffRequest, study: Study, of: tuple[ArmStep, ...]) -> list[Arm] | None:
    """Return the arms that were chosen; None for all of them."""
    said = request.POST.getlist("arm")
    arms = list(study.arms.filter(step__in=of).order_by("pk"))
    found = [one for one in arms if str(one.pk) in said]
    if len(found) < len(set(said)):
        raise Http404
    return found if said and len(found) < len(arms) else None
