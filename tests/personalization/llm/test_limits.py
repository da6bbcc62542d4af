"""What endpoints say of their limits in headers, as several of them say it, and nonsense."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.llm.limits import REQUESTS, TOKENS, Limits, limits_of, seconds

NOW = 1_763_000_000.0  # 2025-11-13 02:13:20 UTC


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        # OpenAI, as its guide shows them; Groq, Mistral and others use the same names.
        (
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-remaining-tokens": "149984",
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-reset-tokens": "6m0s",
            },
            Limits(60, 59, 1.0, 150000, 149984, 360.0),
        ),
        # Azure, where a resource has no limit.
        (
            {
                "x-ratelimit-limit-tokens": "-1",
                "x-ratelimit-remaining-tokens": "-1",
                "x-ratelimit-reset-tokens": "0",
            },
            Limits(tokens_reset=0.0),
        ),
        # Cerebras and DigitalOcean: the window is part of the name, the reset in seconds or 1970's.
        (
            {
                "X-RateLimit-Limit-Tokens-Minute": "60000",
                "X-RateLimit-Reset-Tokens-Minute": "33.0",
                "x-ratelimit-remaining-tokens-per-minute": "12",
                "x-ratelimit-limit-requests-day": "14400",
            },
            Limits(tokens=60000, tokens_left=12, tokens_reset=33.0),
        ),
        # Anthropic.
        (
            {
                "anthropic-ratelimit-requests-limit": "50",
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2025-11-13T02:13:32Z",
                "anthropic-ratelimit-tokens-limit": "40000",
                "anthropic-ratelimit-tokens-remaining": "39000",
                "anthropic-ratelimit-tokens-reset": "2025-11-13T02:13:20.5+00:00",
            },
            Limits(50, 0, 12.0, 40000, 39000, 0.5),
        ),
        # Drafts of the IETF: seconds, and perhaps a policy with its window.
        (
            {"RateLimit-Limit": "100", "RateLimit-Remaining": "50", "RateLimit-Reset": "30"},
            Limits(100, 50, 30.0),
        ),
        (
            {"RateLimit-Limit": "10, 10;w=1, 500;w=60", "RateLimit-Remaining": "3"},
            Limits(600, 3),
        ),
        ({"ratelimit-limit": "5000", "ratelimit-policy": "5000;w=3600"}, Limits(83)),
        ({"x-ratelimit-limit": "100, 100;window=60", "x-ratelimit-reset": "3"}, Limits(100, None, 3)),
        # A time of 1970's, in seconds and in milliseconds.
        ({"x-ratelimit-reset": "1763000007"}, Limits(requests_reset=7.0)),
        ({"x-ratelimit-reset": "1763000007500"}, Limits(requests_reset=7.5)),
        # The names that say more go before those that may mean anything.
        (
            {"x-ratelimit-limit": "7", "x-ratelimit-limit-requests": "60"},
            Limits(requests=60),
        ),
        ({"x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0"}, Limits(None, 0)),
        ({}, None),
        ({"content-type": "application/json", "retry-after": "3"}, None),
        ({"x-ratelimit-limit-requests": "plenty", "ratelimit": '"default";r=50;t=30'}, None),
    ],
)  # fmt: skip
def test_what_headers_say(headers: dict[str, str], limits: Limits | None) -> None:
    assert limits_of(headers, NOW) == limits


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("1s", 1), ("6m0s", 360), ("20ms", 0.02), ("1h2m3.5s", 3723.5), ("2m59.56s", 179.56),
        ("120", 120), ("0.25", 0.25), ("12µs", 12e-6), ("1d", 86400), (" 7.66s ", 7.66),
        ("Thu, 13 Nov 2025 02:13:30 GMT", 10), ("2025-11-13 02:13:25", 5),
        ("2020-01-01T00:00:00Z", 0), ("1600000000", 0),
        ("", None), ("soon", None), ("-5", None), ("1e3", None), ("nan", None), ("inf", None),
        ("5 apples", None), ("1s2", None), ("s", None), ("9" * 30, None), ("٣s", None),
    ],
)  # fmt: skip
def test_a_time_is_a_number_of_seconds(text: str, wait: float | None) -> None:
    """Durations, seconds, points in time; a time that is over is now; nonsense is nothing."""
    assert seconds(text, NOW) == (None if wait is None else pytest.approx(wait))


def test_a_limit_of_a_day_is_none_of_a_minute() -> None:
    """Groq counts requests in days, under the same name: only the reset gives it away."""
    groq = Limits(14400, 14370, 179.56, 18000, 17997, 7.66)
    assert (groq.requests_a_minute, groq.tokens_a_minute) == (None, 18000)
    assert Limits(requests=60).requests_a_minute == 60


NAMES = st.sampled_from(
    [*(name for names in (REQUESTS, TOKENS) for group in names.values() for name in group)]
)
VALUES = st.text(max_size=30) | st.from_regex(r"[0-9.;,:TZhms +-]{0,25}", fullmatch=True)


@given(st.dictionaries(NAMES, VALUES, max_size=8), st.floats(0, 4e9))
@settings(max_examples=100, deadline=None)
def test_no_header_is_an_error(headers: dict[str, str], now: float) -> None:
    """Whatever comes: numbers that make sense, or None."""
    limits = limits_of(headers, now)
    if limits is not None:
        counts = (limits.requests, limits.tokens, limits.requests_left, limits.tokens_left)
        assert all(one is None or 0 <= one < 1e18 for one in counts)
        times = (limits.requests_reset, limits.tokens_reset)
        assert all(one is None or 0 <= one < 1e18 for one in times)
