"""What people say the extractor missed."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.person import Participant
from annotation.models.rater import Rater
from annotation.models.slot import Slot


class MissingAttribute(models.Model):
    """What a rater says the extractor missed."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="missing_attributes")
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="missing_attributes")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="missing_attributes")
    text = models.TextField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="missing_attribute_has_text")
        ]

    def __str__(self) -> str:
        return self.text
