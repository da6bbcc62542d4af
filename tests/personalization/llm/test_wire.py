"""What goes over the wire and what comes back: how often, limits, proxies, and odd answers."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest

from personalization.llm import protocol
from personalization.llm.backend import Answer, Ask, AskError, Message
from personalization.llm.openai_backend import OpenAIBackend
from personalization.llm.place import Place
from personalization.llm.wire import Wire
from tests.llm_exchange import Fault
from tests.llm_server import LLMServer

ASK = Ask("fake", (Message("user", "I sail every summer."),), {"seed": 7})
TEN = Message("user", "one two three four five six seven eight nine ten")


def ask(place: Place, *asks: Ask) -> list[Answer | AskError]:
    """Return what comes of one request after the other."""

    async def run() -> list[Answer | AskError]:
        backend = OpenAIBackend(place)
        came: list[Answer | AskError] = []
        for one in asks or (ASK,):
            try:
                came.append(await backend.ask(one))
            except AskError as error:
                came.append(error)
        await backend.close()
        return came

    return asyncio.run(run())


def at(server: LLMServer, retries: int = 2) -> Place:
    return Place(server.url, "sk-very-secret-key", timeout=5, trusted=True, retries=retries)


@contextmanager
def canned(*answers: bytes, endless: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """Answer the next connections with bytes as they are; yield the address and what was asked.

    After an `endless` answer blanks follow for as long as somebody listens.
    """
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                connection, _address = server.accept()
                with connection:
                    asked.append(connection.recv(100_000))
                    connection.sendall(answer)
                    while endless:
                        try:
                            connection.sendall(b" " * 10_000)
                        except OSError:  # it has had enough
                            break

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", asked
        thread.join(timeout=5)


def http(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"content-length: {len(body)}", "connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def said(text: str) -> bytes:
    return b'{"choices":[{"message":{"content":"%b"},"finish_reason":"stop"}]}' % text.encode()


def only(place: Place) -> Answer:
    (answer,) = ask(place)
    assert isinstance(answer, Answer), answer
    return answer


def failed(place: Place) -> AskError:
    (error,) = ask(place)
    assert isinstance(error, AskError), error
    return error


def test_an_answer_says_how_many_requests_it_took(llm_server: LLMServer) -> None:
    llm_server.misbehave("rate_limited", times=2, retry_after=0.01)
    first, second = ask(at(llm_server), ASK, ASK)
    assert (first.tries, second.tries) == (3, 1)


@pytest.mark.parametrize("fault", ["rate_limited", "error_500"])
def test_without_retries_one_ask_is_one_request(llm_server: LLMServer, fault: Fault) -> None:
    """A ledger counts requests, so there may be none that it does not see."""
    llm_server.misbehave(fault, times=None, retry_after=0.01)
    once, often = failed(at(llm_server, retries=0)), failed(at(llm_server, retries=1))
    assert (once.tries, often.tries, llm_server.count()) == (1, 2, 3)
    assert once.retry_after == 0.01


@pytest.mark.parametrize("fault", ["garbage", "wrong_shape", "unauthorized"])
def test_an_error_says_how_many_requests_were_made(llm_server: LLMServer, fault: Fault) -> None:
    """Also where the last of them was no error of HTTP."""
    llm_server.misbehave("error_500", times=1, retry_after=0.01)
    llm_server.misbehave(fault)
    assert failed(at(llm_server)).tries == 2


def test_limits_come_with_answers_and_with_refusals(llm_server: LLMServer) -> None:
    """Six a minute, two at once: the third is refused, with the seconds to wait."""
    llm_server.limit(requests_per_minute=6, tokens_per_minute=60_000, burst=0.34)
    first, second, third = ask(at(llm_server, retries=0), ASK, ASK, ASK)
    assert isinstance(second, Answer)
    assert first.limits is not None
    assert second.limits is not None
    assert (first.limits.requests, first.limits.requests_left) == (6, 1)
    assert (second.limits.tokens, second.limits.requests_left) == (60_000, 0)
    assert second.limits.requests_reset == pytest.approx(20, abs=1.5)
    assert isinstance(third, AskError)
    assert (third.kind, llm_server.limited) == ("rate_limited", 1)
    assert third.retry_after == pytest.approx(10, abs=2)
    assert third.limits is not None
    assert third.limits.requests_left == 0


def test_tokens_are_limited_as_well(llm_server: LLMServer) -> None:
    """What is asked counts when it comes, what is answered when it goes."""
    llm_server.say(None, "eleven twelve thirteen fourteen fifteen")
    llm_server.limit(tokens_per_minute=20, burst=1)
    asks = [replace(ASK, messages=(TEN,))] * 2
    first, second = ask(at(llm_server, retries=0), *asks)
    assert first.limits is not None
    assert (first.limits.tokens_left, first.limits.requests) == (5, None)
    assert isinstance(second, AskError)
    assert second.retry_after == pytest.approx(15, abs=1.5)


def test_garbage_and_broken_servers_say_limits_too(llm_server: LLMServer) -> None:
    llm_server.limit(requests_per_minute=600)
    for fault in ("garbage", "wrong_shape", "error_500"):
        llm_server.misbehave(fault)
        limits = failed(at(llm_server, retries=0)).limits
        assert limits is not None
        assert limits.requests == 600


def test_an_endpoint_that_says_nothing_of_limits(llm_server: LLMServer) -> None:
    assert only(at(llm_server)).limits is None


def test_an_answer_may_be_packed() -> None:
    packed = gzip.compress(said("Answer: a"))
    with canned(http(packed, "content-encoding: gzip")) as (address, _asked):
        assert only(Place(f"http://{address}/v1", trusted=True)).text == "Answer: a"


def test_a_small_packet_that_unpacks_to_much_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of blanks is a kilobyte packed: what counts is what comes out."""
    monkeypatch.setattr(protocol, "LONGEST_ANSWER", 50_000)
    packed = gzip.compress(b" " * 1_000_000 + said("Answer: a"))
    with canned(http(packed, "content-encoding: gzip")) as (address, _asked):
        error = failed(Place(f"http://{address}/v1", trusted=True))
    assert (error.kind, error.message) == ("garbage", "more than 50000 bytes")


