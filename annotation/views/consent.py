"""The way in: an invitation, the consent text with its choices, and the answer to it."""

from collections.abc import Collection

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation.consent import (
    TextChangedError,
    UseRefusedError,
    newest_text,
    offered_way,
    renew,
    scopes_asked,
)
from annotation.invitation import (
    NotOpenError,
    Why,
    accept,
    check_open,
    decline,
    invite_url,
    read_invite,
)
from annotation.models import Enrollment, Invite, Participant, Study
from annotation.models.person import new_pseudonym
from annotation.money import written
from annotation.steps import minutes_for
from annotation.views.scopes import choices
from annotation.visits import (
    ParticipantRequest,
    enrolled,
    enrollment_required,
    enter,
    is_asked,
    participant_of,
)

# A page that has been open for longer is shown anew.
PAGE_SECONDS = 24 * 3600
PAGE_SALT = "concord.join"
DECLINE = "decline"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Ask somebody with an invitation for consent; nothing is kept before a button is pressed."""
    try:
        invite = read_invite(token)
        known = enrolled(request, invite.study.name)
        if known is None or known.consented_at is None:
            check_open(invite)
    except NotOpenError as error:
        return _closed(request, error.why)
    is_in = known is not None and (known.consented_at or known.withdrawn_at)
    if request.method != "POST":
        return redirect("part", invite.study.name) if is_in else _ask(request, invite, known)
    if request.POST.get("decision") == DECLINE:
        return redirect("leave", invite.study.name) if is_in else _declined(request, invite)
    return _answered(request, invite, known)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@enrollment_required
def consent(request: ParticipantRequest) -> HttpResponseBase:
    """Ask somebody who takes part already, because the text has a newer version."""
    enrollment = request.enrollment
    if enrollment.consented_at is None and enrollment.invite is not None:
        return redirect(invite_url(enrollment.invite))
    if not is_asked(enrollment):
        return redirect("part", enrollment.study.name)
    if request.method != "POST":
        return _ask(request, enrollment.invite, enrollment)
    if request.POST.get("decision") == DECLINE:
        return redirect("leave", enrollment.study.name)
    chosen, version = _read(request)
    try:
        renew(enrollment, chosen, version)
    except TextChangedError:
        return _ask(request, enrollment.invite, enrollment, chosen, "changed", 409)
    except UseRefusedError:
        return _ask(request, enrollment.invite, enrollment, chosen, "use", 422)
    return redirect("part", enrollment.study.name)


def _read(request: HttpRequest) -> tuple[list[str], int]:
    """Return the chosen scopes and the version of the text that the form belongs to."""
    version = request.POST.get("version", "")
    is_number = version.isascii() and version.isdigit() and len(version) <= 5
    return request.POST.getlist("scope"), int(version) if is_number else 0


def _person(request: HttpRequest) -> Participant | str | None:
    """Return who answers: this browser's participant, or the pseudonym that the page held."""
    known = participant_of(request)
    if known is not None:
        return known
    try:
        who: str = signing.loads(request.POST.get("who", ""), salt=PAGE_SALT, max_age=PAGE_SECONDS)
    except signing.BadSignature:
        return None
    return who


def _answered(request: HttpRequest, invite: Invite, known: Enrollment | None) -> HttpResponse:
    chosen, version = _read(request)
    person = _person(request)
    if person is None:
        return _ask(request, invite, known, chosen, "old", 409)
    try:
        enrollment = accept(invite, chosen, version, person=person)
    except TextChangedError:
        return _ask(request, invite, known, chosen, "changed", 409)
    except UseRefusedError:
        return _ask(request, invite, known, chosen, "use", 422)
    except NotOpenError as error:
        return _closed(request, error.why)
    if known is None:
        enter(request, enrollment.participant)
    return redirect("welcome", invite.study.name)


def _declined(request: HttpRequest, invite: Invite) -> HttpResponse:
    person = _person(request)
    if person is not None:
        enrollment = decline(invite, person=person)
        if participant_of(request) is None:
            enter(request, enrollment.participant)
    return render(request, "declined.html", {"study": invite.study, "link": invite_url(invite)})


def _ask(
    request: HttpRequest,
    invite: Invite | None,
    known: Enrollment | None,
    chosen: Collection[str] = (),
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the text, what it is about, and the choices as they were made so far."""
    study, way = _offer(invite, known)
    text = newest_text(study)
    if text is None:
        return _closed(request, Why.UNREADY)
    again = known is not None and known.consented_at is not None
    before = known.scopes if known is not None and again else ()
    context = {
        "study": study,
        "consent": text,
        "way": way,
        "choices": choices(way, scopes_asked(way, text), text, chosen, before),
        "minutes": minutes_for(study, way),
        "pay": written(study.pay_minor, study.pay_currency),
        "pay_partial": written(study.pay_partial_minor, study.pay_currency),
        "again": again,
        "fault": fault,
        "who": signing.dumps(new_pseudonym(), salt=PAGE_SALT),
        "is_known": participant_of(request) is not None,
    }
    return render(request, "consent.html", context, status=status)


def _offer(invite: Invite | None, known: Enrollment | None) -> tuple[Study, str]:
    if invite is not None:
        return invite.study, invite.way
    assert known is not None  # noqa: S101 one of both brought the visitor here
    return known.study, offered_way(known)


def _closed(request: HttpRequest, why: Why) -> HttpResponse:
    """Say why a link lets nobody in: a link that we never made is not found, another one is gone."""
    status = 404 if why == Why.UNKNOWN else 410
    return render(request, "not_open.html", {"why": why}, status=status)
