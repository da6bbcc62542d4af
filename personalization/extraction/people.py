"""Whose conversations are read: people who take part and agreed, and their finished chats."""

from hashlib import md5

from django.db.models import Exists, OuterRef, QuerySet

from annotation.consent import versions_naming
from annotation.models import Conversation, Enrollment, Turn
from annotation.models.person import Scope
from personalization.arms.configuration import TFIDF, Extracting
from personalization.embedding.choosing import endpoint_of
from personalization.embedding.errors import EmbedError
from personalization.models import Arm, Extraction


def conversations(enrollment: Enrollment) -> "QuerySet[Conversation]":
    """Return the finished conversations of a person, the oldest first."""
    return Conversation.objects.filter(
        study=enrollment.study_id,
        participant=enrollment.participant_id,
        finished_at__isnull=False,
    ).order_by("id")


def turns(conversation: Conversation) -> dict[int, Turn]:
    """Return the turns of a conversation by the numbers that prompts give them."""
    return dict(enumerate(conversation.turns.order_by("position"), 1))


def locked(study: int, participant: int) -> Enrollment | None:
    """Return a person in a study, locked until the transaction ends: one writes at a time."""
    found = Enrollment.objects.select_for_update(of=("self",), no_key=True)
    return (
        found.select_related("study", "participant")
        .filter(study=study, participant=participant)
        .first()
    )


def unread(arm: Arm, most: int | None, again: bool) -> tuple[list[Conversation], int]:
    """Return the conversations of a study that an arm has not read, and how many it may not read.

    At most `most` are looked at, always the same ones, spread over the study. `again`: also those
    that it has read.
    """
    agreed = Conversation.objects.filter(
        study=arm.study_id,
        finished_at__isnull=False,
        participant__enrollments__study=arm.study_id,
        participant__enrollments__consented_at__isnull=False,
        participant__enrollments__withdrawn_at=None,
        participant__enrollments__preview=False,
    )
    done = Extraction.objects.filter(arm=arm, conversation=OuterRef("pk"), trial=False)
    rows = agreed.annotate(is_done=Exists(done)).order_by("pk")
    found = [one for one in rows if again or not one.is_done]
    allowed = set(_sendable(arm, agreed).values_list("pk", flat=True))
    withheld = sum(one.pk not in allowed for one in found)
    if most is not None:
        spread = sorted(
            allowed, key=lambda pk: md5(str(pk).encode(), usedforsecurity=False).digest()
        )
        allowed = set(spread[:most])
    return [one for one in found if one.pk in allowed], withheld


def _sendable(arm: Arm, found: "QuerySet[Conversation]") -> "QuerySet[Conversation]":
    """Return those conversations whose people agreed to all providers that an arm needs."""
    for provider in _providers(arm):
        agreed = Enrollment.objects.filter(
            study=arm.study_id,
            scopes__contains=[Scope.PROVIDER],
            consent_version__in=versions_naming(arm.study_id, provider),
        )
        found = found.filter(participant__in=agreed.values("participant"))
    return found


def _providers(arm: Arm) -> set[str]:
    """Return who is sent what people write, or what is made of it; we ourselves are nobody."""
    try:
        embeds_at = endpoint_of(Extracting.read(arm.configuration).embedder or TFIDF)
    except EmbedError:
        embeds_at = None  # mergings will fail, and say so
    asked = [one.provider for one in (arm.endpoint, embeds_at) if one is not None]
    return {one for one in asked if one}
