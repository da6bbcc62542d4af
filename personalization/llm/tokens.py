"""How many tokens a request has, said before it is made; pure.

Every model cuts text in its own way, and its tokenizer is not here. The rule: a token for three
bytes of UTF-8, rounded up for each message, and eight more for each message. English has four
bytes and more in a token, most other scripts about three, so that this is rather too many than too
few. A `Meter` learns from the answers how far it is off, because endpoints say what they counted.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from personalization.llm.backend import Ask

BYTES_A_TOKEN = 3
OF_A_MESSAGE = 8
# Where a request does not say how long its answer may become.
USUAL_MOST = 1024
# From so many answers on, what was seen counts more than the rule.
ENOUGH = 20
LIMITS = ("max_completion_tokens", "max_tokens")


def of_text(text: str) -> int:
    """Return about how many tokens a text has.

    >>> of_text(""), of_text("abc"), of_text("abcd"), of_text("日本")
    (0, 1, 2, 2)
    """
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN)


def of_texts(texts: Iterable[str]) -> int:
    """Return about how many tokens these messages have together."""
    return sum(of_text(text) + OF_A_MESSAGE for text in texts)


def of_ask(ask: Ask) -> int:
    """Return about how many tokens a request has: its messages, and the schema of its answer."""
    asked = of_texts(one.content for one in ask.messages)
    if ask.schema is not None:
        asked += of_text(orjson.dumps(dict(ask.schema.schema), default=str).decode())
    return asked


def of_body(body: dict[str, Any]) -> int:
    """Return the same for a request as it was saved."""
    asked = of_texts(str(one.get("content") or "") for one in body.get("messages", []))
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
    return asked + (of_text(orjson.dumps(schema).decode()) if schema is not None else 0)


def longest_answer(sampling: Mapping[str, Any]) -> int | None:
    """Return how many tokens an answer may have; None where the request does not say."""
    said = (sampling.get(name) for name in LIMITS)
    return next((one for one in said if isinstance(one, int) and one > 0), None)


@dataclass(slots=True)
class Meter:
    """What answers have taught: real tokens to estimated ones, and how long answers become.

    The greatest that was seen counts, not the mean: what is reserved should be enough.
    """

    answers: int = 0
    ratio: float = 0.0
    longest: int = 0

    def saw(self, estimated: int, prompt_tokens: int | None, completion_tokens: int | None) -> None:
        """Take in what an endpoint has counted; nothing where it does not count."""
        if prompt_tokens is None or completion_tokens is None:
            return
        self.answers += 1
        self.ratio = max(self.ratio, prompt_tokens / max(estimated, 1))
        self.longest = max(self.longest, completion_tokens)

    def prompt(self, estimated: int) -> int:
        """Return how many tokens a request of so many estimated ones may have."""
        ratio = self.ratio if self.answers >= ENOUGH else max(self.ratio, 1.0)
        return math.ceil(estimated * ratio)

    def completion(self, limit: int | None) -> int:
        """Return how many tokens an answer may have: the request's own limit, if it has one."""
        if limit is not None:
            return limit
        return self.longest if self.answers >= ENOUGH else max(self.longest, USUAL_MOST)
