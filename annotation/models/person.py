"""People who take part, under pseudonyms."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from annotation.models.constraints import together
from annotation.models.study import Study

PSEUDONYM_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_pseudonym() -> str:
    """Return a random pseudonym of 50 bits, without letters that are easily confused."""
    return "p-" + "".join(secrets.choice(PSEUDONYM_ALPHABET) for _ in range(10))


class Participant(models.Model):
    """A person, known here by a pseudonym alone."""

    pseudonym = models.TextField(unique=True, default=new_pseudonym, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.pseudonym


class Scope(models.TextChoices):
    """What a person may consent to, one by one."""

    USE = "use"
    RELEASE = "release"
    SHOW = "show"
    PROVIDER = "provider"


class Enrollment(models.Model):
    """A participant in one study: consent, its scopes and times; the state follows from the times."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="enrollments")
    study = models.ForeignKey(Study, models.PROTECT, related_name="enrollments")
    # Ids of crowd platforms are kept as salted hashes only.
    external_hash = models.TextField(null=True, blank=True)
    consent_version = models.PositiveSmallIntegerField(null=True, blank=True)
    scopes = ArrayField(models.TextField(choices=Scope.choices), default=list, blank=True)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    consented_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    completion_code = models.TextField(null=True, blank=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "study"], name="enrollment_once"),
            models.UniqueConstraint(
                fields=["study", "external_hash"], name="enrollment_external_once"
            ),
            together("consent_version", "consented_at", name="enrollment_consent_versioned"),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=Scope.values),
                name="enrollment_scopes_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} in {self.study}"
