"""The stand-in in a conversation: says what it is, says back what it read, asks on."""

from collections.abc import Sequence

from personalization.llm.backend import Message
from personalization.llm.standin.extraction import statements
from personalization.llm.standin.words import ADDRESSED, exchanged, pick, sentences

INTRODUCTION = "I am Concord's offline stand-in, not a language model."
HEARD = ("So {said}.", "I see: {said}.", "Understood, {said}.", "Thank you; {said}.")
NO_STATEMENT = ("Thank you for writing that.", "All right.", "I have read that.")
CANNOT = (
    "I cannot answer questions, as there is no model behind me.",
    "A real model would try to answer that; I can only listen.",
)
FOLLOW_UPS = (
    "How did that come about?",
    "What matters most to you about it?",
    "How often does that come up?",
    "What would you change about it if you could?",
    "Who else has a part in it?",
    "What does a usual week look like for you?",
    "Is there something near to it that you do not like at all?",
    "What have you already tried?",
)
LONGEST = 160  # characters said back


def reply(messages: Sequence[Message], introduce: bool = True) -> str:
    """Return a short reply to the last message of the person."""
    said = [one.content for one in messages if one.role == "user"]
    last = said[-1] if said else ""
    first = not any(one.role == "assistant" for one in messages)
    parts = [INTRODUCTION] if first and introduce else []
    parts.append(_echo(last, str(len(said))))
    parts.append(_follow_up(said))
    return " ".join(parts)


def _echo(text: str, turn: str) -> str:
    told = statements(text)
    if told and len(told[0].words) <= LONGEST:
        back = exchanged(told[0].words, ADDRESSED).rstrip(".!")
        return pick(HEARD, text, turn).format(said=back[0].lower() + back[1:])
    asked = any(sentence.endswith("?") for sentence in sentences(text))
    return pick(CANNOT if asked else NO_STATEMENT, text, turn)


def _follow_up(said: list[str]) -> str:
    """Ask what was not asked before: the place in the list moves on with every turn."""
    start = FOLLOW_UPS.index(pick(FOLLOW_UPS, said[0] if said else ""))
    return FOLLOW_UPS[(start + max(len(said) - 1, 0)) % len(FOLLOW_UPS)]
