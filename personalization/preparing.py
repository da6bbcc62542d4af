"""What all steps that prepare a part for a person have in common: who waits, and what we may send."""

from annotation.consent import versions_naming
from annotation.models import Conversation, Enrollment
from annotation.models.person import Part, Scope
from personalization.models import Endpoint
from personalization.steps import HopelessError

NO_LONGER_WANTED = "no longer wanted"


def waiting(pk: int, part: Part) -> Enrollment | None:
    """Return a person who waits for `part`, locked until the transaction ends; else None."""
    found = Enrollment.objects.select_for_update(of=("self",)).select_related(
        "study", "participant"
    )
    return found.filter(
        pk=pk, part=part, waiting_since__isnull=False, withdrawn_at__isnull=True
    ).first()


def enrollment_of(conversation: Conversation) -> Enrollment | None:
    """Return the person of a conversation, in its study."""
    whose = Enrollment.objects.filter(
        study=conversation.study_id, participant=conversation.participant_id
    )
    return whose.select_related("study", "participant").first()


def check_wanted(enrollment: Enrollment | None) -> Enrollment:
    """Return a person who agreed and has not withdrawn; HopelessError for all others."""
    if enrollment is None or enrollment.consented_at is None or enrollment.withdrawn_at is not None:
        raise HopelessError(NO_LONGER_WANTED)
    return enrollment


def check_consent(enrollment: Enrollment, endpoint: Endpoint) -> None:
    """Refuse to send a person's texts to others than those whom the person agreed to."""
    if not endpoint.provider:
        return  # we ourselves
    naming = versions_naming(enrollment.study_id, endpoint.provider)
    if Scope.PROVIDER not in enrollment.scopes or enrollment.consent_version not in naming:
        raise HopelessError(f"no_consent: this person's texts may not go to {endpoint.provider}")
