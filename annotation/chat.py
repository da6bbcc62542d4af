"""A person's chat with the assistant: what may be said, and when it is over."""

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.enrollment import go_on
from annotation.models import Conversation, Enrollment, Turn
from annotation.models.conversation import Speaker, TurnSource
from annotation.models.person import Part, Scope
from annotation.work import look

MESSAGE_MAX = 8_000


class Why(models.TextChoices):
    """Why a message was not taken."""

    EMPTY = "empty", _("Write something first.")
    LONG = "long", _("This message is too long. Please shorten it.")
    ELSEWHERE = (
        "elsewhere",
        _("The conversation has gone on since you opened this page, perhaps in another tab."),
    )
    PENDING = "pending", _("The assistant is still answering. You can send this in a moment.")
    FULL = "full", _("This was the last message of this conversation.")
    OVER = "over", _("The conversation is finished.")


class NotSaidError(Exception):
    """A message that was not taken, and why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class TooFewError(Exception):
    """The conversation is shorter than the study asks for."""


def conversation_of(enrollment: Enrollment) -> Conversation | None:
    """Return a person's chat in a study; None before the first message."""
    return (
        Conversation.objects.filter(
            study=enrollment.study_id, participant=enrollment.participant_id
        )
        .order_by("-id")
        .first()
    )


def turns_of(enrollment: Enrollment) -> list[Turn]:
    """Return what was said so far, in order."""
    conversation = conversation_of(enrollment)
    return list(conversation.turns.order_by("position")) if conversation else []


def next_position(turns: list[Turn]) -> int:
    """Return where a person's next message goes; an answer that is still to come has its place."""
    if not turns:
        return 0
    last = turns[-1]
    return last.position + (2 if last.speaker == Speaker.USER else 1)


def messages_of(turns: list[Turn]) -> list[Turn]:
    """Return what the person said."""
    return [turn for turn in turns if turn.speaker == Speaker.USER]


def tidy(text: str) -> str:
    """Return a message as it is kept: one kind of line end, no empty edges, no null characters."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


@transaction.atomic
def say(enrollment: Enrollment, position: int, text: str) -> Turn:
    """Add a person's message at its place and let a worker answer it; NotSaidError says why not.

    The place makes a repeated message harmless: the same text at the same place is the same turn.
    """
    text = tidy(text)
    person = _locked(enrollment)
    turns = turns_of(person)
    said = next((turn for turn in turns if turn.position == position), None)
    if said is not None and said.speaker == Speaker.USER and said.text == text:
        return said
    if not text:
        raise NotSaidError(Why.EMPTY)
    if len(text) > MESSAGE_MAX:
        raise NotSaidError(Why.LONG)
    if not may_chat(person):
        raise NotSaidError(Why.OVER)
    if position != next_position(turns):
        raise NotSaidError(Why.ELSEWHERE)
    if len(messages_of(turns)) >= person.study.turns_max:
        raise NotSaidError(Why.FULL)
    if turns and turns[-1].speaker == Speaker.USER:
        raise NotSaidError(Why.PENDING)
    conversation = conversation_of(person) or Conversation.objects.create(
        study=person.study, participant=person.participant
    )
    turn = conversation.turns.create(
        position=position, speaker=Speaker.USER, source=TurnSource.TYPED, text=text
    )
    look("reply", turn.pk)
    return turn


@transaction.atomic
def finish_chat(enrollment: Enrollment, *, early: bool = False) -> Enrollment:
    """End the conversation and go on; `early` where an answer failed. TooFewError says what is missing."""
    person = _locked(enrollment)
    if not may_chat(person):
        return person
    conversation = conversation_of(person)
    sent = len(messages_of(turns_of(person)))
    if conversation is None or sent < (1 if early else person.study.turns_min):
        raise TooFewError
    Conversation.objects.filter(pk=conversation.pk, finished_at=None).update(
        finished_at=timezone.now()
    )
    return go_on(person.pk)


def may_chat(enrollment: Enrollment) -> bool:
    """Return whether a person is in the chat, and their texts may go to the assistant."""
    return (
        enrollment.part == Part.CHAT
        and enrollment.finished_at is None
        and enrollment.withdrawn_at is None
        and Scope.PROVIDER in enrollment.scopes
    )


def _locked(enrollment: Enrollment) -> Enrollment:
    """Return the row of a person, held until the transaction ends: one message at a time."""
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("study", "participant")
        .get(pk=enrollment.pk)
    )
