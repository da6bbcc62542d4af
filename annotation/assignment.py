"""Who gets which sheet: claim a place, send it in, or give it back.

Every verb locks the person's enrollment first and a place after it, so that two tabs of one person
take turns and nobody waits in a circle. Other people's places are claimed with SKIP LOCKED.
"""

from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from annotation.answers import Answers
from annotation.enrollment import GIVEN_BACK, go_on, open_own_slots
from annotation.models import Enrollment, Judgment, Lapse, Rater, Sheet, Slot
from annotation.models.person import Scope
from annotation.models.sheet import Stage
from annotation.models.slot import LapseReason, Purpose, SlotRole
from annotation.sheets import rater_of
from annotation.submission import is_same, is_sent, is_surplus, write


class Refusal(Enum):
    """Why a person may not do something with a sheet."""

    NOT_THEIRS = "not_theirs"  # nobody ever gave it to this person
    SENT = "sent"  # the person has sent it before, with other answers
    TOO_LATE = "too_late"  # the time was over, and somebody else has the place now
    TAKEN_AWAY = "taken_away"  # flagged, or its owner does not show it any more
    LEFT = "left"  # the person has withdrawn, or never agreed


class SheetError(Exception):
    """A person may not do this with this sheet."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def claim_own(enrollment: Enrollment) -> Slot | None:
    """Return the next of a person's own sheets, leased to them; None where none waits."""
    with transaction.atomic():
        person = _here(enrollment)
        slot = open_own_slots(person).select_for_update(of=("self",)).first()
        return _lease(person, slot) if slot else None


def claim_other(enrollment: Enrollment) -> Slot | None:
    """Return a sheet of somebody else's, leased to this person: the one they have, or a new one."""
    with transaction.atomic():
        person = _here(enrollment)
        if person.finished_at is not None:
            return None
        rater = rater_of(person)
        slot = _held(person, rater).first()
        if slot is None:
            slot = _first(_free(person, rater)) or _first(_expired(person, rater))
        return _lease(person, slot) if slot else None


def other_available(enrollment: Enrollment) -> bool:
    """Return whether `claim_other` would find a sheet now."""
    rater = rater_of(enrollment)
    found = (_held, _free, _expired)
    return any(places(enrollment, rater).exists() for places in found)


def next_release(enrollment: Enrollment) -> datetime | None:
    """Return when the next place may become free for a person, as leases stand; None for never."""
    places = _new_to(enrollment, rater_of(enrollment)).filter(reserved_for=None)
    first: datetime | None = places.aggregate(first=Min("leased_until"))["first"]
    return first


def hold(enrollment: Enrollment, slot_id: int) -> Slot:
    """Return the place at a sheet that a person may fill in now, taken anew where it was given up."""
    with transaction.atomic():
        person = _here(enrollment)
        slot, rater = _place(person, slot_id), rater_of(person)
        if is_sent(slot, rater):
            raise SheetError(Refusal.SENT)
        place = _take(person, rater, slot)
        if not Slot.objects.filter(_shown_to(rater), pk=place.pk).exists():
            raise SheetError(Refusal.TAKEN_AWAY)
        return place


def submit(enrollment: Enrollment, slot_id: int, answers: Answers) -> bool:
    """Keep a person's answers to a sheet, and let the person go on.

    Sending the same once more does no harm. Whoever is late keeps the place while nobody else has
    it; after that the answers are kept as surplus, outside every panel, and False is returned.
    """
    with transaction.atomic():
        person = _here(enrollment)
        slot, rater = _place(person, slot_id), rater_of(person)
        if is_sent(slot, rater):
            if is_same(slot, rater, answers):
                return not is_surplus(slot, rater)
            raise SheetError(Refusal.SENT)
        try:
            place = _take(person, rater, slot)
        except SheetError as error:
            if error.why is not Refusal.TOO_LATE:
                raise
            place = None
        write(person, slot, answers, place, counts=not _is_taken_back(slot.sheet))
        if place is not None:
            Slot.objects.filter(pk=place.pk).update(submitted_at=Now(), draft=None)
        go_on(person.pk)
        return place is not None


def give_back(enrollment: Enrollment, slot_id: int, why: LapseReason, note: str = "") -> None:
    """Free a person's place for somebody else; what was entered is kept with the lapse.

    A flagged sheet is hidden from everybody until a researcher has looked at it.
    """
    with transaction.atomic():
        person = _here(enrollment)
        slot, rater = _place(person, slot_id), rater_of(person)
        if is_sent(slot, rater):
            raise SheetError(Refusal.SENT)
        if slot.rater_id == rater.pk:
            _free_up(slot, rater, why, note)
        elif not _may_take(slot, rater):
            raise SheetError(Refusal.NOT_THEIRS)
        elif not Lapse.objects.filter(slot=slot, rater=rater, why=why).exists():
            Lapse.objects.create(slot=slot, sheet=slot.sheet, rater=rater, why=why, note=note)
        if why == LapseReason.FLAGGED:
            Sheet.objects.filter(pk=slot.sheet_id, hidden_at=None).update(hidden_at=Now())
        go_on(person.pk)


def _here(enrollment: Enrollment) -> Enrollment:
    """Return the person's enrollment, locked; refuse people who have withdrawn or not agreed."""
    person = Enrollment.objects.select_related("study", "participant")
    locked = person.select_for_update(of=("self",)).get(pk=enrollment.pk)
    if locked.withdrawn_at is not None or locked.consented_at is None:
        raise SheetError(Refusal.LEFT)
    return locked


