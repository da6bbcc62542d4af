"""Asking models: each attempt once, raw answers first, losses counted, keys nowhere."""

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from personalization import calls
from personalization.asking import Lost, answer_of, ask_once, lost_calls, stream_once
from personalization.endpoints import stand_in
from personalization.llm.backend import Ask, AskError, Message
from personalization.models import Endpoint, ModelCall
from personalization.models.endpoint import OFFLINE
from personalization.sealing import seal
from tests import factories as make
from tests.llm_exchange import Body
from tests.llm_server import LLMServer

pytestmark = pytest.mark.django_db
KEY = "sk-very-secret-key-4711"
ASK = Ask("fake", (Message("user", "I sail every summer."),), {"temperature": 0})


def once(endpoint: Endpoint, work: int = 1, attempt: int = 0, ask: Ask = ASK) -> ModelCall:
    return async_to_sync(ask_once)("reply", work, attempt, endpoint, ask)


def test_a_call_is_a_row(llm_server: LLMServer) -> None:
    """What was asked, where, and the whole answer with its cost and times."""
    endpoint = make.endpoint(url=llm_server.url, key=KEY)
    call = once(endpoint)
    call.refresh_from_db()
    assert (call.endpoint, call.model, call.request) == (endpoint.name, "fake", ASK.body())
    assert (call.request_hash, call.error) == (ASK.hash(), None)
    assert call.answer is not None
    assert answer_of(call).text == call.answer["choices"][0]["message"]["content"]
    assert call.completion_tokens
    assert call.finished_at is not None
    assert call.finished_at >= call.started_at
    endpoint.refresh_from_db()
    assert endpoint.answered_at is not None
    assert endpoint.failed_at is None


def test_no_attempt_is_asked_twice(llm_server: LLMServer) -> None:
    """The saved answer comes back; another attempt, or other work, is another request."""
    endpoint = make.endpoint(url=llm_server.url)
    first = once(endpoint)
    assert once(endpoint).pk == first.pk
    assert llm_server.count() == 1
    once(endpoint, attempt=1)
    once(endpoint, work=2)
    assert llm_server.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_row_is_there_before_the_request(llm_server: LLMServer) -> None:
    """A worker that dies while it waits leaves a trace, in a transaction that has ended."""
    seen: list[tuple[int, int]] = []

    def look(body: Body) -> str:
        calls_begun = ModelCall.objects.filter(answer__isnull=True, error=None).count()
        seen.append((calls_begun, ModelCall.objects.count()))
        connection.close()
        return "answer"

    llm_server.say(None, look)
    once(make.endpoint(url=llm_server.url))
    assert seen == [(1, 1)]


def test_a_lost_call_is_counted_and_not_repeated(llm_server: LLMServer) -> None:
    """In flight when its worker ended: the next attempt asks, the lost one never again."""
    endpoint = make.endpoint(url=llm_server.url)
    calls.begin("reply", 1, 0, endpoint, ASK)
    for _time in range(2):
        with pytest.raises(Lost):
            once(endpoint)
    assert llm_server.count() == 0
    assert lost_calls().count() == 1
    once(endpoint, attempt=1)
    assert (llm_server.count(), lost_calls().count()) == (1, 1)


def test_an_answer_replaces_a_loss_noted_too_early(llm_server: LLMServer) -> None:
    """A slow worker that was taken for dead: what it brings is kept."""
    endpoint = make.endpoint(url=llm_server.url)
    call, _new = calls.begin("reply", 1, 0, endpoint, ASK)
    with pytest.raises(Lost):
        once(endpoint)
    calls.answered(call, endpoint, answer_of(once(endpoint, attempt=1)))
    call.refresh_from_db()
    assert call.answer is not None
    assert call.error is None
    assert once(endpoint).pk == call.pk


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("error_500", "unavailable"),
        ("rate_limited", "rate_limited"),
        ("garbage", "garbage"),
        ("unauthorized", "unauthorized"),
        ("echo_key", "unauthorized"),
    ],
)
def test_an_error_is_saved_and_raised(llm_server: LLMServer, fault: Any, kind: str) -> None:  # noqa: ANN401
    """The endpoint shows it; the same attempt raises it again without asking."""
    endpoint = make.endpoint(url=llm_server.url, key=KEY)
    llm_server.misbehave(fault, times=None)
    with pytest.raises(AskError) as raised:
        once(endpoint)
    asked = llm_server.count()
    with pytest.raises(AskError) as again:
        once(endpoint)
    assert raised.value.kind == again.value.kind == kind
    assert llm_server.count() == asked
    call = ModelCall.objects.get()
    endpoint.refresh_from_db()
    assert str(call.error).partition("\n")[0] == endpoint.error == str(raised.value)
    assert str(again.value) == str(raised.value)
    assert endpoint.failed_at is not None


