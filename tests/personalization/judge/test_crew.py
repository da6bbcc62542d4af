"""An endpoint's places are divided among its workers, and all of them hear how it is doing."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from personalization.judge.crew import beat
from personalization.judge.jobs import look_for_readings
from personalization.llm.backend import Answer, AskError
from personalization.llm.limits import Limits
from personalization.models import Crew, Endpoint, JudgeRun, Pulse
from personalization.runs.crew import FRESH, News, Share, Wish, is_crowded, leave
from tests import factories as make

pytestmark = pytest.mark.django_db
NOTHING = Wish(())


@pytest.fixture
def at() -> Endpoint:
    return make.endpoint(url="https://m.example.org", concurrency=8)


@pytest.fixture
def run(at: Endpoint) -> JudgeRun:
    return JudgeRun.objects.create(
        study=make.study(), rater=make.judge(), source="called", endpoint=at
    )


def tell(run: JudgeRun, worker: str, news: News | None = None, wish: Wish = NOTHING) -> Share:
    assert run.endpoint is not None
    return beat(run, run.endpoint, worker, wish, news or News())


def test_one_who_comes_in_gets_what_the_others_give_back(run: JudgeRun) -> None:
    """Never more than the endpoint takes, whoever beats first; at the end everybody has a share."""
    assert tell(run, "one").places == 8
    assert tell(run, "two").places == 0
    assert tell(run, "one").places == 4
    assert tell(run, "two").places == 4
    shares = [tell(run, name).places for name in ("three", "one", "two", "three")]
    assert shares == [0, 3, 2, 3]


def test_together_they_never_have_more(run: JudgeRun) -> None:
    """Calls under way keep their places: only what is declared is begun anew."""
    chance = random.Random(5)
    under_way: dict[str, int] = {}
    for _beat in range(60):
        name = chance.choice("abcd")
        places = tell(run, name, wish=Wish((), under_way.get(name, 0))).places
        under_way[name] = max(places, chance.randrange(under_way.get(name, 0) + 1))
        assert sum(under_way.values()) <= 8


def test_the_share_of_a_dead_worker_comes_back(run: JudgeRun, at: Endpoint) -> None:
    tell(run, "dead")
    assert tell(run, "alive").places == 0
    Crew.objects.filter(worker="dead").update(until=timezone.now() - timedelta(seconds=1))
    assert tell(run, "alive").places == 8


def test_who_leaves_gives_back(run: JudgeRun, at: Endpoint) -> None:
    tell(run, "one")
    leave(at, "one")
    assert tell(run, "two").places == 8


def test_all_slow_down_when_one_is_told_to(run: JudgeRun) -> None:
    tell(run, "one", News(limited=8))
    assert tell(run, "two").places == 0  # the first has declared what is left
    assert Crew.objects.get(worker="one").places == 5


def test_an_endpoint_that_is_down_is_left_alone(run: JudgeRun) -> None:
    """Eight outages in a row: nobody asks for five seconds, then one does."""
    share = tell(run, "one", News(outages=8))
    assert share.places == 0
    assert share.wait == pytest.approx(5, abs=0.5)
    assert tell(run, "two").places == 0
    pulse = Pulse.objects.get()
    pulse.pace |= {"open_until": timezone.now().timestamp() - 1}
    pulse.save()
    assert tell(run, "one").places == 1
    assert tell(run, "one", News(answered=1)).places == 1


def test_a_wait_that_was_asked_for_is_kept_by_all(run: JudgeRun) -> None:
    error = AskError("rate_limited", "slowly", retry_after=30)
    tell(run, "one", News.of(error))
    share = tell(run, "two")
    assert share.places == 0
    assert share.wait == pytest.approx(30, abs=1)


def test_one_stray_refusal_stops_nobody(run: JudgeRun) -> None:
    """Among many answers it is that one request which waits, also when it is told of alone."""
    refusal = News.of(AskError("rate_limited", "slowly", retry_after=30))
    assert tell(run, "one", News(answered=20) + refusal).places > 0
    assert tell(run, "one", refusal).places > 0
    assert tell(run, "one", News(answered=1) + refusal + refusal + refusal).places == 0


def test_requests_a_minute_are_counted_for_all(run: JudgeRun, at: Endpoint) -> None:
    """Sixty a minute: a burst of six, for both workers together."""
    Endpoint.objects.update(requests_per_minute=60)
    at.refresh_from_db()
    run.endpoint = at
    wish = Wish((), sizes=[100] * 4)
    assert [tell(run, name, wish=wish).calls for name in ("one", "two", "one")] == [4, 2, 0]
    assert tell(run, "one", wish=wish).wait == pytest.approx(1, abs=0.5)
    leave(at, "one", unused=3)
    assert tell(run, "two", wish=wish).calls == 3


def test_tokens_a_minute_are_settled_by_what_was_used(run: JudgeRun, at: Endpoint) -> None:
    Endpoint.objects.update(tokens_per_minute=10_000)
    at.refresh_from_db()
    run.endpoint = at
    assert tell(run, "one", wish=Wish((), sizes=[500, 500, 500])).calls == 2
    assert tell(run, "one", News(answered=2, reserved=1000, used=400)).calls == 0
    assert tell(run, "one", wish=Wish((), sizes=[500, 500])).calls == 1


def test_the_server_s_own_limits_are_followed(run: JudgeRun) -> None:
    """As long as they are fresh; what is left at the server is what is left here."""
    assert tell(run, "one", wish=Wish((), sizes=[1] * 9)).calls is None
    limits = Limits(requests=600, requests_left=2, requests_reset=6.0)
    answer = Answer("Yes", "stop", {}, 10, 2, limits=limits)
    tell(run, "one", News.of(answer))
    assert Pulse.objects.get().seen_requests == 600
    assert tell(run, "one", News.of(answer), Wish((), sizes=[1] * 9)).calls == 2
    Pulse.objects.update(seen_at=timezone.now() - FRESH)
    assert tell(run, "one", wish=Wish((), sizes=[1] * 9)).calls is None


def test_news_add_up() -> None:
    one = News(answered=1, used=5, retry_after=2.0)
    two = News(limited=1, retry_after=1.0, paused=True)
    assert one + two == News(answered=1, limited=1, used=5, retry_after=2.0, paused=True)
    assert (one.is_bad, two.is_bad) == (False, True)
    assert News.of(AskError("timeout", "")).outages == 1
    # An endpoint that does not count tokens is taken to have used what was reserved.
    assert News.of(Answer("Yes", "stop", {}), reserved=7).used == 7


def test_a_run_ends_at_its_deadline(run: JudgeRun) -> None:
    JudgeRun.objects.update(deadline=timezone.now() + timedelta(minutes=1))
    assert not tell(run, "one").over
    JudgeRun.objects.update(deadline=timezone.now())
    assert tell(run, "one").over
    run.refresh_from_db()
    assert (run.paused_at is None, run.trouble.partition(":")[0]) == (False, "deadline")


@pytest.mark.parametrize("column", ["paused_at", "cancelled_at", "finished_at"])
def test_a_run_that_was_stopped_is_over(run: JudgeRun, column: str) -> None:
    JudgeRun.objects.update(**{column: timezone.now()})
    assert tell(run, "one").over


def test_an_endpoint_that_was_changed_is_seen_anew(run: JudgeRun) -> None:
    Endpoint.objects.update(concurrency=3)
    assert tell(run, "one").over


def test_others_wait(run: JudgeRun) -> None:
    assert not is_crowded()
    look_for_readings(run.pk, at=timezone.now() + timedelta(hours=1))
    assert not is_crowded()
    look_for_readings(run.pk + 1)
    assert is_crowded()
