"""Places for raters: the slot is the lease, and the quota is the number of slots."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from annotation.models.consent import Invite
from annotation.models.constraints import one_of
from annotation.models.lane import Lane
from annotation.models.places import Purpose, SlotRole
from annotation.models.rater import Rater
from annotation.models.sheet import Sheet

__all__ = ["GIVEN_BACK", "Lapse", "LapseReason", "Purpose", "Slot", "SlotRole"]


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
    # Places that are taken earlier than others, and places for those who came by one invite.
    priority = models.SmallIntegerField(default=0, db_default=0)
    cohort = models.ForeignKey(
        Invite, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Where it stands in line: both are set by the database, which counts and orders places.
    lane = models.ForeignKey(
        Lane, models.PROTECT, related_name="slots", editable=False, db_index=False
    )
    offered = models.BooleanField(default=True, db_default=True, editable=False)
    reserved_for = models.ForeignKey(
        Rater,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reserved_slots",
        db_index=False,
    )
    # Not given to anybody earlier than this.
    not_before = models.DateTimeField(null=True, blank=True)
    # Order in the lane: 0 = behind all that are there, which the database makes a number of.
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
            # The heads of the lanes.
            models.Index(
                fields=["lane", "position", "id"],
                condition=Q(rater__isnull=True, reserved_for__isnull=True, offered=True),
                name="slot_free",
            ),
            models.Index(
                fields=["reserved_for", "lane", "position", "id"],
                condition=Q(reserved_for__isnull=False, rater__isnull=True),
                name="slot_reserved",
            ),
            models.Index(
                fields=["rater", "position"],
                condition=Q(rater__isnull=False, submitted_at__isnull=True),
                name="slot_held",
            ),
            models.Index(
                fields=["rater", "submitted_at"],
                condition=Q(submitted_at__isnull=False),
                name="slot_sent",
            ),
            models.Index(
                fields=["leased_until"],
                condition=Q(rater__isnull=False, submitted_at__isnull=True),
                name="slot_lease",
            ),
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


# A sheet that a rater gave back in one of these ways is not offered to the rater again.
GIVEN_BACK = (LapseReason.SKIPPED, LapseReason.FLAGGED)


class Lapse(models.Model):
    """The end of a lease without an answer; the slot itself is free again."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="lapses")
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="lapses", db_index=False)
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="lapses")
    leased_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(db_default=Now())
    why = models.TextField(choices=LapseReason.choices)
    note = models.TextField(blank=True)
    draft = models.JSONField(null=True, blank=True)
    # When the answers came after all, and were kept as surplus.
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sheet", "rater"], name="lapse_sheet")]
        constraints = [one_of("why", LapseReason, "lapse_reason_known")]

    def __str__(self) -> str:
        return f"{self.why} by {self.rater}"
