"""What becomes of a row whose call brought nothing."""

import pytest

from personalization.llm.backend import AskError, ErrorKind
from personalization.pipeline.handling import (
    LONGEST_WAIT,
    MOST_ERRORS,
    MOST_LIMITED,
    MOST_UNREADABLE,
    Next,
    Tries,
)


def after(*kinds: ErrorKind, works: bool = True, retry_after: float | None = None) -> list[Next]:
    tries = Tries()
    return [tries.after(AskError(kind, "so", retry_after), works=works) for kind in kinds]


def many(kind: ErrorKind, times: int) -> list[ErrorKind]:
    return [kind] * times


def test_waits_grow() -> None:
    assert [one.wait for one in after(*many("timeout", 4))] == [1, 2, 4, 8]
    assert max(one.wait for one in after(*many("rate_limited", 20))) == LONGEST_WAIT


def test_a_wait_that_was_asked_for_is_kept() -> None:
    assert after("rate_limited", retry_after=17)[0].wait == 17
    assert after("rate_limited", retry_after=0.2)[0].wait == 1


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("timeout", MOST_ERRORS),
        ("unavailable", MOST_ERRORS),
        ("cut", MOST_ERRORS),
        ("rate_limited", MOST_LIMITED),
        ("garbage", MOST_UNREADABLE),
    ],
)
def test_it_is_given_up_in_the_end(kind: ErrorKind, most: int) -> None:
    found = after(*many(kind, most))
    assert [one.what for one in found] == ["again"] * (most - 1) + ["failed"]
    assert found[-1].said == f"{kind}: so"


def test_kinds_are_counted_apart() -> None:
    """Being asked to slow down is no reason to give a row up."""
    times = MOST_ERRORS - 1
    mixed = after(*many("rate_limited", times), *many("timeout", times), "garbage")
    assert {one.what for one in mixed} == {"again"}


def test_what_cannot_be_read_is_asked_again_at_once() -> None:
    assert after("garbage")[0] == Next("again", 0.0)


@pytest.mark.parametrize("kind", ["unauthorized", "forbidden_address", "bad_request"])
def test_what_a_person_must_mend_stops_the_run(kind: ErrorKind) -> None:
    assert after(kind, works=False) == [Next("trouble", said=f"{kind}: so")]


def test_one_bad_request_among_good_ones_fails_alone() -> None:
    assert [one.what for one in after("bad_request", works=True)] == ["failed"]
    assert [one.what for one in after("unauthorized", works=True)] == ["trouble"]


def test_a_model_that_does_not_want_to_is_asked_twice() -> None:
    tries = Tries()
    assert [tries.after_refusal().what for _time in range(2)] == ["again", "failed"]
