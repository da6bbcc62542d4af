"""The assistant's replies in chats."""

from django.db import models

from annotation.models import Turn
from personalization.models.call import ModelCall
from personalization.models.work import Work, pending


class Reply(Work):
    """The reply to one turn of a person: its text as far as it has come, then the turn it became."""

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="reply")
    text = models.TextField(blank=True, db_default="")
    answer = models.OneToOneField(
        Turn, models.CASCADE, null=True, blank=True, related_name="reply_of"
    )
    call = models.ForeignKey(ModelCall, models.PROTECT, null=True, blank=True)

    class Meta:
        indexes = [pending("reply_pending")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, answer__isnull=True)
                | models.Q(settled_at__isnull=False, answer__isnull=False, failure__isnull=True)
                | models.Q(settled_at__isnull=False, answer__isnull=True, failure__isnull=False),
                name="reply_answered_or_failed",
            )
        ]

    def __str__(self) -> str:
        return f"reply to turn {self.turn_id}"
