"""The adaptive number of places, the breaker, and how long an endpoint is left alone."""

import json
from dataclasses import replace
from heapq import heappop, heappush
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.llm.limits import Limits
from personalization.llm.pace import (
    CUT,
    LONGEST_OPEN,
    OPEN,
    OUTAGES,
    Pace,
    after,
    free_at,
    is_stray,
    places,
    quiet_for,
)

MOST = 64
NEW = Pace()


def opened(pace: Pace = NEW, now: float = 0) -> Pace:
    return after(pace, MOST, outages=OUTAGES, now=now)


def test_a_new_endpoint_has_all_its_places() -> None:
    assert places(Pace(), MOST, now=0) == MOST
    assert after(Pace(), MOST, answered=5, now=0).places == MOST


def test_a_round_trip_adds_one_place() -> None:
    """Ten answers at ten places, in one flush or in ten."""
    ten = Pace(places=10)
    assert after(ten, MOST, answered=10, now=0).places == 11
    for second in range(10):
        ten = after(ten, MOST, answered=1, now=second)
    assert ten.places == pytest.approx(11, abs=0.1)


@pytest.mark.parametrize(
    ("answered", "limited", "left"),
    [
        (0, 100, 70),
        (60, 40, 70),
        (80, 20, 80),
        (0, 10, 81.8182),
        (0, 1, 100),
        (95, 5, 100),
        (998, 2, 100),
    ],
)
def test_a_cut_follows_from_what_was_refused(answered: int, limited: int, left: float) -> None:
    """Seven tenths where much was refused, nothing for stray refusals; 100 count as answered before."""
    pace = after(Pace(places=100), 100, answered=answered, limited=limited, now=5)
    assert pace.places == pytest.approx(left)
    assert pace.cut_at == (5 if left < 100 else None)


def test_what_came_in_many_small_flushes_is_weighed_together() -> None:
    """A refusal alone in its flush is no share of 100 %; ten in a row are nearly one."""
    pace, now = Pace(places=20), 0.0
    for number in range(200):
        now += 0.3
        pace = after(pace, 20, answered=number % 16 < 15, limited=number % 16 == 15, now=now)
    assert pace.cut_at is None
    for _refusal in range(10):
        now += 0.3
        pace = after(pace, 20, limited=1, now=now)
    assert pace.places < 18


def test_what_was_asked_before_a_cut_is_refused_without_effect() -> None:
    """It is not weighed later either, and what was answered before still counts."""
    pace = after(Pace(places=40), 40, answered=20, limited=20, now=0)
    cut = pace.places
    pace = after(pace, 40, limited=10, now=1)
    pace = after(pace, 40, answered=20, now=3)
    assert (pace.limited, pace.places > cut) == (0, True)


def test_a_cut_comes_at_most_once_in_two_seconds() -> None:
    """What was under way before a cut is refused as well, and says nothing new."""
    pace = Pace(places=60)
    for now in (0, 0.5, 1.9):
        pace = after(pace, MOST, limited=20, now=now)
    assert pace.places == pytest.approx(60 * CUT)
    assert after(pace, MOST, limited=20, now=2).places == pytest.approx(60 * CUT * CUT)


def test_an_endpoint_that_has_too_much_to_do_is_asked_less() -> None:
    """Some say 503 and not 429; as long as most is answered that is no sign of it."""
    assert after(Pace(places=60), MOST, answered=30, outages=50, now=0).places < 60
    assert after(Pace(places=60), MOST, answered=50, outages=30, now=0).places > 60


def test_outages_in_a_row_open_the_breaker() -> None:
    """Seven do not; an answer or a 429 between begins the count anew."""
    seven = after(Pace(), MOST, outages=7, now=0)
    assert seven.open_until is None
    for alive in ({"answered": 1}, {"limited": 1}):
        again = after(after(seven, MOST, now=1, **alive), MOST, outages=7, now=2)
        assert again.open_until is None
    eight = after(seven, MOST, outages=1, now=1)
    assert (eight.open_until, places(eight, MOST, 1), places(eight, MOST, 5.9)) == (6, 0, 0)


def test_half_open_is_one_place() -> None:
    assert places(opened(), MOST, now=OPEN) == 1


def test_it_opens_twice_as_long_each_time() -> None:
    """5, 10, 20 ... up to 300 seconds."""
    pace, lengths, now = opened(), [OPEN], 0.0
    for _again in range(8):
        now = free_at(pace, now)
        pace = after(pace, MOST, outages=1, now=now)
        lengths.append(free_at(pace, now) - now)
    assert lengths == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    closed = after(pace, MOST, answered=1, now=free_at(pace, now))
    assert opened(closed).open_until == OPEN


