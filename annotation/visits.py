"""Who is at the other end: a browser's session holds one participant, who may be in many studies."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from annotation.enrollment import in_study
from annotation.models import Enrollment, Participant
from annotation.permissions import RESEARCH
from annotation.preview import watching

SESSION_KEY = "participant"
LINK = signing.Signer(salt="concord.me", sep=".")
P = ParamSpec("P")


class ParticipantRequest(HttpRequest):
    """A request of somebody who takes part, as views behind `participant_required` get it."""

    enrollment: Enrollment
    personal_link: str


ParticipantView = Callable[Concatenate[ParticipantRequest, P], HttpResponseBase]
StudyView = Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]


def enter(request: HttpRequest, participant: Participant) -> None:
    """Let this browser be the participant; a session that somebody planted does not come along."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = participant.pk


def leave_browser(request: HttpRequest) -> None:
    """Let this browser be nobody again, as on a computer that several people use."""
    request.session.pop(SESSION_KEY, None)
    request.session.cycle_key()


def participant_of(request: HttpRequest) -> Participant | None:
    """Return the participant that this browser is, if it is one."""
    pk = request.session.get(SESSION_KEY)
    return Participant.objects.filter(pk=pk).first() if pk is not None else None


def enrolled(request: HttpRequest, study: str) -> Enrollment | None:
    """Return this browser's participant in the study of that name; None for strangers.

    `newest_version` of the result is that of the study's consent text, None where it has no text.
    """
    pk = request.session.get(SESSION_KEY)
    if pk is None:
        return None
    return in_study(pk, study)


def is_asked(enrollment: Enrollment) -> bool:
    """Return whether a person must read a consent text before the next task."""
    newest = getattr(enrollment, "newest_version", None)
    if enrollment.preview:
        return False
    if enrollment.consented_at is None:
        return True
    return enrollment.finished_at is None and enrollment.consent_version != newest


def personal_link(enrollment: Enrollment) -> str:
    """Return the path by which a person comes back, in any browser."""
    return reverse("me", args=[LINK.sign(str(enrollment.pk))])


def read_personal_link(token: str) -> Enrollment | None:
    """Return whose link it is; None where it is nobody's."""
    try:
        pk = int(LINK.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    people = Enrollment.objects.select_related("study", "participant")
    return people.filter(pk=pk, preview=False).first()


def enrollment_required(view: ParticipantView[P]) -> StudyView[P]:
    """Let people of the study named in the address in; the view finds `request.enrollment`.

    Strangers are asked for their personal link. Whoever has withdrawn can neither see nor do more.
    """

    @wraps(view)
    def guarded(
        request: HttpRequest, study: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        enrollment = _previewed(request, study, kwargs.get("pk")) or enrolled(request, study)
        if enrollment is None:
            return _instead(request, "stranger.html")
        visit = cast(ParticipantRequest, request)
        visit.enrollment = enrollment
        visit.personal_link = request.build_absolute_uri(personal_link(enrollment))
        if enrollment.withdrawn_at is not None:
            return _instead(request, "withdrawn.html")
        return view(visit, *args, **kwargs)

    return cast("StudyView[P]", guarded)


def participant_required(view: ParticipantView[P]) -> StudyView[P]:
    """Let people in who agreed to the consent text: no task before consent.

    Where a newer text appeared, they are asked before the next page; what they send is still taken.
    """

    @wraps(view)
    def guarded(request: ParticipantRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        enrollment = request.enrollment
        sends = request.method == "POST" and enrollment.consented_at is not None
        if is_asked(enrollment) and not sends:
            return go(request, "part", enrollment.study.name)
        return view(request, *args, **kwargs)

    return enrollment_required(cast("ParticipantView[P]", guarded))


def _previewed(request: HttpRequest, study: str, slot: object) -> Enrollment | None:
    """Return who a researcher is at a preview place of their own, and at no other address.

    Who takes part in this browser otherwise is not touched. Nobody else pays a query for it.
    """
    if not isinstance(slot, int) or not request.user.is_authenticated:
        return None
    return watching(request.user, study, slot) if request.user.has_perm(RESEARCH) else None


def _instead(request: HttpRequest, template: str) -> HttpResponse:
    """Show a page in place of the one asked for; where htmx asked for a part, load it as a whole."""
    if is_part(request):
        return HttpResponseClientRefresh()
    return render(request, template, status=403)


def is_part(request: HttpRequest) -> bool:
    """Return whether a script asks for what changes on a page that is there."""
    return request.headers.get("HX-Request") == "true"


def go(request: HttpRequest, to: str, *args: object) -> HttpResponse:
    """Send the browser to another page, also where a part of a page was asked for by htmx."""
    if is_part(request):
        return HttpResponseClientRedirect(resolve_url(to, *args))
    return redirect(to, *args)
