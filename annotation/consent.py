"""What a person is asked to agree to, and what follows from each answer."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from annotation.enrollment import go_on
from annotation.models import ConsentText, Enrollment, Study
from annotation.models.consent import Way
from annotation.models.person import Part, Scope

FIRST_PART = {Way.WHOLE: Part.CHAT, Way.LABELS: Part.OTHERS}


class TextChangedError(Exception):
    """The study's consent text is another one than the person read."""


class UseRefusedError(Exception):
    """Without consent to the use of the answers nobody can take part."""


def newest_text(study: Study) -> ConsentText | None:
    """Return the version of a study's consent text that holds now; None where there is none."""
    return study.consent_texts.order_by("-version").first()


def scopes_asked(way: str, text: ConsentText) -> list[Scope]:
    """Return what a person is asked, one by one.

    Somebody who only labels has no texts of their own. Where nobody outside gets anything, nobody
    is asked about it.
    """
    if way == Way.LABELS:
        return [Scope.USE, Scope.RELEASE]
    outside = [Scope.PROVIDER] if text.provider else []
    return [Scope.USE, Scope.RELEASE, Scope.SHOW, *outside]


def versions_naming(study: int, provider: str) -> list[int]:
    """Return the versions of a study's consent text that name a provider of models."""
    texts = ConsentText.objects.filter(study=study).values_list("version", "provider")
    return [version for version, named in texts if provider.casefold() in named.casefold()]


def offered_way(enrollment: Enrollment) -> str:
    """Return the way a person was invited to, whatever came of it."""
    return enrollment.invite.way if enrollment.invite else enrollment.way


def read_by(study: Study, version: int, chosen: Collection[str]) -> ConsentText:
    """Return the text that a person read and answered, if it still holds and the answer is enough."""
    text = newest_text(study)
    if text is None or text.version != version:
        raise TextChangedError
    if Scope.USE not in chosen:
        raise UseRefusedError
    return text


def keep_answer(enrollment: Enrollment, text: ConsentText, chosen: Collection[str]) -> None:
    """Keep a person's answer to a consent text; the caller holds the row's lock.

    Without leave to send texts to the provider, nobody can chat here: such a person labels other
    people's sheets. What was said before stays.
    """
    offered = offered_way(enrollment)
    scopes = [one for one in scopes_asked(offered, text) if one in chosen]
    if offered == Way.WHOLE and not text.provider:
        scopes.append(Scope.PROVIDER)
    may_chat = offered == Way.WHOLE and Scope.PROVIDER in scopes
    _lead(enrollment, Way.WHOLE if may_chat else Way.LABELS)
    if (enrollment.consent_version, enrollment.scopes) != (text.version, scopes):
        enrollment.consent_version = text.version
        enrollment.scopes = scopes
        enrollment.consented_at = timezone.now()
    enrollment.declined_at = None
    enrollment.save()


def _lead(enrollment: Enrollment, way: Way) -> None:
    """Put a person at the start of a way, unless they are on it already."""
    if enrollment.consented_at is not None and enrollment.way == way:
        return
    if enrollment.finished_at is None:
        enrollment.way = way
        enrollment.part = FIRST_PART[way]
        enrollment.waiting_since = None


@transaction.atomic
def renew(enrollment: Enrollment, chosen: Collection[str], version: int) -> Enrollment:
    """Keep what a person who is in a study already says to a newer text; nothing done is lost."""
    held = Enrollment.objects.select_for_update(of=("self",)).select_related("study", "invite")
    person = held.get(pk=enrollment.pk)
    keep_answer(person, read_by(person.study, version, chosen), chosen)
    return go_on(person.pk)
