"""What is asked of a model, what it answers, and how it may fail; the same for every backend."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from personalization.llm.limits import Limits

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The JSON schema that an answer should follow; we check answers ourselves in any case."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a model. `sampling` holds temperature, top_p, max_tokens, seed and the like."""

    model: str
    messages: Sequence[Message]
    sampling: Mapping[str, Any] = field(default_factory=dict)
    schema: Schema | None = None
    top_logprobs: int | None = None

    def body(self) -> dict[str, Any]:
        """Return the request as the chat completions protocol says it."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": one.role, "content": one.content} for one in self.messages],
            **self.sampling,
        }
        if self.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": self.schema.name,
                    "schema": dict(self.schema.schema),
                    "strict": True,
                },
            }
        if self.top_logprobs is not None:
            body |= {"logprobs": True, "top_logprobs": self.top_logprobs}
        return body

    def hash(self) -> str:
        """Return a hash of all that is asked: equal requests, equal hashes."""
        said = json.dumps(self.body(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said; `raw` is the whole answer as it came, before anybody parses it.

    `limits` is what the endpoint said of its limits with it, `tries` how many requests it took.
    """

    text: str
    finish: str
    raw: Mapping[str, Any]
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    limits: Limits | None = None
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of some texts, in their order; `raw` is the answer without them."""

    vectors: list[list[float]]
    raw: Mapping[str, Any]
    prompt_tokens: int | None = None
    limits: Limits | None = None
    tries: int = 1


# timeout, unavailable (5xx, no connection), rate_limited (429), cut (a stream that ended early),
# garbage (not what the protocol says) may pass; the others need a person.
ErrorKind = Literal[
    "timeout", "unavailable", "rate_limited", "cut", "garbage",
    "unauthorized", "bad_request", "forbidden_address",
]  # fmt: skip
KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
PASSING = ("timeout", "unavailable", "rate_limited", "cut", "garbage")


def error_kind(word: str) -> ErrorKind:
    """Return a word as a kind of error; what is not known needs a person."""
    return next((kind for kind in KINDS if kind == word), "bad_request")


class AskError(Exception):
    """A request that brought no answer: which kind, and what the other end said.

    `content` is what came in place of an answer. It may be about a person, so it belongs into the
    record of the call alone, and not into what is said of endpoints and failed work. `limits` is
    what the endpoint said of its limits with it, `tries` how many requests were made.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        retry_after: float | None = None,
        content: str = "",
        limits: Limits | None = None,
        tries: int = 1,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after  # seconds
        self.content = content
        self.limits = limits
        self.tries = tries

    @property
    def passing(self) -> bool:
        """Return whether the same request may succeed later."""
        return self.kind in PASSING

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


class Backend(Protocol):
    """Something that answers: an endpoint over HTTP, or the stand-in. One per event loop."""

    async def ask(self, ask: Ask) -> Answer:
        """Return the answer; raises AskError."""
        ...

    def stream(self, ask: Ask) -> AsyncIterator[str | Answer]:
        """Yield the text piece by piece, and last the whole Answer; raises AskError."""
        ...

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text; raises AskError."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...
