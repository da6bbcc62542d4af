"""The chat page: a message, its streamed answer, and a way on whatever happens."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget

from annotation.chat import (
    MESSAGE_MAX,
    NotSaidError,
    TooFewError,
    Why,
    finish_chat,
    may_chat,
    say,
    tidy,
)
from annotation.models.person import Part
from annotation.steps import progress
from annotation.streams import stream_token
from annotation.visits import ParticipantRequest, go, is_part, participant_required
from personalization.endpoints import model_for
from personalization.models.endpoint import EndpointKind, Step
from personalization.talk import Talk, ask_again, talk_of

STATUS = {Why.EMPTY: 422, Why.LONG: 422}
NOWHERE = -1  # a place that no message has


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@participant_required
def chat(request: ParticipantRequest) -> HttpResponseBase:
    """Show the conversation, and take the next message."""
    enrollment = request.enrollment
    if request.method != "POST":
        if not may_chat(enrollment):
            if enrollment.part == Part.CHAT and enrollment.finished_at is None:
                raise PermissionDenied  # consent does not reach so far
            return go(request, "part", enrollment.study.name)
        if is_part(request) and request.GET.get("seen") == talk_of(enrollment).state:
            # Nothing is swapped, so that nobody loses the place where the keyboard is.
            return HttpResponse(status=204)
        return _page(request)
    text = request.POST.get("text", "")
    try:
        say(enrollment, _position(request), text)
    except NotSaidError as error:
        if error.why == Why.OVER:
            return _over(request, text)
        return _page(request, error.why, text, STATUS.get(error.why, 409))
    # With a script only the new part of the page is sent; the box goes with the last message.
    if is_part(request) and not talk_of(enrollment).is_full:
        return _page(request)
    return go(request, "chat", enrollment.study.name)


@never_cache
@require_POST
@participant_required
def chat_again(request: ParticipantRequest) -> HttpResponseBase:
    """Ask the machine once more for an answer that failed."""
    ask_again(request.enrollment)
    return go(request, "chat", request.enrollment.study.name)


@never_cache
@require_POST
@participant_required
def chat_finish(request: ParticipantRequest) -> HttpResponseBase:
    """End the conversation; before its time only where an answer failed or does not come."""
    enrollment = request.enrollment
    try:
        finish_chat(enrollment, early=talk_of(enrollment).may_go_without)
    except TooFewError:
        return _page(request, "few", "", 422)
    return go(request, "part", enrollment.study.name)


def _position(request: ParticipantRequest) -> int:
    given = request.POST.get("position", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else NOWHERE


def _page(
    request: ParticipantRequest, fault: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    """Return the page, or for htmx its changing parts, with the text that was not taken."""
    talk = talk_of(request.enrollment)
    context: dict[str, Any] = {
        "talk": talk,
        "study": talk.study,
        "state": talk.state,
        "progress": progress(request.enrollment),
        "stream": f"/stream/{stream_token(talk.unanswered)}/" if talk.unanswered else "",
        "fault": fault,
        "text": text,
        "length": len(tidy(text)),
        "most": MESSAGE_MAX,
    }
    if is_part(request):
        return render(request, "chat.html#talk", context, status=status)
    return render(request, "chat.html", context | _machine(talk), status=status)


def _machine(talk: Talk) -> dict[str, Any]:
    """Return who answers, by name: nobody talks to a machine without knowing which."""
    asked = model_for(talk.study, Step.REPLY)
    return {
        "model": asked.model,
        "provider": asked.endpoint.provider,
        "is_stand_in": asked.endpoint.kind == EndpointKind.OFFLINE,
    }


def _over(request: ParticipantRequest, text: str) -> HttpResponse:
    """Give a message back that came after the end of the chat."""
    page = render(request, "chat_over.html", {"text": text}, status=409)
    return retarget(page, "body") if is_part(request) else page
