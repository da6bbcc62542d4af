"""A study whose models are asked at the fake server, and people in it."""

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from annotation import models as m
from annotation.enrollment import go_on
from annotation.models.person import Scope
from annotation.work import look
from personalization.asking import ask_once
from personalization.live import STEPS
from personalization.models import Endpoint, Reply, StepModel
from personalization.models.endpoint import Step
from personalization.preparing import NO_LONGER_WANTED
from personalization.steps import HopelessError
from tests import factories as make
from tests.llm_server import LLMServer

PROVIDER = "Example AI"


def endpoint(server: LLMServer, *, provider: str = "", timeout: float = 5) -> Endpoint:
    """Make an endpoint for the fake server, trusted as if the environment named it."""
    return Endpoint.objects.create(
        name=make.new("fake"),
        url=server.url,
        model="fake",
        fixed=True,
        provider=provider,
        timeout_s=timeout,
    )


def study(at: Endpoint, *, queries: int = 2) -> m.Study:
    """Make a study that asks `at` for all its steps."""
    one = make.study()
    one.chat_task = "Talk about your free time."
    one.save()
    m.ConsentText.objects.create(study=one, version=1, text="We ask.", provider=PROVIDER)
    for step in Step:
        StepModel.objects.create(study=one, step=step, endpoint=at, model="fake-small")
    for number in range(queries):
        make.query(study=one, text=f"Where should I go in month {number + 1}?")
    return one


def person(of: m.Study, *scopes: str) -> m.Enrollment:
    """Make somebody who takes part, without scopes with all of them."""
    return m.Enrollment.objects.create(
        participant=make.participant(),
        study=of,
        consent_version=1,
        consented_at=timezone.now(),
        scopes=list(scopes or Scope.values),
    )


def chat(of: m.Enrollment, *texts: str) -> m.Conversation:
    """Make a conversation in which a person and an assistant speak in turn."""
    conversation = make.conversation(study=of.study, of=of.participant)
    for place, text in enumerate(texts):
        speaker, source = ("user", "typed") if place % 2 == 0 else ("assistant", "model")
        make.turn(conversation=conversation, text=text, speaker=speaker, source=source)
    return conversation


def message(of: m.Enrollment, text: str = "I sail every summer.") -> m.Turn:
    """Let a person say something, and a worker look."""
    turn = make.turn(conversation=chat(of), text=text)
    look("reply", turn.pk)
    return turn


def finish(conversation: m.Conversation, of: m.Enrollment) -> None:
    """Let a chat be finished, so that the person waits for the review."""
    conversation.finished_at = timezone.now()
    conversation.save()
    go_on(of.pk)
    of.refresh_from_db()


def reply_to(turn: m.Turn) -> Reply:
    return Reply.objects.get(turn=turn)


def answer_too_late(name: str, somebody: m.Enrollment) -> None:
    """Ask a model for somebody's first row of a step; the person withdraws before it is settled."""
    step = STEPS[name]
    step.plan(somebody.pk)
    row = step.model.objects.order_by("pk")[0]
    request = step.request(row)
    assert request is not None
    call = async_to_sync(ask_once)(step.name, row.pk, 0, request.endpoint, request.ask)
    m.Enrollment.objects.filter(pk=somebody.pk).update(withdrawn_at=timezone.now())
    with pytest.raises(HopelessError, match=NO_LONGER_WANTED):
        step.settle(row, call)
