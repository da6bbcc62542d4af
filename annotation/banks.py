"""Sheets put into a bank (gold, training, attention) and taken out, and what is right at them.

What is right is said by a researcher, at the sheet's preview. A sheet goes into a bank only where the
right answer to everything that it must have is known.

What becomes of its quota: answers that were sent stay labels, in their panels. Places that nobody ever
had are deleted: raters now get the sheet as a check, and a check is no label. While a place was begun
and not sent, the sheet stays where it is: whoever has it, or comes back to it, answers it as a label.
Taken out of the bank, the sheet gets the places that the plan of its stage wants; checks that nobody
has begun are deleted.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from annotation import majority, plans
from annotation.answers import items_of
from annotation.arrangement import is_required
from annotation.models import Item, Judgment, Lapse, Reference, Sheet, Slot, User
from annotation.models.judgment import ReferenceKind, Use
from annotation.models.places import ANYBODYS
from annotation.models.question import Kind
from annotation.models.sheet import SheetUse, Stage
from annotation.models.slot import Purpose, SlotRole
from annotation.plans import Hold

CHECKS = (Purpose.GOLD, Purpose.TRAINING, Purpose.ATTENTION)


class NoBank(Enum):
    """Why something cannot be done with a sheet's right answers."""

    UNKNOWN = "unknown"  # what is right is not known for everything that must be answered
    BEGUN = "begun"  # somebody has the sheet open, or had it and did not send it
    NO_PAGE = "no_page"  # a sheet of an import, which raters never see here


class BankError(Exception):
    """A sheet cannot be put where it was to go."""

    def __init__(self, why: NoBank) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Known:
    """An item of a sheet, whether it must be answered, and what is known to be right."""

    item: Item
    must: bool
    reference: Reference | None


def known(sheet: Sheet) -> list[Known]:
    """Return the items of a sheet with what is right, in the order in which they were laid."""
    right = {
        one.item_id: one
        for one in Reference.objects.select_related("by").filter(
            item__sheet=sheet, kind=ReferenceKind.GOLD, superseded_at=None
        )
    }
    page = Slot(sheet=sheet, role=SlotRole.THIRD_PARTY)
    return [Known(item, _must(page, item), right.get(item.pk)) for item in items_of(page)]


def is_ready(items: list[Known]) -> bool:
    """Return whether the right answer to everything that must be answered is known."""
    return any(one.must for one in items) and all(one.reference for one in items if one.must)


@transaction.atomic
def take_answers(user: User, sheet: Sheet, why: str) -> int:
    """Let what a researcher answered in the preview be right, for these reasons; return how many.

    It takes the place of what was right before, also where the researcher left something open.
    """
    _held(sheet)
    given = {
        one.item_id: one.value
        for one in Judgment.objects.filter(
            item__sheet=sheet,
            rater__participant__user=user,
            use=Use.PREVIEW,
            superseded_at=None,
            value__isnull=False,
        )
    }
    page = Slot(sheet=sheet, role=SlotRole.THIRD_PARTY)
    items = items_of(page)
    if not given or any(item.pk not in given for item in items if _must(page, item)):
        raise BankError(NoBank.UNKNOWN)
    Reference.objects.filter(item__in=items, kind=ReferenceKind.GOLD, superseded_at=None).update(
        superseded_at=Now()
    )
    Reference.objects.bulk_create(
        [
            Reference(item_id=item, kind=ReferenceKind.GOLD, accepted=[value], by=user, note=why)
            for item, value in given.items()
        ]
    )
    return len(given)


@transaction.atomic
def put(sheet: Sheet, use: SheetUse) -> bool:
    """Put a sheet into a bank, or back among the labels; return whether that changed anything."""
    if sheet.stage not in Stage.values:
        raise BankError(NoBank.NO_PAGE)
    if use is SheetUse.LABEL:
        # In the order in which everybody does it who lays places.
        plans.hold(sheet.study_id, sheet.stage, Hold.LAY)
        majority.take_turn(sheet)
    now = _held(sheet)
    if now.use == use:
        return False
    if use is not SheetUse.LABEL:
        if not is_ready(known(now)):
            raise BankError(NoBank.UNKNOWN)
        _end_quota(now)
    _drop(now, CHECKS)
    now.use = use
    now.save(update_fields=["use"])
    if use is SheetUse.LABEL:
        plans.lay_places(now)
    return True


def _held(sheet: Sheet) -> Sheet:
    """Return a sheet that nobody else changes until the transaction ends."""
    rows = Sheet.objects.select_related("study").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=sheet.pk)


def _must(page: Slot, item: Item) -> bool:
    return item.question.kind != Kind.ERROR_CODE and is_required(page, item)


def _end_quota(sheet: Sheet) -> None:
    """Let nobody get a sheet for labels any more; refuse while somebody has begun it for that."""
    _drop(sheet, ANYBODYS)
    left = sheet.slots.filter(role=SlotRole.THIRD_PARTY, purpose__in=ANYBODYS, submitted_at=None)
    if left.exists():
        raise BankError(NoBank.BEGUN)


def _drop(sheet: Sheet, purposes: tuple[Purpose, ...]) -> None:
    """Delete the strangers' places of some purposes that nobody ever had."""
    begun = Lapse.objects.filter(slot=OuterRef("pk"))
    answered = Judgment.objects.filter(slot=OuterRef("pk"))
    mine = sheet.slots.filter(role=SlotRole.THIRD_PARTY, purpose__in=purposes)
    free = mine.filter(~Exists(begun), ~Exists(answered), rater=None)
    places = free.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    Slot.objects.filter(pk__in=list(places)).delete()
