"""What a person has said of themself in a study, such as an age band."""

from django.db import models

from annotation.models.person import Participant
from annotation.models.study import Study


class Demographic(models.Model):
    """One property of a person in one study; only whether two people share it is ever used.

    Kept by consent to that study, never exported, and erased when the person withdraws from it.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="demographics", db_index=False)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="demographics")
    key = models.TextField()
    value = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "participant", "key"], name="demographic_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(key="") & ~models.Q(value=""), name="demographic_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.participant}"