def test_outages_from_before_change_nothing_while_it_is_open() -> None:
    """A hundred calls under way time out one after the other: one opening, not thirteen."""
    pace = opened()
    for second in range(5):
        pace = after(pace, MOST, outages=20, now=second)
    assert (pace.opened, pace.open_until) == (1, OPEN)


def test_an_answer_closes_it_and_begins_slowly() -> None:
    """From 1, doubled by each flush up to half of what it was, then one place a round trip."""
    pace = opened(Pace(places=40))
    pace = after(pace, MOST, answered=1, now=6)
    seen = [pace.places]
    for now in range(7, 13):
        pace = after(pace, MOST, answered=100, now=now)
        seen.append(pace.places)
    assert seen[:6] == [1, 2, 4, 8, 16, 20]
    assert seen[6] == 25  # a hundred answers at twenty places: five round trips


def test_a_refusal_closes_it_as_well() -> None:
    """Somebody is there, who only wants to be asked less often."""
    pace = after(opened(), MOST, limited=1, now=6)
    assert (pace.open_until, pace.opened, places(pace, MOST, 6)) == (None, 0, 1)


def test_a_slow_start_ends_with_a_cut() -> None:
    pace = after(opened(Pace(places=40)), MOST, answered=1, now=6)
    for now in range(7, 10):
        pace = after(pace, MOST, answered=100, now=now)
    pace = after(pace, MOST, limited=500, now=11)
    assert after(pace, MOST, answered=1, now=12).places == pytest.approx(5.6 + 1 / 5.6)


def test_what_is_long_ago_counts_for_little() -> None:
    """A run next day finds the few places of the evening, and doubles them as long as it can."""
    evening = Pace(places=4, heard_at=0)
    assert after(evening, MOST, answered=4, now=10).places == 5
    morning = after(evening, MOST, answered=4, now=40_000)
    assert morning.places == 8
    assert after(morning, MOST, answered=40, now=40_001).places == 16


def test_a_wait_that_is_asked_for_is_kept() -> None:
    """Nobody asks before; a shorter wait after it does not end it; and it is no outage."""
    pace = after(Pace(), MOST, limited=1, now=100, quiet=20)
    pace = after(pace, MOST, limited=1, now=101, quiet=1)
    assert [places(pace, MOST, now) > 0 for now in (101, 119.9, 120)] == [False, False, True]
    assert free_at(pace, 101) == 120
    assert after(pace, MOST, answered=1, now=121).quiet_until is None


def test_nobody_can_shut_us_out_for_a_day() -> None:
    assert free_at(after(Pace(), MOST, limited=1, now=0, quiet=86400), 0) == 300


@pytest.mark.parametrize(
    ("limits", "retry_after", "wait"),
    [
        (None, None, None),
        (None, 3.0, 3.0),
        (Limits(requests_left=0, requests_reset=12.0), 3.0, 3.0),
        (Limits(requests_left=0, requests_reset=12.0), None, 12.0),
        (Limits(requests_left=1, requests_reset=12.0), None, None),
        (Limits(requests_left=0), None, None),
        (Limits(tokens_left=0, tokens_reset=7.5, requests_left=9, requests_reset=50), None, 7.5),
        (Limits(requests_left=0, requests_reset=80_000.0), None, 60.0),
    ],
)
def test_how_long_to_wait(
    limits: Limits | None, retry_after: float | None, wait: float | None
) -> None:
    """What is said plainly goes before what follows from the amounts; days are cut to a minute."""
    assert quiet_for(limits, retry_after) == wait


def test_it_is_stored_as_plain_numbers() -> None:
    """An empty row is a new endpoint; a column of a newer version is left out."""
    pace = opened(after(Pace(places=7), MOST, limited=1, now=3, quiet=4), now=9)
    stored = json.loads(json.dumps(pace.stored()))
    assert Pace.of(stored) == pace
    assert Pace.of({**stored, "colour": "red"}) == pace
    assert Pace.of({}) == Pace()
    assert json.dumps(Pace().stored(), allow_nan=False)


FLUSHES = st.lists(
    st.tuples(
        st.floats(0, 400),  # seconds since the last
        st.integers(0, 50),
        st.integers(0, 50),
        st.integers(0, 50),
        st.none() | st.floats(0, 1e6),
        st.integers(1, 200),
    ),
    max_size=40,
)


