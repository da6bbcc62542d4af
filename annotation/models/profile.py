"""What people tell about themselves so that others can put themselves in their place."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from annotation.models.person import Participant
from annotation.models.study import Study


class ProfileField(models.Model):
    """One thing that a study asks its people about themselves (a persona field; protocols, PJ)."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="profile_fields", db_index=False)
    key = models.SlugField(db_index=False)
    # What the person is asked, and the sentence that others read; {value} stands for the answer.
    label = models.TextField()
    sentence = models.TextField()
    # The answers on offer; empty = free text.
    choices = ArrayField(models.TextField(), default=list, blank=True, db_default=[])
    # Of a kind that the law protects, such as religion: never shared unless the person says so.
    sensitive = models.BooleanField(default=False, db_default=False)
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["study", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="profile_field_once"),
            models.CheckConstraint(
                condition=models.Q(sentence__contains="{value}") & ~models.Q(label=""),
                name="profile_field_says_value",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ProfileAnswer(models.Model):
    """What one person said to one field; an empty value = rather not say."""

    field = models.ForeignKey(ProfileField, models.CASCADE, related_name="answers", db_index=False)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="profile_answers")
    value = models.TextField(blank=True)
    # May other people and judges read it?
    shared = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["field", "participant"], name="profile_answer_once"),
            models.CheckConstraint(
                condition=models.Q(shared=False) | ~models.Q(value=""),
                name="profile_shares_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.participant_id}"
