"""Token buckets: what goes out in a minute, bursts, large calls, debts."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.llm.buckets import (
    Bucket,
    Buckets,
    Rates,
    burst,
    heard,
    refill,
    settle,
    take,
)
from personalization.llm.limits import Limits

NEW = Buckets()


def test_a_bucket_holds_a_tenth_of_a_minute() -> None:
    """At least one call: an endpoint that allows two a minute can be asked."""
    assert (burst(6000), burst(60), burst(2)) == (600, 6, 1)
    assert refill(Bucket(0, 100), 600, now=103) == Bucket(30, 103)
    assert refill(Bucket(0, 100), 600, now=1000) == Bucket(60, 1000)


def test_without_limits_all_may_go() -> None:
    assert take(NEW, Rates(), [10_000_000] * 500, now=0).count == 500


def test_a_burst_goes_and_then_one_at_a_time() -> None:
    """60 a minute: six at once, then one each second."""
    taken = take(NEW, Rates(requests=60), [1] * 20, now=50)
    assert (taken.count, taken.next_at) == (6, 51)
    for second in range(51, 56):
        taken = take(taken.buckets, Rates(requests=60), [1] * 20, now=second)
        assert (taken.count, taken.next_at) == (1, second + 1)


def test_the_scarcer_one_counts() -> None:
    """Three calls of 100 tokens where 3000 a minute hold 300 at once, whatever requests allow."""
    taken = take(NEW, Rates(requests=600, tokens=3000), [100] * 10, now=0)
    assert (taken.count, taken.next_at) == (3, 2)
    assert taken.buckets == Buckets(Bucket(57, 0), Bucket(0, 0))


def test_a_call_larger_than_the_bucket_goes_when_it_is_full() -> None:
    """And leaves a debt that the next one waits for: it is neither refused for ever nor for free."""
    rates = Rates(tokens=600)
    taken = take(NEW, rates, [300, 10], now=0)
    assert (taken.count, taken.buckets.tokens) == (1, Bucket(-240, 0))
    assert taken.next_at == 25  # 250 tokens at ten a second
    again = take(taken.buckets, rates, [300], now=25)
    assert (again.count, again.next_at) == (0, 30)
    assert take(again.buckets, rates, [300], now=30).count == 1


def test_none_overtakes_another() -> None:
    taken = take(Buckets(tokens=Bucket(50, 0)), Rates(tokens=600), [60, 1, 1], now=0)
    assert (taken.count, taken.next_at) == (0, 1)


def test_what_was_really_used_counts() -> None:
    """More than estimated is a debt, less is given back, never beyond a full bucket."""
    rates = Rates(requests=600, tokens=6000)
    taken = take(NEW, rates, [100] * 6, now=0).buckets
    assert settle(taken, reserved=600, used=5000).tokens == Bucket(-4400, 0)
    back = settle(taken, reserved=600, used=0, unused_calls=6)
    assert back == Buckets(Bucket(60, 0), Bucket(600, 0))
    assert settle(NEW, reserved=5, used=9, unused_calls=1) == NEW
    rich = settle(back, reserved=500, used=0)
    assert take(rich, rates, [100] * 20, now=0).count == 6


def test_others_use_the_key_too() -> None:
    """What the endpoint says is left goes before what we have counted, downwards only."""
    full = take(NEW, Rates(requests=600, tokens=6000), [], now=0).buckets
    said = Limits(requests=600, requests_left=2, tokens=6000, tokens_left=9999)
    assert heard(full, said) == Buckets(Bucket(2, 0), Bucket(600, 0))
    assert heard(full, Limits()) == full
    assert heard(NEW, said) == NEW


def test_a_limit_that_changes_is_kept_from_then_on() -> None:
    """From 6000 a minute to 60: what was saved up before does not go out at once."""
    taken = take(NEW, Rates(requests=6000), [1] * 100, now=0)
    assert take(taken.buckets, Rates(requests=60), [1] * 100, now=0.5).count == 6


def test_it_is_stored_as_plain_numbers() -> None:
    buckets = take(NEW, Rates(requests=60), [1], now=5).buckets
    assert Buckets.of(json.loads(json.dumps(buckets.stored()))) == buckets
    assert Buckets.of({}) == NEW


def test_a_clock_that_goes_back_gives_nothing() -> None:
    empty = Buckets(requests=Bucket(0, 100))
    taken = take(empty, Rates(requests=600), [1], now=50)
    assert (taken.count, taken.buckets.requests) == (0, Bucket(0, 100))


@given(
    st.integers(1, 3000),
    st.integers(10, 200_000),
    st.lists(
        st.tuples(st.floats(0, 30), st.lists(st.integers(1, 30_000), max_size=30)), max_size=40
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_minute_holds_more_than_its_amount_and_a_burst(
    rpm: int, tpm: int, waves: list[tuple[float, list[int]]]
) -> None:
    """Whatever comes when: in every window of 60 s, for requests and for tokens.

    Of tokens a single call may be larger than a burst: then the window holds that call in its place.
    """
    rates, buckets, now = Rates(rpm, tpm), NEW, 1.7e9
    gone: list[tuple[float, float]] = []
    for passed, sizes in waves:
        now += passed
        taken = take(buckets, rates, sizes, now)
        buckets = taken.buckets
        assert (taken.next_at is None) == (taken.count == len(sizes))
        gone += [(now, size) for size in sizes[: taken.count]]
        if taken.next_at is not None:
            # It may go then, and not before.
            assert taken.next_at > now
            next_size = sizes[taken.count : taken.count + 1]
            assert take(buckets, rates, next_size, taken.next_at).count == 1
            early = now + (taken.next_at - now) * 0.9 - 0.02 * 60 / min(rpm, tpm)
            assert early <= now or take(buckets, rates, next_size, early).count == 0
    largest = max((size for _at, size in gone), default=0)
    for begin, _size in gone:
        window = [size for at, size in gone if begin <= at < begin + 60]
        assert len(window) <= rpm + burst(rpm) + 0.1
        assert sum(window) <= tpm + max(burst(tpm), largest) + 0.1


@given(
    st.integers(1, 600),
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 2000)), min_size=1, max_size=60),
)
@settings(max_examples=100, deadline=None)
def test_it_is_as_fast_as_the_limit_allows(tpm: int, calls: list[tuple[int, int]]) -> None:
    """One call after the other, settled with what it used: the debt is waited for, and no more."""
    rates, buckets, now, used, began = Rates(tokens=tpm * 100), NEW, 0.0, 0, []
    for estimate, real in calls:
        taken = take(buckets, rates, [estimate], now)
        if taken.next_at is not None:
            now = taken.next_at
            taken = take(taken.buckets, rates, [estimate], now)
        assert taken.count == 1
        began.append(now)
        buckets = settle(taken.buckets, reserved=estimate, used=real)
        used += real
    assert all(first <= second for first, second in pairwise(began))
    assert now <= (used + max(estimate for estimate, _real in calls)) * 60 / (tpm * 100) + 1e-6


@pytest.mark.parametrize("rpm", [1, 7, 60, 500])
def test_an_hour_of_waiting_calls_makes_use_of_the_limit(rpm: int) -> None:
    """All that is allowed goes out: a limiter that allows too little is as wrong."""
    buckets, now, gone = NEW, 0.0, 0
    while now < 3600:
        taken = take(buckets, Rates(requests=rpm), [1] * 1000, now)
        buckets, gone = taken.buckets, gone + taken.count
        assert taken.next_at is not None
        now = taken.next_at
    assert rpm * 60 - 1 <= gone <= rpm * 60 + burst(rpm) + 1
