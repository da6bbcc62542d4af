"""A researcher looks at a sheet as a rater would, at a place of purpose preview that never counts.

The researcher's own account has a participant for that, with an enrollment marked as preview. Nobody's
browser ever becomes this participant: a page opens for the signed-in account it was laid for, at the
address of its preview places alone (see `watching`), so nothing is left behind when they go on.

What is sent from there is kept with use preview: in no panel, no export, no list of people, no pay.
There is one preview place for each sheet and researcher. To look again after sending, the answers are
superseded and the same place is taken anew; judgments are append-only, so they stay readable.
"""

import secrets
from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from annotation.consent import newest_text
from annotation.enrollment import in_study, locked
from annotation.hiding import has_withdrawn
from annotation.models import Enrollment, Judgment, Participant, Sheet, Slot, User
from annotation.models.consent import Way
from annotation.models.judgment import Use
from annotation.models.person import Part
from annotation.models.sheet import Stage
from annotation.models.slot import Purpose, SlotRole
from annotation.sheets import SEED_BITS, rater_of


class NoPreview(Enum):
    """Why nobody can look at a sheet as a rater would."""

    NO_TEXT = "no_text"  # the study has no consent text yet, so no rater could be there
    NO_PAGE = "no_page"  # a sheet of an import, which raters never see here
    WITHDRAWN = "withdrawn"  # the person whom it is about took everything back


class NoPreviewError(Exception):
    """A sheet cannot be looked at."""

    def __init__(self, why: NoPreview) -> None:
        super().__init__(why.value)
        self.why = why


def preview_place(user: User, sheet: Sheet, *, again: bool = False) -> tuple[Enrollment, Slot]:
    """Return the researcher's place at a sheet, held; the same at every look.

    Once it was sent it comes back as it is, unless it is asked for again: then the answers sent from
    it are superseded, and it is held anew.
    """
    if why := no_preview(sheet):
        raise NoPreviewError(why)
    person = _enrolled(user, sheet)
    with transaction.atomic():
        person = locked(person.pk)
        rater = rater_of(person)
        slot, _new = Slot.objects.get_or_create(
            sheet=sheet,
            role=SlotRole.THIRD_PARTY,
            purpose=Purpose.PREVIEW,
            reserved_for=rater,
            defaults={"seed": secrets.randbits(SEED_BITS)},
        )
        if slot.submitted_at is not None and not again:
            return person, slot
        if slot.submitted_at is not None:
            Judgment.objects.filter(
                item__sheet=sheet, rater=rater, use=Use.PREVIEW, superseded_at=None
            ).update(superseded_at=timezone.now())
        Slot.objects.filter(pk=slot.pk).update(
            rater=rater,
            leased_at=Now(),
            leased_until=Now() + timedelta(minutes=person.study.lease_minutes),
            submitted_at=None,
        )
        slot.refresh_from_db()
        return person, slot


def no_preview(sheet: Sheet) -> NoPreview | None:
    """Return why a sheet cannot be looked at; None where it can."""
    if sheet.stage not in Stage.values:
        return NoPreview.NO_PAGE
    if has_withdrawn(sheet):
        return NoPreview.WITHDRAWN
    return NoPreview.NO_TEXT if newest_text(sheet.study) is None else None


def preview_slot(user: User, sheet: Sheet) -> Slot | None:
    """Return the place from which a researcher has looked at a sheet; None where they have not."""
    mine = sheet.slots.filter(purpose=Purpose.PREVIEW, reserved_for__participant__user=user)
    return mine.select_related("sheet", "reserved_for").first()


def watching(user: User, study: str, slot: int) -> Enrollment | None:
    """Return the enrollment behind a preview place of this account; None where it is none of theirs."""
    who = Participant.objects.filter(
        user=user, rater__reserved_slots=slot, rater__reserved_slots__purpose=Purpose.PREVIEW
    )
    pk = who.values_list("pk", flat=True).first()
    found = in_study(pk, study) if pk is not None else None
    return found if found is not None and found.preview else None


def _enrolled(user: User, sheet: Sheet) -> Enrollment:
    """Return the account's enrollment for looking at sheets of a study, under its newest text."""
    text = newest_text(sheet.study)
    participant, _new = Participant.objects.get_or_create(user=user)
    person, _new = Enrollment.objects.get_or_create(
        participant=participant,
        study=sheet.study,
        defaults={
            "preview": True,
            "way": Way.LABELS,
            "part": Part.OTHERS,
            "consent_version": text.version if text else None,
            "consented_at": timezone.now() if text else None,
        },
    )
    if text is not None and person.consent_version != text.version:
        Enrollment.objects.filter(pk=person.pk).update(consent_version=text.version)
    return person
