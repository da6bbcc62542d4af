"""People who take part, under pseudonyms."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from annotation.models.consent import Invite, Way
from annotation.models.constraints import one_of, together
from annotation.models.study import Study
from annotation.models.user import User

PSEUDONYM_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_pseudonym() -> str:
    """Return a random pseudonym of 50 bits, without letters that are easily confused."""
    return "p-" + "".join(secrets.choice(PSEUDONYM_ALPHABET) for _ in range(10))


class Participant(models.Model):
    """A person, known here by a pseudonym alone."""

    pseudonym = models.TextField(unique=True, default=new_pseudonym, editable=False)
    # The account of a researcher who looks at sheets as raters see them; null for everybody else.
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="participant"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.pseudonym


class Scope(models.TextChoices):
    """What a person may consent to, one by one."""

    USE = "use"
    RELEASE = "release"
    SHOW = "show"
    PROVIDER = "provider"


class Part(models.TextChoices):
    """The parts of a study, in the order in which a person goes through them."""

    CHAT = "chat"
    REVIEW = "review"
    RELEVANCE = "relevance"
    COMPARISON = "comparison"
    REPEAT = "repeat"
    OTHERS = "others"
    DONE = "done"


class Ending(models.TextChoices):
    """How a person's part in a study came to its end."""

    DONE = "done"
    STOPPED = "stopped"  # by the person
    NO_WORK = "no_work"  # nothing was left to do


class Enrollment(models.Model):
    """A participant in one study: consent, its scopes, how far the person has come, times."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="enrollments")
    study = models.ForeignKey(Study, models.PROTECT, related_name="enrollments")
    invite = models.ForeignKey(
        Invite, models.PROTECT, null=True, blank=True, related_name="enrollments"
    )
    way = models.TextField(choices=Way.choices, default=Way.WHOLE, db_default="whole")
    part = models.TextField(choices=Part.choices, default=Part.CHAT, db_default="chat")
    # When the person filled in the profile, or passed it by.
    profile_at = models.DateTimeField(null=True, blank=True)
    # Since when the machine prepares this part; null while the person can go on.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # Why the machine could not prepare a part, for researchers; the person goes on all the same.
    trouble = models.TextField(blank=True, db_default="")
    # Ids of crowd platforms are kept as salted hashes only.
    external_hash = models.TextField(null=True, blank=True)
    consent_version = models.PositiveSmallIntegerField(null=True, blank=True)
    scopes = ArrayField(models.TextField(choices=Scope.choices), default=list, blank=True)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    consented_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.TextField(choices=Ending.choices, null=True, blank=True)
    # What was earned, by the rule of the study on the day of the end; null = unpaid.
    earned_minor = models.PositiveIntegerField(null=True, blank=True)
    # Sheets of other people that were sent, surplus included.
    others_sent = models.PositiveIntegerField(default=0, db_default=0)
    # A researcher's, for looking at sheets: counted nowhere.
    preview = models.BooleanField(default=False, db_default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    completion_code = models.TextField(null=True, blank=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "study"], name="enrollment_once"),
            models.UniqueConstraint(
                fields=["study", "external_hash"], name="enrollment_external_once"
            ),
            one_of("way", Way, "enrollment_way_known"),
            one_of("part", Part, "enrollment_part_known"),
            one_of("ended_by", Ending, "enrollment_ending_known"),
            together("consent_version", "consented_at", name="enrollment_consent_versioned"),
            models.CheckConstraint(
                condition=models.Q(consented_at__isnull=True) | models.Q(declined_at__isnull=True),
                name="enrollment_consents_or_declines",
            ),
            models.CheckConstraint(
                condition=models.Q(scopes=[]) | models.Q(consented_at__isnull=False),
                name="enrollment_scopes_by_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=Scope.values),
                name="enrollment_scopes_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} in {self.study}"
