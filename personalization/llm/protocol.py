"""Read what an endpoint answers, strictly: what is not of the protocol is garbage, and is kept."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

import orjson

from personalization.llm.backend import Answer, AskError, Embedded
from personalization.llm.limits import Limits

EXCERPT = 2000  # characters of garbage that are kept
LONGEST_ANSWER = 1_000_000  # characters; an endpoint that does not stop is cut off
LONGEST_VECTOR = 200_000  # characters: some 8,000 numbers
# Escapes of what the database refuses: NUL, and halves of characters; alone they cannot be told.
ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
DEEPEST = 200  # levels


def dumps(body: Mapping[str, Any]) -> bytes:
    """Return a request as JSON."""
    try:
        return orjson.dumps(body)
    except TypeError:  # half characters, numbers beyond 64 bits
        return json.dumps(body).encode()


def read(content: bytes) -> object:
    """Return an answer's JSON as the database can take it. Raises AskError."""
    try:
        escaped = ESCAPED.search(content) is not None
        found = _loads_halves(content) if escaped else orjson.loads(content)
        # The walk through all of it costs more than the reading: only where there is cause.
        nested = content.count(b"[") + content.count(b"{") >= DEEPEST
        return clean(found) if escaped or nested else found
    except (ValueError, RecursionError):
        start = content[:EXCERPT].decode("utf-8", "replace")
        raise AskError("garbage", "not JSON", content=start.replace("\0", "\ufffd")) from None


def _loads_halves(content: bytes) -> object:
    """Return JSON that may hold halves of characters, which orjson refuses."""
    try:
        return orjson.loads(content)
    except ValueError:
        return json.loads(content, parse_constant=_no_constant)


def _no_constant(word: str) -> NoReturn:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(word)


def garbage(why: str, content: object) -> AskError:
    """Return the error for an answer that is not of the protocol, with its beginning."""
    said = orjson.dumps(content, default=str).decode()[:EXCERPT]
    return AskError("garbage", why, content=said)


def clean(value: Any, deep: int = DEEPEST) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON without NUL and half characters, which the database refuses.

    Raises ValueError where it is nested more deeply than others here could walk through.
    """
    if deep == 0:
        raise ValueError("nested too deeply")
    match value:
        case str():
            whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return whole.replace("\0", "\ufffd")
        case list():
            return [clean(each, deep - 1) for each in value]
        case dict():
            return {clean(key, deep): clean(each, deep - 1) for key, each in value.items()}
    return value


def answer(raw: object, limits: Limits | None = None, tries: int = 1) -> Answer:
    """Return a chat completion as an Answer; a refusal is one as well. Raises AskError."""
    if not isinstance(raw, Mapping):
        raise garbage("not an object", raw)
    choices = raw.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise garbage("no choices", raw)
    message, finish = choices[0].get("message"), choices[0].get("finish_reason")
    if not isinstance(message, Mapping):
        raise garbage("no message", raw)
    text, refusal = message.get("content"), message.get("refusal")
    if not isinstance(text, str | None) or not isinstance(refusal, str | None):
        raise garbage("content is not text", raw)
    prompt_tokens, completion_tokens = _used(raw.get("usage"))
    return Answer(
        text or refusal or "",
        _finish(finish, refusal),
        dict(raw),
        prompt_tokens,
        completion_tokens,
        limits,
        tries,
    )


def _finish(finish: object, refusal: str | None) -> str:
    if refusal and finish != "content_filter":
        return "refusal"
    return finish if isinstance(finish, str) else "unknown"


def _used(usage: object) -> tuple[int | None, int | None]:
    if not isinstance(usage, Mapping):
        return None, None
    read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return (
        read if isinstance(read, int) else None,
        written if isinstance(written, int) else None,
    )


def vectors(raw: object, count: int, limits: Limits | None = None, tries: int = 1) -> Embedded:
    """Return the vectors of an answer about `count` texts, in their order. Raises AskError."""
    data = raw.get("data") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(data, list) or len(data) != count:
        raise garbage("not one vector for each text", raw)
    try:
        placed = {int(one["index"]): one["embedding"] for one in data}
        found = [[float(number) for number in placed[place]] for place in range(count)]
    except (KeyError, TypeError, ValueError):
        raise garbage("vectors cannot be read", raw) from None
    if len({len(one) for one in found}) > 1 or not all(found):
        raise garbage("vectors of different lengths, or of none", raw)
    if not all(math.isfinite(number) for one in found for number in one):
        raise garbage("vectors that are not numbers", raw)
    kept = {key: value for key, value in raw.items() if key != "data"}
    length = len(found[0]) if found else 0
    return Embedded(
        found,
        {**kept, "count": count, "length": length},
        _used(raw.get("usage"))[0],
        limits,
        tries,
    )


class Whole:
    """A streamed answer as it grows."""

    def __init__(self) -> None:
        self.begun = False  # has anything come that somebody may have read?
        self._text: list[str] = []
        self._length = 0
        self._refusal: list[str] = []
        self._logprobs: list[Any] = []
        self._finish: str | None = None
        self._usage: object = None
        self._head: dict[str, Any] = {}

    def add(self, chunk: object) -> str:
        """Take one event in; return the text that it brings."""
        chunk = clean(chunk)
        if not isinstance(chunk, Mapping):
            raise garbage("not an object", chunk)
        self._head = self._head or {key: chunk[key] for key in ("id", "model") if key in chunk}
        self._usage = chunk.get("usage") or self._usage
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            raise garbage("no choices", chunk)
        return self._choice(choices[0]) if choices else ""

    def _choice(self, choice: object) -> str:
        delta = choice.get("delta") if isinstance(choice, Mapping) else None
        if not isinstance(choice, Mapping) or not isinstance(delta, Mapping | None):
            raise garbage("no delta", choice)
        piece, refusal = (delta or {}).get("content"), (delta or {}).get("refusal")
        if not isinstance(piece, str | None) or not isinstance(refusal, str | None):
            raise garbage("content is not text", choice)
        finish, logprobs = choice.get("finish_reason"), choice.get("logprobs")
        self._finish = finish if isinstance(finish, str) else self._finish
        if isinstance(logprobs, Mapping) and isinstance(logprobs.get("content"), list):
            self._logprobs += logprobs["content"]
        self._refusal.append(refusal or "")
        self._text.append(piece or "")
        self._length += len(piece or "")
        if self._length > LONGEST_ANSWER:
            raise AskError("garbage", f"a text of more than {LONGEST_ANSWER} characters")
        self.begun = self.begun or bool(piece)
        return piece or ""

    def answer(self) -> Answer:
        """Return the whole; AskError `cut` where the end is missing, `garbage` where all is."""
        text, refusal = "".join(self._text), "".join(self._refusal)
        if not self._head and not text:
            raise AskError("garbage", "a stream without a single event of the protocol")
        if self._finish is None:
            why = f"the stream ended early, after {len(text)} characters"
            raise AskError("cut", why, content=text)
        message = {"role": "assistant", "content": text or None}
        choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": self._finish}
        if refusal:
            choice["message"]["refusal"] = refusal
        if self._logprobs:
            choice["logprobs"] = {"content": self._logprobs}
        raw = {**self._head, "object": "chat.completion", "streamed": True, "choices": [choice]}
        return answer({**raw, "usage": self._usage})
