"""Chats between a person and an assistant."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.constraints import one_of
from annotation.models.person import Participant
from annotation.models.study import Study


class Conversation(models.Model):
    """A person's chat with an assistant; imported and simulated ones use the same table."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="conversations")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="conversations")
    key = models.TextField(null=True, blank=True)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="conversation_key_once")
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Speaker(models.TextChoices):
    """Whose turn it is."""

    USER = "user"
    ASSISTANT = "assistant"


class TurnSource(models.TextChoices):
    """Where the text of a turn came from."""

    TYPED = "typed"
    MODEL = "model"
    IMPORTED = "imported"
    SCRIPTED = "scripted"


class Turn(models.Model):
    """One message of a conversation."""

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="turns", db_index=False
    )
    position = models.PositiveIntegerField()
    speaker = models.TextField(choices=Speaker.choices)
    source = models.TextField(choices=TurnSource.choices)
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["conversation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "position"], name="turn_position_once"),
            one_of("speaker", Speaker, "turn_speaker_known"),
            one_of("source", TurnSource, "turn_source_known"),
            models.CheckConstraint(
                condition=~models.Q(speaker=Speaker.ASSISTANT, source=TurnSource.TYPED)
                & ~models.Q(speaker=Speaker.USER, source=TurnSource.MODEL),
                name="turn_source_fits_speaker",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text[:60]}"
