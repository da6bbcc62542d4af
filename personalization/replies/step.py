"""Plan, ask and settle replies; what has come is saved piece by piece and told to all who read."""

import time
from typing import ClassVar

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat

from annotation.models import Conversation, Enrollment, Turn
from annotation.models.conversation import Speaker, TurnSource
from personalization.asking import answer_of, model_for, stream_once
from personalization.llm.backend import Ask, Message, Role
from personalization.models import ModelCall, Reply
from personalization.models.endpoint import Step as AskingStep
from personalization.preparing import (
    NO_LONGER_WANTED,
    check_consent,
    check_wanted,
    enrollment_of,
)
from personalization.prompts import prompt
from personalization.replies.news import tell, tell_end
from personalization.steps import HopelessError, Request, Step, in_thread, made, text_of
from personalization.work import TakenOverError, held, lease_end

# Of a long conversation the model gets the end, at most so many characters.
BUDGET = 24_000
PIECES_PER_SECOND = 10


class Replying(Step[Reply]):
    """One reply to each message of a person."""

    model = Reply
    # Somebody sits at the page: a failure that can be seen is better than a long wait.
    waits: ClassVar[tuple[float, ...]] = (1, 3, 6, 10)
    outages: ClassVar[tuple[float, ...]] = waits
    patience: ClassVar[float] = 20
    asks_refusers_again: ClassVar[bool] = False

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add the row of a message that has none."""
        turn = Turn.objects.filter(pk=about, speaker=Speaker.USER).first()
        if turn is None or _is_followed(turn):
            return 0
        return int(Reply.objects.get_or_create(turn=turn)[1])

    def request(self, row: Reply) -> Request:
        """Ask with the conversation so far, as far as it fits."""
        conversation = row.turn.conversation
        enrollment = _enrollment(conversation)
        asked = model_for(enrollment.study, AskingStep.REPLY)
        check_consent(enrollment, asked.endpoint)
        before = conversation.turns.filter(position__lte=row.turn.position)
        messages = (
            *prompt("reply").fill(task=enrollment.study.chat_task),
            *_last(list(before.order_by("position"))),
        )
        return Request(asked.endpoint, Ask(asked.model, messages, asked.sampling))

    async def ask(self, row: Reply, request: Request) -> ModelCall:
        """Ask for a stream, and pass its pieces on as they come."""
        pieces = Pieces(row)
        await pieces.begin()
        call = await stream_once(
            self.name, row.pk, row.attempt, request.endpoint, request.ask, pieces.add
        )
        await pieces.flush()
        return call

    def settle(self, row: Reply, call: ModelCall | None) -> None:
        """Write the assistant's turn."""
        call = made(call)
        text = text_of(answer_of(call))
        # A chat that is finished in this moment stays as it is.
        conversation = Conversation.objects.select_for_update().get(pk=row.turn.conversation_id)
        _enrollment(conversation)
        row.call = call
        row.text = text
        row.answer = conversation.turns.create(
            position=row.turn.position + 1,
            speaker=Speaker.ASSISTANT,
            source=TurnSource.MODEL,
            text=text,
        )

    def settled(self, row: Reply) -> None:
        """Tell all who read."""
        tell_end(row.turn_id, row.attempt, len(row.text))


class Pieces:
    """The text of a reply as it comes: kept and told in pieces, at most ten a second."""

    def __init__(self, row: Reply) -> None:
        self._row = row
        self._waiting: list[str] = []
        self._length = 0
        self._flushed = 0.0

    async def begin(self) -> None:
        """Forget what an earlier attempt has left."""
        if self._row.text:
            self._row.text = ""
            await in_thread(self._keep)("")

    async def add(self, piece: str) -> None:
        """Take a piece; TakenOverError where somebody else writes this reply by now."""
        self._waiting.append(piece.replace("\0", ""))
        if time.monotonic() - self._flushed >= 1 / PIECES_PER_SECOND:
            await self.flush()

    async def flush(self) -> None:
        """Keep and tell all that has come."""
        if text := "".join(self._waiting):
            self._waiting.clear()
            await in_thread(self._keep)(text)
        self._flushed = time.monotonic()

    @transaction.atomic
    def _keep(self, text: str) -> None:
        whole = Concat("text", Value(text)) if text else Value("")
        if not held(self._row).update(text=whole, lease_until=lease_end()):
            raise TakenOverError
        tell(self._row.turn_id, self._row.attempt, self._length, text)
        self._length += len(text)


def _is_followed(turn: Turn) -> bool:
    later = Turn.objects.filter(conversation=turn.conversation_id, position__gt=turn.position)
    return later.exists()


def _last(turns: list[Turn]) -> list[Message]:
    """Return the end of a conversation as messages; the last message is never left out."""
    messages: list[Message] = []
    left = BUDGET
    for turn in reversed(turns):
        if messages and len(turn.text) > left:
            break
        role: Role = "assistant" if turn.speaker == Speaker.ASSISTANT else "user"
        messages.append(Message(role, turn.text[:BUDGET]))
        left -= len(turn.text)
    return messages[::-1]


def _enrollment(conversation: Conversation) -> Enrollment:
    """Return the person of a chat that goes on; HopelessError where it does not."""
    enrollment = check_wanted(enrollment_of(conversation))
    if conversation.finished_at is not None or enrollment.finished_at is not None:
        raise HopelessError(NO_LONGER_WANTED)
    return enrollment