def _place(person: Enrollment, slot_id: int) -> Slot:
    slots = Slot.objects.select_related("sheet__study").select_for_update(of=("self",))
    slot = slots.filter(sheet__study=person.study_id, pk=slot_id).first()
    if slot is None:
        raise SheetError(Refusal.NOT_THEIRS)
    return slot


def _is_taken_back(sheet: Sheet) -> bool:
    """Return whether the person whom a sheet is about has withdrawn while others had it open."""
    return Enrollment.objects.filter(
        study=sheet.study_id, participant__rater=sheet.owner_id, withdrawn_at__isnull=False
    ).exists()


def _may_take(slot: Slot, rater: Rater) -> bool:
    """Return whether a place is kept for this rater, or was the rater's before."""
    return slot.reserved_for_id == rater.pk or _lapses(slot, rater).exists()


def _lapses(slot: Slot, rater: Rater) -> "QuerySet[Lapse]":
    return Lapse.objects.filter(slot=slot, rater=rater)


def _take(person: Enrollment, rater: Rater, slot: Slot) -> Slot:
    """Return the person's place at the sheet of `slot`: that one, or another one given since."""
    if slot.rater_id == rater.pk:
        return slot
    if not _may_take(slot, rater):
        raise SheetError(Refusal.NOT_THEIRS)
    if _lapses(slot, rater).filter(why=LapseReason.FLAGGED).exists():
        raise SheetError(Refusal.TAKEN_AWAY)
    same_sheet = Slot.objects.select_related("sheet__study").select_for_update(of=("self",))
    if since := same_sheet.filter(sheet=slot.sheet_id, rater=rater, occasion=slot.occasion).first():
        return since
    if slot.rater_id is not None:
        raise SheetError(Refusal.TOO_LATE)
    return _lease(person, slot)


def _shown_to(rater: Rater) -> Q:
    """Return which sheets a rater may see: no flag on them, and others' only as they agreed to."""
    owners = Enrollment.objects.filter(
        study=OuterRef("sheet__study"),
        participant__rater=OuterRef("sheet__owner"),
        withdrawn_at=None,
        scopes__contains=[Scope.SHOW],
    )
    theirs = Q(sheet__owner=rater) | Q(sheet__owner=None)
    return Q(sheet__hidden_at=None) & (theirs | Q(Exists(owners)))


def _others(person: Enrollment, rater: Rater) -> "QuerySet[Slot]":
    return (
        Slot.objects.select_related("sheet__study")
        .filter(
            _shown_to(rater),
            sheet__study=person.study_id,
            sheet__stage__in=Stage.values,
            role=SlotRole.THIRD_PARTY,
            purpose=Purpose.LABEL,
            submitted_at=None,
        )
        .order_by("position", "id")
    )


def _held(person: Enrollment, rater: Rater) -> "QuerySet[Slot]":
    return _others(person, rater).filter(rater=rater)


def _new_to(person: Enrollment, rater: Rater) -> "QuerySet[Slot]":
    """Return places at sheets that this rater does not own and has had nothing to do with."""
    sheet = OuterRef("sheet")
    return _others(person, rater).exclude(
        Q(sheet__owner=rater)
        | Q(Exists(Slot.objects.filter(sheet=sheet, rater=rater)))
        | Q(Exists(Lapse.objects.filter(sheet=sheet, rater=rater, why__in=GIVEN_BACK)))
        | Q(Exists(Judgment.objects.filter(item__sheet=sheet, rater=rater)))
    )


def _free(person: Enrollment, rater: Rater) -> "QuerySet[Slot]":
    not_reserved = Q(reserved_for=None) | Q(reserved_for=rater)
    return _new_to(person, rater).filter(not_reserved, rater=None)


def _expired(person: Enrollment, rater: Rater) -> "QuerySet[Slot]":
    """Return places whose holder let the time go by: taken only where none is free."""
    return _new_to(person, rater).filter(reserved_for=None, leased_until__lt=Now())


def _first(places: "QuerySet[Slot]") -> Slot | None:
    return places.select_for_update(skip_locked=True, of=("self",)).first()


def _lease(person: Enrollment, slot: Slot) -> Slot:
    """Give a locked place to a person for the time of the study; whoever had it has lapsed."""
    rater = rater_of(person)
    until = {"leased_until": Now() + timedelta(minutes=person.study.lease_minutes)}
    if slot.rater is not None and slot.rater != rater:
        _free_up(slot, slot.rater, LapseReason.EXPIRED)
    lease = Slot.objects.filter(pk=slot.pk)
    if slot.rater_id is None:
        before = _lapses(slot, rater).order_by("-id").first()
        lease.update(rater=rater, leased_at=Now(), draft=before.draft if before else None, **until)
    else:
        lease.update(**until)
    slot.refresh_from_db(fields=["rater", "leased_at", "leased_until", "draft"])
    return slot


def _free_up(slot: Slot, holder: Rater, why: LapseReason, note: str = "") -> None:
    """End the lease of a place, and keep what its holder had entered."""
    Lapse.objects.create(
        slot=slot,
        sheet=slot.sheet,
        rater=holder,
        leased_at=slot.leased_at,
        why=why,
        note=note,
        draft=slot.draft,
    )
    slot.rater = slot.leased_at = slot.leased_until = slot.draft = None
    slot.save(update_fields=["rater", "leased_at", "leased_until", "draft"])
