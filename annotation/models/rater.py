"""Whoever answers items: a person, a judge, a model, a baseline, or a mere position."""

from django.db import models

from annotation.models.constraints import one_of
from annotation.models.person import Participant


class RaterKind(models.TextChoices):
    """What a rater is; agreement kernels never ask."""

    PERSON = "person"
    JUDGE = "judge"
    MODEL = "model"
    BASELINE = "baseline"
    POSITION = "position"


class Rater(models.Model):
    """One rater; a machine's fingerprint names its whole configuration."""

    kind = models.TextField(choices=RaterKind.choices)
    name = models.TextField()
    fingerprint = models.TextField(unique=True)
    participant = models.OneToOneField(
        Participant, models.PROTECT, null=True, blank=True, related_name="rater"
    )
    configuration = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        constraints = [
            one_of("kind", RaterKind, "rater_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=RaterKind.PERSON, participant__isnull=False)
                | (~models.Q(kind=RaterKind.PERSON) & models.Q(participant__isnull=True)),
                name="rater_person_is_participant",
            ),
        ]

    def __str__(self) -> str:
        return self.name
