"""Read what endpoints say of their limits, in the headers of their answers and refusals.

There is no one way. Read are the names of OpenAI (Azure, Groq, Mistral, vLLM's gateways and others
use them too), of Cerebras and DigitalOcean (the same with `-minute` or `-per-minute` behind them),
of Anthropic, and of the drafts of the IETF (`RateLimit-Limit`, also with an X before). A time until
all is there again comes as a duration of Go (`6m0s`, `20ms`), in seconds, as seconds or
milliseconds since 1970, or as a date. What cannot be read is None: a header is never an error.
"""

import math
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MINUTE = 60.0
DIGITS = 15  # more are no number of requests, tokens or seconds
UNITS = {
    "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0,
    "ms": 1e-3, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "ns": 1e-9,
}  # fmt: skip
NUMBER = re.compile(rf"\d{{1,{DIGITS}}}(?:\.\d+)?", re.ASCII)
PART = re.compile(rf"({NUMBER.pattern})(ms|us|\u00b5s|\u03bcs|ns|d|h|m|s)", re.ASCII)
DURATION = re.compile(rf"(?:{PART.pattern})+", re.ASCII)
WINDOW = re.compile(r"(\d{1,15})\s*;\s*w(?:indow)?\s*=\s*(\d{1,9})", re.ASCII)
# Numbers from here on are points in time, in seconds and in milliseconds since 1970.
SINCE_1970, MILLISECONDS = 1e9, 1e11

WHAT = ("limit", "remaining", "reset")
SUFFIXES = ("", "-minute", "-per-minute")
IETF = ("ratelimit-{}", "x-ratelimit-{}")


def _names(kind: str, others: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of the headers about requests or tokens; the first that is there counts."""
    ours = [f"x-ratelimit-{{}}-{kind}{suffix}" for suffix in SUFFIXES]
    patterns = [*ours, f"anthropic-ratelimit-{kind}-{{}}", *others]
    return {what: tuple(one.format(what) for one in patterns) for what in WHAT}


REQUESTS = _names("requests", IETF)
TOKENS = _names("tokens", ())


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be asked in a minute, what is left of it, and in how many seconds all of it is back.

    Some endpoints count in days, and say so by nothing but a reset that is far away.
    """

    requests: int | None = None
    requests_left: int | None = None
    requests_reset: float | None = None
    tokens: int | None = None
    tokens_left: int | None = None
    tokens_reset: float | None = None

    @property
    def requests_a_minute(self) -> int | None:
        """Return how many requests a minute may hold; None where they are counted in days."""
        return None if (self.requests_reset or 0) > MINUTE else self.requests

    @property
    def tokens_a_minute(self) -> int | None:
        """Return how many tokens a minute may hold; None where they are counted in days."""
        return None if (self.tokens_reset or 0) > MINUTE else self.tokens


def limits_of(headers: Mapping[str, str], now: float | None = None) -> Limits | None:
    """Return what headers say of limits, None where they say nothing; `now` is time.time().

    >>> limits_of({"x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": "1m0.5s"})
    Limits(requests=60, requests_left=None, requests_reset=60.5, tokens=None, tokens_left=None, tokens_reset=None)
    """
    lower = {name.lower(): value for name, value in headers.items()}
    said = {name: value for name, value in lower.items() if "ratelimit" in name}
    if not said:
        return None
    now = time.time() if now is None else now
    found = Limits(*_read(said, REQUESTS, now), *_read(said, TOKENS, now))
    return None if all(one is None for one in astuple(found)) else found


def _read(
    said: Mapping[str, str], names: Mapping[str, tuple[str, ...]], now: float
) -> tuple[int | None, int | None, float | None]:
    limit, left, reset = (
        next((said[name] for name in names[what] if name in said), None) for what in WHAT
    )
    most = _count(limit)
    if most is not None and limit is not None:
        most = _a_minute(most, f"{limit}, {said.get('ratelimit-policy', '')}")
    return most or None, _count(left), None if reset is None else seconds(reset, now)


def _count(text: str | None) -> int | None:
    """Return a number; of a list of the IETF the first. Azure says -1 where there is no limit."""
    found = NUMBER.fullmatch((text or "").split(",")[0].split(";")[0].strip())
    return int(float(found[0])) if found else None


def _a_minute(most: int, policy: str) -> int:
    """Return a quota of the IETF, which may name its window in seconds, as one of a minute."""
    for quota, window in WINDOW.findall(policy):
        if int(quota) == most and int(window) > 0:
            return int(most * MINUTE / int(window))
    return most


def seconds(text: str, now: float) -> float | None:
    """Return in how many seconds a time comes, 0 where it is over; None where it is no time.

    >>> [seconds(text, 0) for text in ("6m0s", "20ms", "1h2m3.5s", "12", "soon", "-1")]
    [360.0, 0.02, 3723.5, 12.0, None, None]
    """
    text = text.strip()
    if NUMBER.fullmatch(text):
        number = float(text)
        if number >= SINCE_1970:
            number = (number / 1000 if number >= MILLISECONDS else number) - now
    elif DURATION.fullmatch(text):
        number = sum(float(amount) * UNITS[unit] for amount, unit in PART.findall(text))
    else:
        number = _date(text) - now
    return max(number, 0.0) if math.isfinite(number) else None


def _date(text: str) -> float:
    """Return a date as seconds since 1970; nan where it is none."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return math.nan
