"""The offline stand-in: a backend like any other, without a model and without a network.

It reads the prompts of `personalization/prompts/` by rules, so that a study can be tried out whole.
Equal requests get equal answers.
"""

import asyncio
import hashlib
import math
import re
from collections.abc import AsyncIterator, Sequence

from personalization.llm.backend import Answer, Ask, Embedded, Message
from personalization.llm.fences import fenced
from personalization.llm.standin.chat import reply
from personalization.llm.standin.extraction import extract, point
from personalization.llm.standin.generation import generate, length
from personalization.llm.standin.judging import judge, logprobs
from personalization.llm.standin.revision import refine, verify
from personalization.llm.standin.words import WORD

TASK = re.compile(r"^Task: (\w+)$", re.MULTILINE)
PIECE = re.compile(r"\S+\s*")
ATTRIBUTE = re.compile(r"^- (.*)$", re.MULTILINE)
DIMENSIONS = 256


def said(messages: Sequence[Message], introduce: bool = True) -> str:
    """Return what the stand-in says to these messages; it introduces itself in first replies."""
    name, instructions, data = _read(messages)
    if name == "reply":
        return reply(messages, introduce)
    if name in ("extraction", "extraction_plain"):
        return extract(data.get("conversation", ""), evidence=name == "extraction")
    if name == "evidence":
        return point(data.get("attribute", ""), data.get("conversations", ""))
    if name == "generation":
        known = ATTRIBUTE.findall(data.get("attributes", ""))
        return generate(data.get("query", ""), known, length(instructions))
    if name in ("verify", "refine"):
        return verify(data) if name == "verify" else refine(data)
    return judge(name, instructions, data)


def _read(messages: Sequence[Message]) -> tuple[str, str, dict[str, str]]:
    """Return the task, the instructions and the fenced texts of messages."""
    instructions = "\n".join(one.content for one in messages if one.role == "system")
    task = TASK.search(instructions)
    data: dict[str, str] = {}
    for message in messages:
        data |= fenced(message.content)
    return task[1] if task else "reply", instructions, data


def vector(text: str) -> list[float]:
    """Return a vector of length 1 (0 without words) that counts words by their hashes."""
    counts = [0.0] * DIMENSIONS
    for word in WORD.findall(text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        counts[digest[0]] += 1 if digest[1] % 2 else -1
    length = math.hypot(*counts)
    return [count / length for count in counts] if length else counts


def tokens(messages: Sequence[Message]) -> int:
    """Return how long messages are, in words."""
    return sum(len(WORD.findall(one.content)) for one in messages)


class Standin:
    """The backend of the offline stand-in; `pause` is the time between two words of a stream."""

    def __init__(self, pause: float = 0.02) -> None:
        self.pause = pause

    async def ask(self, ask: Ask) -> Answer:
        """Return the answer that the rules give."""
        text = said(ask.messages)
        usage = {
            "prompt_tokens": tokens(ask.messages),
            "completion_tokens": len(WORD.findall(text)),
        }
        choice: dict[str, object] = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": "stop",
        }
        name, instructions, data = _read(ask.messages)
        if ask.top_logprobs and name.startswith("judge_"):
            choice["logprobs"] = logprobs(name, instructions, data, ask.top_logprobs)
        raw = {
            "object": "chat.completion",
            "model": "offline-stand-in",
            "choices": [choice],
            "usage": usage,
        }
        return Answer(text, "stop", raw, usage["prompt_tokens"], usage["completion_tokens"])

    async def stream(self, ask: Ask) -> AsyncIterator[str | Answer]:
        """Yield the answer word by word, and last as a whole."""
        answer = await self.ask(ask)
        for piece in PIECE.findall(answer.text):
            await asyncio.sleep(self.pause)
            yield piece
        yield answer

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text: texts with the same words are near each other."""
        read = sum(len(WORD.findall(text)) for text in texts)
        raw = {
            "object": "list",
            "model": "offline-stand-in",
            "usage": {"prompt_tokens": read},
            "count": len(texts),
            "length": DIMENSIONS,
        }
        return Embedded([vector(text) for text in texts], raw, read)

    async def close(self) -> None:
        """Have nothing to let go."""
