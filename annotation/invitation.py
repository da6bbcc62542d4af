"""Links into a study: who may come in by them, and what is kept of those who answer."""

from collections.abc import Collection

from django.core import signing
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.consent import keep_answer, newest_text, read_by
from annotation.enrollment import go_on
from annotation.models import Enrollment, Invite, Participant, Study

LINK = signing.Signer(salt="concord.invite", sep=".")


class Why(models.TextChoices):
    """Why a link lets nobody in."""

    UNKNOWN = "unknown", _("This invitation does not exist")
    EXPIRED = "expired", _("This invitation has expired")
    CLOSED = "closed", _("This invitation has been closed")
    FULL = "full", _("This study has all the people it needs")
    STUDY_CLOSED = "study_closed", _("This study is over")
    UNREADY = "unready", _("This study has not begun yet")


class NotOpenError(Exception):
    """A link that lets nobody in, and why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def invite_token(invite: Invite) -> str:
    """Return what stands in an invite's address: its id and a signature, stored nowhere."""
    return LINK.sign(str(invite.pk))


def invite_url(invite: Invite) -> str:
    """Return the path of an invite."""
    return reverse("join", args=[invite_token(invite)])


def read_invite(token: str) -> Invite:
    """Return the invite of a link, open or not; NotOpenError where there is none."""
    try:
        return Invite.objects.select_related("study").get(pk=int(LINK.unsign(token)))
    except (signing.BadSignature, ValueError, Invite.DoesNotExist):
        raise NotOpenError(Why.UNKNOWN) from None


def open_invite(token: str) -> Invite:
    """Return the invite of a link that lets people in now; NotOpenError says why it does not."""
    invite = read_invite(token)
    check_open(invite)
    return invite


def check_open(invite: Invite) -> None:
    """Raise NotOpenError unless one more person may come in by this invite."""
    if invite.study.closed_at is not None:
        raise NotOpenError(Why.STUDY_CLOSED)
    if invite.closed_at is not None:
        raise NotOpenError(Why.CLOSED)
    if invite.expires_at is not None and invite.expires_at <= timezone.now():
        raise NotOpenError(Why.EXPIRED)
    if invite.most is not None and invite.used >= invite.most:
        raise NotOpenError(Why.FULL)
    if newest_text(invite.study) is None:
        raise NotOpenError(Why.UNREADY)


@transaction.atomic
def accept(
    invite: Invite, chosen: Collection[str], version: int, *, person: Participant | str
) -> Enrollment:
    """Take a person in who agreed to the text of that version, for the chosen scopes.

    `person` is a participant, or the pseudonym that the page with the text held for a new one: the
    same page sent twice, even at the same moment, is one person. Who is in already takes no place.
    """
    text = read_by(invite.study, version, chosen)
    enrollment = _row(invite, person)
    if enrollment.withdrawn_at is not None:
        return enrollment
    if enrollment.consented_at is None:
        _take_place(invite)
        enrollment.invite = invite
    keep_answer(enrollment, text, chosen)
    return go_on(enrollment.pk)


@transaction.atomic
def decline(invite: Invite, *, person: Participant | str) -> Enrollment:
    """Count somebody who read the consent text and said no; nothing else is kept of them."""
    enrollment = _row(invite, person)
    if enrollment.consented_at is None and enrollment.declined_at is None:
        enrollment.declined_at = timezone.now()
        enrollment.save(update_fields=["declined_at"])
    return enrollment


def _row(invite: Invite, person: Participant | str) -> Enrollment:
    """Return the locked row of a person in the invite's study."""
    if isinstance(person, str):
        person, _new = Participant.objects.get_or_create(pseudonym=person)
    enrollment, _new = Enrollment.objects.get_or_create(
        participant=person,
        study=invite.study,
        defaults={"invite": invite, "way": invite.way},
    )
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("study", "participant", "invite")
        .get(pk=enrollment.pk)
    )


def _take_place(invite: Invite) -> None:
    """Count one more person, in one statement: the last place is taken once."""
    now = timezone.now()
    taken = Invite.objects.filter(
        Q(most=None) | Q(used__lt=F("most")),
        Q(expires_at=None) | Q(expires_at__gt=now),
        # No join: of two at once, the second must look at the row that the first has changed.
        Exists(Study.objects.filter(pk=OuterRef("study"), closed_at=None)),
        pk=invite.pk,
        closed_at=None,
    ).update(used=F("used") + 1)
    if not taken:
        check_open(Invite.objects.select_related("study").get(pk=invite.pk))
        raise NotOpenError(Why.FULL)
