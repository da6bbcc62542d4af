"""One row of an arm's run in full: the prompt as it was sent, every attempt, and what was made of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from annotation.apart import apart
from annotation.models import AttributeVariant, Evidence
from personalization.arms.step import ArmStepOf
from personalization.models import Extraction, Generation, Merging, ModelCall, Pointing, Revision
from personalization.models.arm_work import ArmWork
from personalization.views.arm_rows import RowLine, line
from personalization.views.run_calls import Attempt, Sent, attempt, parameters, request_of, sent

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that came of a row: a text, and what is said beside it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Full:
    """A row with all calls that were made for it, and the last one's request."""

    line: RowLine
    attempts: list[Attempt]
    sent: list[Sent]
    parameters: str
    things: list[Thing]


def whole(step: ArmStepOf[Any], row: ArmWork) -> Full:
    """Return a row with its request, answers and attempts."""
    found = ModelCall.objects.filter(step=step.name, work_id=row.pk).select_related("reused")
    calls = list(found.order_by("attempt"))
    request = request_of(calls)
    attempts = [attempt(one) for one in calls]
    return Full(line(row), attempts, sent(request), parameters(request), things(row))


def things(row: ArmWork) -> list[Thing]:
    """Return what came of a settled row, piece by piece."""
    if row.trial or row.settled_at is None or row.failure:
        return []
    match row:
        case Extraction():
            variants = AttributeVariant.objects.filter(extracted__extraction=row).order_by("pk")
            return [Thing(one.text, _said(one)) for one in variants[:MOST_SHOWN]]
        case Merging(enrollment=person):
            return _merged(row, person.participant_id)
        case Pointing(attribute=one):
            turns = Evidence.objects.filter(attribute=one).select_related("turn")
            return [Thing(each.turn.text) for each in turns.order_by("turn__pk")[:MOST_SHOWN]]
        case Revision() if row.new_text:
            return [Thing(row.new_text, row.new_reason)]
        case Generation(response=written) if written is not None:
            return [Thing(written.text)]
    return []


def _merged(row: ArmWork, participant: int) -> list[Thing]:
    """Return the attributes of a person that have more than one wording."""
    variants = AttributeVariant.objects.filter(
        attribute__in_arms__arm=row.arm_id, attribute__participant=participant
    ).select_related("attribute")
    wordings: dict[str, list[str]] = {}
    for one in variants.order_by("attribute", "pk"):
        wordings.setdefault(one.attribute.text, []).append(one.text)
    return [
        Thing(text, together([_("also"), *(apart(one) for one in said if one != text)]))
        for text, said in wordings.items()
        if len(said) > 1
    ][:MOST_SHOWN]


def _said(one: AttributeVariant) -> str:
    sure = "" if one.confidence is None else _("confidence %(n)s") % {"n": f"{one.confidence:g}"}
    return together([apart(one.reason) if one.reason else "", sure])


def together(parts: Iterable[str]) -> str:
    """Return what is said beside a text, in one line; texts of others stand apart in it."""
    return format_html_join(" · ", "{}", ((one,) for one in parts if one))