def test_the_key_is_in_no_row(llm_server: LLMServer, caplog: pytest.LogCaptureFixture) -> None:
    """It is sent, and it is nowhere: neither in calls nor in endpoints nor in the log."""
    caplog.set_level("DEBUG")
    endpoint = make.endpoint(url=llm_server.url, key=KEY)
    once(endpoint)
    llm_server.misbehave("echo_key")
    with pytest.raises(AskError):
        once(endpoint, attempt=1)
    assert set(llm_server.keys) == {KEY}
    with connection.cursor() as cursor:
        for table in ("personalization_modelcall", "personalization_endpoint"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - names of our own
            text = repr(cursor.fetchall())
            assert KEY not in text
            assert KEY.encode().hex() not in text
    assert KEY not in caplog.text


def test_a_stream_hands_on_pieces_and_saves_the_whole(llm_server: LLMServer) -> None:
    """A saved answer comes back without pieces."""
    endpoint = make.endpoint(url=llm_server.url)
    pieces: list[str] = []

    async def take(piece: str) -> None:
        pieces.append(piece)

    stream = async_to_sync(stream_once)
    call = stream("reply", 1, 0, endpoint, ASK, take)
    assert "".join(pieces) == answer_of(call).text
    assert stream("reply", 1, 0, endpoint, ASK, take).pk == call.pk
    assert "".join(pieces) == answer_of(call).text
    assert llm_server.count() == 1


def test_a_cut_stream_is_an_error(llm_server: LLMServer) -> None:
    endpoint = make.endpoint(url=llm_server.url)
    llm_server.misbehave("cut", after=1)

    async def take(piece: str) -> None: ...

    with pytest.raises(AskError, match="cut"):
        async_to_sync(stream_once)("reply", 1, 0, endpoint, ASK, take)
    assert ModelCall.objects.get().error.startswith("cut: ")  # type: ignore[union-attr]


def test_what_came_in_place_of_an_answer_stays_with_the_call(llm_server: LLMServer) -> None:
    """It may be about a person: the endpoint's row, which all researchers see, does not have it."""
    endpoint = make.endpoint(url=llm_server.url)
    broken = AskError("garbage", "no choices", content='{"said": "The user sails."}')
    call, _new = calls.begin("reply", 1, 0, endpoint, ASK)
    calls.failed(call, endpoint, broken)
    call.refresh_from_db()
    endpoint.refresh_from_db()
    assert call.error == 'garbage: no choices\n{"said": "The user sails."}'
    assert endpoint.error == str(broken) == "garbage: no choices"
    with pytest.raises(AskError) as again:
        calls.resume(call)
    assert (again.value.kind, again.value.message) == ("garbage", "no choices")


def test_a_refusal_is_saved_as_an_answer(llm_server: LLMServer) -> None:
    llm_server.misbehave("refusal")
    call = once(make.endpoint(url=llm_server.url))
    assert answer_of(call).finish == "content_filter"


def test_the_stand_in_is_an_endpoint_like_any_other() -> None:
    """Its calls are rows as well, and name it."""
    call = once(stand_in())
    assert call.endpoint == OFFLINE
    assert call.answer["model"] == OFFLINE  # type: ignore[index]
    assert "stand-in" in answer_of(call).text


def test_a_closed_door_is_saved_too(settings: Any) -> None:  # noqa: ANN401
    """An address inside that nobody has named: the call says so."""
    settings.ENDPOINT_HOSTS = []
    with pytest.raises(AskError, match="forbidden_address"):
        once(make.endpoint(url="http://127.0.0.1:1/v1"))
    assert ModelCall.objects.get().error.startswith("forbidden_address: ")  # type: ignore[union-attr]


def test_a_key_that_cannot_be_read(llm_server: LLMServer) -> None:
    """Sealed under another secret key: the error says to enter it again, nothing is sent."""
    endpoint = make.endpoint(url=llm_server.url, key=KEY)
    endpoint.sealed_key = b"sealed elsewhere"
    endpoint.save()
    with pytest.raises(AskError, match="enter it again"):
        once(endpoint)
    assert llm_server.count() == 0


def test_no_more_at_once_than_the_endpoint_takes(llm_server: LLMServer) -> None:
    """Twelve at once, three places."""
    endpoint = make.endpoint(url=llm_server.url, concurrency=3)
    llm_server.misbehave("timeout", times=3)

    async def all_at_once() -> None:
        asked = [ask_once("reply", work, 0, endpoint, ASK) for work in range(12)]
        waiting = asyncio.gather(*asked)
        await asyncio.to_thread(llm_server.wait_until_held, 3)
        llm_server.release()
        await waiting

    async_to_sync(all_at_once)()
    assert (llm_server.count(), llm_server.most_in_flight) == (12, 3)
    assert ModelCall.objects.filter(answer__isnull=False).count() == 12


def test_a_changed_row_is_asked_as_it_is_now(llm_server: LLMServer) -> None:
    """A new key is used by the next call of the same worker."""
    endpoint = make.endpoint(url=llm_server.url, key="old-key")

    async def twice(change: Callable[[], Awaitable[Endpoint]]) -> None:
        await ask_once("reply", 1, 0, endpoint, ASK)
        await ask_once("reply", 2, 0, await change(), ASK)

    async def change() -> Endpoint:
        changed = copy(endpoint)
        changed.sealed_key = seal("new-key")
        return changed

    async_to_sync(twice)(change)
    assert llm_server.keys == ["old-key", "new-key"]


def test_an_endpoint_is_not_written_with_every_call(llm_server: LLMServer) -> None:
    """At most every few seconds, but at once when its state changes."""
    endpoint = make.endpoint(url=llm_server.url)
    once(endpoint)
    endpoint.refresh_from_db()
    first = endpoint.answered_at
    once(endpoint, attempt=1)
    endpoint.refresh_from_db()
    assert endpoint.answered_at == first
    llm_server.misbehave("unauthorized")
    with pytest.raises(AskError):
        once(endpoint, attempt=2)
    endpoint.refresh_from_db()
    assert endpoint.failed_at is not None
    assert timezone.now() >= endpoint.failed_at
