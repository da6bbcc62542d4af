"""Say what went wrong between us and an endpoint, in our own words; never with the key in them."""

import asyncio
import math
from collections.abc import Iterator, Mapping

import aiohttp
import orjson
from openai import APIResponseValidationError, APIStatusError, OpenAIError

from personalization.llm.backend import AskError
from personalization.llm.guard import FORBIDDEN
from personalization.llm.limits import limits_of

LONGEST = 500  # characters of what the other end said
SECRET_FROM = 12  # letters; servers of one's own are given keys such as EMPTY or ollama
NEEDS_A_PERSON = {401: "unauthorized", 403: "unauthorized", 407: "unauthorized"}
OFTEN, SLOW, BROKEN, ELSEWHERE = 429, (408, 504), 500, (301, 302, 303, 307, 308)
NO_ADDRESS = "the address is not one of an endpoint"
NO_TEXT = UnicodeDecodeError
NOT_OF_THE_PROTOCOL = (ValueError, RecursionError, APIResponseValidationError)
STALLED = (TimeoutError, asyncio.TimeoutError, aiohttp.ServerTimeoutError)


def failure(error: BaseException, key: str = "", begun: bool = False) -> AskError:
    """Return an error of the client as ours; `begun`: a part of a stream had already come."""
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, AskError):
            return each
        if isinstance(each, APIStatusError):
            response = each.response
            return refusal(each.status_code, response.headers, response.content, key)
    for each in chain:
        if FORBIDDEN in str(each):
            return AskError("forbidden_address", _said(str(each), key))
    if any(isinstance(each, STALLED) for each in chain):
        return AskError("timeout", "no answer in time")
    if any(isinstance(each, UnicodeError) and not isinstance(each, NO_TEXT) for each in chain):
        return AskError("bad_request", NO_ADDRESS)  # a name that no host can have
    # What the client says of connections is vague; what it was told is plain.
    plain = next((each for each in chain if not isinstance(each, OpenAIError)), error)
    said = _said(str(plain), key) or type(plain).__name__
    if begun:
        return AskError("cut", f"the stream broke off: {said}")
    if isinstance(error, NOT_OF_THE_PROTOCOL):
        return AskError("garbage", f"not of the protocol: {said}")
    return AskError("unavailable", said)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def refusal(status: int, headers: Mapping[str, str], content: bytes, key: str = "") -> AskError:
    """Return an answer that is not one, by its status, as an error of ours."""
    said = f"status {status}: {_said(_message(content), key)}"
    limits = limits_of(headers)
    if status in NEEDS_A_PERSON:
        return AskError("unauthorized", said, limits=limits)
    if status == OFTEN:
        return AskError("rate_limited", said, _retry_after(headers), limits=limits)
    if status in ELSEWHERE:
        elsewhere = "it sends us elsewhere, where we do not go"
        return AskError("bad_request", f"status {status}: {elsewhere}", limits=limits)
    if status in SLOW:
        return AskError("timeout", said, limits=limits)
    if status >= BROKEN:
        return AskError("unavailable", said, _retry_after(headers), limits=limits)
    return AskError("bad_request", said, limits=limits)


def _message(content: bytes) -> str:
    """Return the message inside the answer, or its beginning."""
    try:
        body = orjson.loads(content)
    except ValueError:
        body = None
    error = body.get("error", body) if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return (
        message if isinstance(message, str) else content[: 4 * LONGEST].decode("utf-8", "replace")
    )


def without_key(text: str, key: str) -> str:
    """Return a text without the key in it; a short key is a placeholder, and may be any word."""
    return text.replace(key, "[key]") if len(key) >= SECRET_FROM else text


def _said(text: str, key: str) -> str:
    plain = " ".join(without_key(text, key).replace("\0", "\ufffd").split())
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + " ..."


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the endpoint asks us to wait."""
    try:
        milliseconds = headers.get("retry-after-ms")
        wait = float(milliseconds) / 1000 if milliseconds else float(headers["retry-after"])
    except (KeyError, ValueError):  # none, or a date, which hardly anybody sends
        return None
    return wait if math.isfinite(wait) and wait >= 0 else None
