"""What a sent sheet brings about: more raters, a later wave, and the sheets put in between."""

from annotation import checks, extras, majority, plans, repeats, waves
from annotation.models import Enrollment, Rater, Slot
from annotation.models.person import Part
from annotation.models.places import ANYBODYS
from annotation.models.sheet import Stage
from annotation.models.slot import SlotRole


def follow(person: Enrollment, rater: Rater, slot: Slot) -> None:
    """Lay the places that follow from a submitted one, in the transaction that submits it."""
    if slot.role == SlotRole.THIRD_PARTY and not person.preview and _goes_on(person):
        checks.due(person, rater)
        repeats.due(person, rater)
    if slot.role == SlotRole.THIRD_PARTY and slot.purpose in ANYBODYS:
        _after_stranger(slot)


def _after_stranger(slot: Slot) -> None:
    """Ask one more stranger where all have answered and do not agree; else open what waited."""
    sheet = slot.sheet
    plan = plans.planned(sheet.study, sheet.stage)
    if not plan.extra_most and sheet.stage != Stage.RELEVANCE:
        return
    majority.take_turn(sheet)
    if majority.is_complete(sheet) and not extras.add(slot, plan):
        waves.after(slot)


def _goes_on(person: Enrollment) -> bool:
    """Return whether more sheets of others are asked of a person."""
    return person.part != Part.OTHERS or person.others_sent < person.study.sheets_each
