"""How a person's chat stands: what was said, and what became of the reply to the last message."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.utils import timezone

from annotation.chat import may_chat, messages_of, next_position, turns_of
from annotation.models import Enrollment, Study, Turn
from annotation.models.conversation import Speaker
from personalization.models import Reply
from personalization.work import try_again

# After this long a person is offered a way on, whatever the machine does.
SLOW = timedelta(seconds=45)


@dataclass(frozen=True)
class Talk:
    """A chat as its page shows it. `reply` is None until a worker has begun it."""

    enrollment: Enrollment
    turns: list[Turn]
    reply: Reply | None

    @property
    def study(self) -> Study:
        """Return the study, for its limits."""
        return self.enrollment.study

    @property
    def position(self) -> int:
        """Return the place of the person's next message."""
        return next_position(self.turns)

    @property
    def unanswered(self) -> Turn | None:
        """Return the last message, where the assistant has not answered it."""
        last = self.turns[-1] if self.turns else None
        return last if last is not None and last.speaker == Speaker.USER else None

    @property
    def has_failed(self) -> bool:
        """Return whether the machine has given the last message up."""
        return self.unanswered is not None and bool(self.reply and self.reply.failure)

    @property
    def was_refused(self) -> bool:
        """Return whether the model itself did not want to answer."""
        return self.has_failed and str(self.reply and self.reply.failure).startswith("refused")

    @property
    def is_pending(self) -> bool:
        """Return whether an answer is still to come."""
        return self.unanswered is not None and not self.has_failed

    @property
    def is_slow(self) -> bool:
        """Return whether the person has waited for long."""
        since = self.unanswered
        return self.is_pending and since is not None and timezone.now() - since.at > SLOW

    @property
    def text_so_far(self) -> str:
        """Return what has arrived of the answer."""
        return self.reply.text if self.reply else ""

    @property
    def state(self) -> str:
        """Return a word that changes whenever the page should."""
        return f"{len(self.turns)}-{self.has_failed:d}{self.is_slow:d}-{len(self.text_so_far)}"

    @cached_property
    def sent(self) -> int:
        """Return how many messages the person has written."""
        return len(messages_of(self.turns))

    @property
    def is_full(self) -> bool:
        """Return whether no message is left."""
        return self.sent >= self.study.turns_max

    @property
    def may_finish(self) -> bool:
        """Return whether the chat may end here."""
        return self.sent >= self.study.turns_min and not self.is_pending and not self.has_failed

    @property
    def may_go_without(self) -> bool:
        """Return whether the person may go on without the answer, and end the chat."""
        return self.has_failed or self.is_slow


def talk_of(enrollment: Enrollment) -> Talk:
    """Return how a person's chat stands."""
    turns = turns_of(enrollment)
    last = turns[-1] if turns else None
    reply = Reply.objects.filter(turn=last).first() if last else None
    return Talk(enrollment, turns, reply)


def ask_again(enrollment: Enrollment) -> bool:
    """Let the machine try once more to answer the last message; False where nothing has failed."""
    talk = talk_of(enrollment)
    if not may_chat(enrollment) or not talk.has_failed or talk.reply is None:
        return False
    return bool(try_again([talk.reply]))
