"""Places for raters: the slot is the lease, and the quota is the number of slots."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from annotation.models.constraints import one_of
from annotation.models.rater import Rater
from annotation.models.sheet import Sheet


class SlotRole(models.TextChoices):
    """A rater's relation to the sheet's owner."""

    FIRST_PERSON = "first_person"
    THIRD_PARTY = "third_party"


class Purpose(models.TextChoices):
    """Why a slot exists; only labels count towards the quota."""

    LABEL = "label"
    REPEAT = "repeat"
    GOLD = "gold"
    TRAINING = "training"
    ATTENTION = "attention"
    PREVIEW = "preview"


class Slot(models.Model):
    """One place for one rater at one sheet: role, purpose, seed of sides and order, lease, draft."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="slots", db_index=False)
    owner = models.ForeignKey(
        Rater, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    role = models.TextField(choices=SlotRole.choices)
    purpose = models.TextField(choices=Purpose.choices, default=Purpose.LABEL, db_default="label")
    ordinal = models.SmallIntegerField(null=True, blank=True)
    occasion = models.SmallIntegerField(default=0, db_default=0)
    reserved_for = models.ForeignKey(
        Rater, models.PROTECT, null=True, blank=True, related_name="reserved_slots"
    )
    position = models.BigIntegerField(default=0, db_default=0)
    seed = models.IntegerField(default=0, db_default=0)
    rater = models.ForeignKey(
        Rater, models.PROTECT, null=True, blank=True, related_name="slots", db_index=False
    )
    leased_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    draft = models.JSONField(null=True, blank=True)
    draft_revision = models.IntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["role", "position", "id"],
                condition=Q(rater__isnull=True),
                name="slot_free",
            ),
            models.Index(fields=["rater", "position"], name="slot_rater"),
        ]
        constraints = [
            one_of("role", SlotRole, "slot_role_known"),
            one_of("purpose", Purpose, "slot_purpose_known"),
            models.UniqueConstraint(fields=["sheet", "role", "ordinal"], name="slot_ordinal_once"),
            models.UniqueConstraint(fields=["sheet", "rater", "occasion"], name="slot_rater_once"),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.LABEL, ordinal__isnull=False)
                | (~Q(purpose=Purpose.LABEL) & Q(ordinal__isnull=True)),
                name="slot_quota_is_labels",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.REPEAT, occasion__gt=0)
                | (~Q(purpose=Purpose.REPEAT) & Q(occasion=0)),
                name="slot_repeat_is_later",
            ),
            models.CheckConstraint(
                condition=Q(reserved_for__isnull=True)
                | Q(rater__isnull=True)
                | Q(rater=F("reserved_for")),
                name="slot_reservation_kept",
            ),
            models.CheckConstraint(
                condition=Q(rater__isnull=True, leased_until__isnull=True)
                | Q(rater__isnull=False, leased_until__isnull=False),
                name="slot_lease_has_rater",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(rater__isnull=False),
                name="slot_submitted_by_rater",
            ),
            models.CheckConstraint(
                condition=Q(rater__isnull=True)
                | Q(role=SlotRole.FIRST_PERSON, owner__isnull=False, rater=F("owner"))
                | (Q(role=SlotRole.THIRD_PARTY) & (Q(owner__isnull=True) | ~Q(rater=F("owner")))),
                name="slot_role_fits_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} slot {self.pk}"


class LapseReason(models.TextChoices):
    """What ended a lease without an answer."""

    EXPIRED = "expired"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Lapse(models.Model):
    """The end of a lease without an answer; the slot itself is free again."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="lapses")
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="lapses")
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="lapses")
    leased_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(db_default=Now())
    why = models.TextField(choices=LapseReason.choices)
    note = models.TextField(blank=True)
    draft = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [one_of("why", LapseReason, "lapse_reason_known")]

    def __str__(self) -> str:
        return f"{self.why} by {self.rater}"
