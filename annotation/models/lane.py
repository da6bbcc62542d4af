"""Lanes: the places of one kind in one order, how many are in which state, and who is how far."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.consent import Invite
from annotation.models.places import Purpose, SlotRole
from annotation.models.rater import Rater
from annotation.models.study import Study


class Lane(models.Model):
    """The places of one kind, in the order of their positions; the database makes and fills lanes.

    Whoever looks for a place looks at the heads of a few lanes, never at the places of a study.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="lanes", db_index=False)
    role = models.TextField(choices=SlotRole.choices)
    stage = models.TextField()
    purpose = models.TextField(choices=Purpose.choices)
    # What is balanced: the lanes of a stage's strata advance together.
    stratum = models.TextField(blank=True)
    # Only who came by this invite may go here; null = everybody.
    cohort = models.ForeignKey(
        Invite, models.PROTECT, null=True, blank=True, related_name="lanes", db_index=False
    )
    priority = models.SmallIntegerField(default=0, db_default=0)
    # Places that somebody had and gave up, so that begun sheets are completed first.
    returned = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "study", "role", "stage", "purpose", "stratum", "cohort", "priority", "returned",
                ],
                nulls_distinct=False,
                name="lane_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.stage} {self.role} {self.purpose} lane {self.pk}"


class Tally(models.Model):
    """Sharded counts of a lane's places by state, kept by the database with each change of a place.

    A transaction has a shard to itself while one is left, so that nobody waits for a counter.
    """

    lane = models.ForeignKey(Lane, models.CASCADE, related_name="tallies", db_index=False)
    shard = models.SmallIntegerField()
    free = models.BigIntegerField(default=0, db_default=0)
    leased = models.BigIntegerField(default=0, db_default=0)
    submitted = models.BigIntegerField(default=0, db_default=0)
    # Places at sheets that nobody may open now: flagged, withdrawn, or not to be shown.
    withheld = models.BigIntegerField(default=0, db_default=0)
    # How many leases ever ended without an answer.
    lapsed = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "shard"], name="tally_shard_once")]

    def __str__(self) -> str:
        return f"lane {self.lane_id}: {self.submitted} submitted"


class Cursor(models.Model):
    """How far a rater has come in a lane: no place up to here is new to the rater."""

    rater = models.ForeignKey(Rater, models.PROTECT, related_name="cursors", db_index=False)
    lane = models.ForeignKey(Lane, models.CASCADE, related_name="cursors", db_index=False)
    position = models.BigIntegerField()
    used_at = models.DateTimeField(db_default=Now())
    # When the rater last began the lane from its start again.
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rater", "lane"], name="cursor_once")]

    def __str__(self) -> str:
        return f"rater {self.rater_id} in lane {self.lane_id}: {self.position}"