@given(FLUSHES)
@settings(max_examples=60, deadline=None)
def test_whatever_comes_it_stays_within_its_bounds(
    flushes: list[tuple[float, int, int, int, float | None, int]],
) -> None:
    """Between 1 and the most; nobody only while it is open or quiet, which ends; then it recovers."""
    pace, now, most = Pace(), 1e9, MOST
    for passed, answered, limited, outages, quiet, most in flushes:
        now += passed
        before = pace
        pace = after(
            pace, most, answered=answered, limited=limited, outages=outages, quiet=quiet, now=now
        )
        assert 1 <= pace.places <= most
        assert free_at(pace, now) <= now + LONGEST_OPEN
        left_alone = (pace.open_until or 0) > now or (pace.quiet_until or 0) > now
        assert (places(pace, most, now) == 0) == left_alone
        if pace.cut_at == now != before.cut_at and before.open_until is None:
            assert pace.places >= min(before.places, most) * CUT - 1e-9 or pace.places == 1
            assert now - (before.cut_at or 0) >= 2
    for _flush in range(3 * most + 10):
        now = max(free_at(pace, now), now + 0.2)
        pace = after(pace, most, answered=places(pace, most, now), now=now)
    assert places(pace, most, now) == most


def rounds(
    latency: float, refused: float = 0.0, able: int | None = None, seed: int = 1
) -> list[tuple[float, int]]:
    """Return times and places of ten minutes at MOST places: a beat a second, soon after bad news.

    Answers take half to one and a half times the latency. Refusals come at once: at random, and to
    what is asked beyond `able` at the same time.
    """
    chance, pace, now, seen = Random(seed), Pace(), 0.0, []
    under_way: list[tuple[float, bool]] = []
    while now < 600:
        end, at, answered, limited = now + 1, now, 0, 0
        while True:
            while len(under_way) < places(pace, MOST, now):
                bad = chance.random() < refused or len(under_way) >= (able or MOST)
                took = 0.05 if bad else latency * chance.uniform(0.5, 1.5)
                heappush(under_way, (at + took, bad))
            if under_way[0][0] > end:
                break
            at, bad = heappop(under_way)
            answered, limited = answered + (not bad), limited + bad
            end = min(end, at + 0.1) if limited > answered else end
        now = end
        pace = after(pace, MOST, answered=answered, limited=limited, now=now)
        seen.append((now, places(pace, MOST, now)))
    return seen


def mean(seen: list[tuple[float, int]]) -> float:
    """Return the mean number of places over time."""
    times = [0.0, *(at for at, _places in seen)]
    spans = [later - sooner for sooner, later in pairwise(times)]
    weighed = sum(many * span for (_at, many), span in zip(seen, spans, strict=True))
    return weighed / times[-1]


@pytest.mark.parametrize("latency", [0.2, 2.0, 8.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_refusals_at_random_leave_the_places_in_use(latency: float, seed: int) -> None:
    """5 % of the calls are refused whatever we do: of 64 places well over 50 stay in use."""
    assert mean(rounds(latency, refused=0.05, seed=seed)) > 55


@pytest.mark.parametrize("able", [20, 40])
@pytest.mark.parametrize("latency", [0.2, 2.0])
def test_a_real_limit_is_found(able: int, latency: float) -> None:
    """What is asked beyond it is refused at once: the places come down to it, and stay there."""
    found = [many for at, many in rounds(latency, able=able) if at > 60]
    assert able * 0.65 < sum(found) / len(found) < able * 1.3


def test_stray_refusals_ask_nobody_to_wait() -> None:
    """One or two among many answers, though alone in their flush; a first one, or three, do."""
    busy = after(Pace(places=20), 20, answered=30, now=0)
    assert is_stray(busy, answered=0, limited=2)
    assert not is_stray(busy, answered=0, limited=3)
    assert is_stray(Pace(), answered=2, limited=1)
    assert not is_stray(Pace(), answered=0, limited=1)


@given(st.integers(1, 200), st.integers(1, 200))
@settings(max_examples=30, deadline=None)
def test_it_finds_what_an_endpoint_can_do(able: int, most: int) -> None:
    """An endpoint that refuses what is above `able` at once is asked about that, in the end."""
    pace, now, asked = replace(Pace(), places=1), 0.0, []
    for _flush in range(600):
        now += 1.0
        tried = places(pace, most, now)
        pace = after(pace, most, answered=min(tried, able), limited=max(tried - able, 0), now=now)
        asked.append(tried)
    best = min(able, most)
    assert max(asked[-100:]) <= max(best * 1.25, best + 3)
    assert sum(asked[-100:]) / 100 >= best * 0.7
