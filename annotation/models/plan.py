"""What a study wants of a stage: how many people at each sheet, when, and how often again."""

from django.db import models
from django.db.models import Q

from annotation.models.study import Study

MOST_EXTRA = 2
HUNDRED = 100


class Plan(models.Model):
    """The plan of one stage of a study; without a row, everything is as the defaults say."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="plans", db_index=False)
    stage = models.TextField()
    # Strangers' places at each sheet; null = as many as the study says.
    strangers = models.PositiveSmallIntegerField(null=True, blank=True)
    # So many more strangers, one by one, where at full overlap no answer has more than two thirds.
    extra_most = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Stages of higher priority are labelled first.
    priority = models.SmallIntegerField(default=0, db_default=0)
    # A comparison waits for the strangers' majority about what matters to its query.
    after_majority = models.BooleanField(default=True, db_default=True)
    # Of a hundred sheets, how many are put again to their owner, and to the stranger who answered.
    owner_repeats = models.PositiveSmallIntegerField(default=0, db_default=0)
    stranger_repeats = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "stage"], name="plan_once"),
            models.CheckConstraint(
                condition=Q(extra_most__lte=MOST_EXTRA), name="plan_extra_bounded"
            ),
            models.CheckConstraint(
                condition=Q(owner_repeats__lte=HUNDRED, stranger_repeats__lte=HUNDRED),
                name="plan_repeats_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"plan of {self.stage} in {self.study}"