def test_an_answer_without_end_is_not_listened_to() -> None:
    """It is cut off as soon as it is too long, and not when the time is over."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n"
    with canned(head, endless=True) as (address, _asked):
        error = failed(Place(f"http://{address}/v1", trusted=True, timeout=30))
    assert (error.kind, error.message) == ("garbage", f"more than {protocol.LONGEST_ANSWER} bytes")


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    whole = http(said("Answer: a"))
    with canned(whole[:-5]) as (address, _asked):
        error = failed(Place(f"http://{address}/v1", trusted=True, retries=0))
    assert error.kind == "unavailable"


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 70}.example"])
def test_a_name_that_no_host_can_have(host: str) -> None:
    """It looks like an address, and is none: that needs a person, and no second try."""
    error = failed(Place(f"http://{host}/v1", trusted=True))
    assert (error.kind, error.tries) == ("bad_request", 1)


def test_what_is_asked_is_plain_http() -> None:
    """The key as a bearer, the body as JSON, and nothing that other programs' variables say."""
    with canned(http(said("Yes."))) as (address, asked):
        only(Place(f"http://{address}/v1/", "sk-key-of-a-lab", trusted=True))
    head, _blank, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
    assert b"Authorization: Bearer sk-key-of-a-lab" in head
    assert b"Content-Type: application/json" in head
    assert b"OpenAI-Organization" not in head
    assert orjson.loads(body) == ASK.body()


def test_a_place_of_ones_own_is_asked_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many laboratories have one."""
    with canned(http(said("Through the proxy."))) as (address, asked):
        monkeypatch.setenv("http_proxy", f"http://user:pass@{address}")
        monkeypatch.setenv("no_proxy", "elsewhere.example")
        assert only(Place("http://models.example/v1", trusted=True)).text == "Through the proxy."
        head = asked[0].partition(b"\r\n\r\n")[0]
        assert head.startswith(b"POST http://models.example/v1/chat/completions")
        assert b"Proxy-Authorization: Basic" in head


def test_what_somebody_entered_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would be asked to go where the guard does not let us go."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async def proxies() -> list[object]:
        places = (Place("http://a.example/v1"), Place("http://a.example/v1", trusted=True))
        wires = [Wire(place, free=place.trusted) for place in places]
        sessions = [wire.session() for wire in wires]
        for wire in wires:
            await wire.close()
        return [str(session._default_proxy) for session in sessions]

    assert asyncio.run(proxies()) == ["None", "http://127.0.0.1:9"]


def test_streams_go_through_the_proxy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    event = (
        b'data: {"id":"1","choices":[{"delta":{"content":"Hello."},"finish_reason":"stop"}]}\n\n'
    )
    answer = http(event + b"data: [DONE]\n\n", "content-type: text/event-stream")

    async def run() -> list[Any]:
        backend = OpenAIBackend(Place("http://models.example/v1", trusted=True))
        try:
            return [piece async for piece in backend.stream(ASK)]
        finally:
            await backend.close()

    with canned(answer) as (address, asked):
        monkeypatch.setenv("http_proxy", f"http://user:pass@{address}")
        assert asyncio.run(run())[0] == "Hello."
    assert b"Proxy-Authorization: Basic" in asked[0]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        (r"a\u0000b", "a\ufffdb"),
        (r"half \ud83d of", "half \ufffd of"),
        (r"other half \uDE00", "other half \ufffd"),
        (r"whole \ud83d\ude00", "whole \U0001f600"),
        (r"no escape \\u0000", r"no escape \u0000"),
    ],
)
def test_the_database_can_take_what_is_read(text: str, kept: str) -> None:
    """Answers without an escape are not walked through, and those with one are made whole."""
    assert protocol.read(b'{"text": ["%b"]}' % text.encode()) == {"text": [kept]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": NaN, "b": "\\ud83d"}',
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
        b'["\\ud83d"' + b",[" * 5000 + b"]" * 5001,
    ],
)
def test_what_is_no_answer_is_garbage(content: bytes) -> None:
    """Also what is nested so deeply that no program here could walk through it."""
    with pytest.raises(AskError) as raised:
        protocol.read(content)
    assert raised.value.kind == "garbage"


def test_a_long_answer_with_many_brackets_is_read() -> None:
    """Log probabilities have thousands, side by side."""
    tokens = [{"token": "a", "top_logprobs": [{"token": "b"}]}] * 2000
    assert protocol.read(orjson.dumps(tokens)) == tokens


def test_numbers_that_orjson_refuses_are_asked_for() -> None:
    """A seed may be any number, and half a character of a text is no reason not to ask."""
    body = {"seed": 2**70, "text": "\ud83d"}
    assert orjson.loads(protocol.dumps({"seed": 7})) == {"seed": 7}
    assert protocol.dumps(body) == b'{"seed": 1180591620717411303424, "text": "\\ud83d"}'
