"""Endpoints over HTTP: answers, streams, faults, and addresses that are not open to them."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import pytest

from personalization.llm import protocol
from personalization.llm.backend import Answer, Ask, AskError, Message, Schema
from personalization.llm.openai_backend import OpenAIBackend
from personalization.llm.place import Place
from tests.llm_exchange import Fault
from tests.llm_server import LLMServer

KEY = "sk-very-secret-key-4711"
ASK = Ask("fake", (Message("user", "I sail every summer."),), {"seed": 7, "temperature": 0})
T = TypeVar("T")


def on(server: LLMServer, do: Callable[[OpenAIBackend], Awaitable[T]], timeout: float = 5) -> T:
    """Return what `do` returns with a backend for the server."""
    return at(Place(server.url, KEY, timeout=timeout, trusted=True), do)


def at(
    place: Place,
    do: Callable[[OpenAIBackend], Awaitable[T]],
    resolver: aiohttp.abc.AbstractResolver | None = None,
) -> T:
    async def run() -> T:
        backend = OpenAIBackend(place, resolver)
        try:
            return await do(backend)
        finally:
            await backend.close()

    return asyncio.run(run())


async def plain(backend: OpenAIBackend) -> Answer:
    return await backend.ask(ASK)


async def streamed(backend: OpenAIBackend) -> list[str | Answer]:
    return [piece async for piece in backend.stream(ASK)]


async def streamed_answer(backend: OpenAIBackend) -> Answer:
    *_pieces, last = await streamed(backend)
    assert isinstance(last, Answer)
    return last


WAYS = pytest.mark.parametrize("ask", [plain, streamed_answer], ids=["plain", "streamed"])


def test_an_answer_comes_whole(llm_server: LLMServer) -> None:
    """Text, finish, tokens and all that came; what was asked is what the Ask says."""
    answer = on(llm_server, plain)
    assert (answer.finish, answer.completion_tokens) == ("stop", len(answer.text.split()))
    assert answer.raw["choices"][0]["message"]["content"] == answer.text
    assert llm_server.asked == [ASK.body()]
    assert llm_server.keys == [KEY]


def test_a_stream_comes_in_pieces_and_then_whole(llm_server: LLMServer) -> None:
    """The pieces are the text, the last is an Answer like any other, usage included."""
    *pieces, last = on(llm_server, streamed)
    assert isinstance(last, Answer)
    assert len(pieces) > 3
    assert "".join(map(str, pieces)) == last.text == last.raw["choices"][0]["message"]["content"]
    assert last.prompt_tokens
    assert llm_server.asked[0]["stream_options"] == {"include_usage": True}


def test_a_schema_and_logprobs_are_asked_for(llm_server: LLMServer) -> None:
    """The schema goes out by response_format, and log probabilities come back raw."""
    schema = Schema("mood", {"type": "object", "properties": {"mood": {"enum": ["low", "high"]}}})
    ask = Ask("fake", ASK.messages, schema=schema, top_logprobs=3)
    answer = on(llm_server, lambda backend: backend.ask(ask))
    assert answer.text in ('{"mood": "low"}', '{"mood": "high"}')
    tops = answer.raw["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert len(tops) == 3


SHAPED = Ask("fake", ASK.messages, schema=Schema("mood", {"enum": ["low", "high"]}))
REFUSED = "Invalid parameter: 'response_format' of type 'json_schema' is not supported."


async def twice(backend: OpenAIBackend) -> list[Answer]:
    return [await backend.ask(SHAPED), await backend.ask(SHAPED)]


def test_where_the_form_is_refused_it_is_left_out(llm_server: LLMServer) -> None:
    """One refusal is enough for a model; what was really asked is kept with the answer."""
    llm_server.misbehave("bad_request", None, lambda body: "response_format" in body, text=REFUSED)
    first, second = on(llm_server, twice)
    assert ["response_format" in body for body in llm_server.asked] == [True, False, False]
    assert (first.tries, second.tries) == (2, 1)
    assert first.raw["without"] == second.raw["without"] == ["response_format"]
    assert protocol.answer(first.raw).text == first.text


def test_another_refusal_stays_one(llm_server: LLMServer) -> None:
    """A model that is not there is not asked again, with or without a form."""
    llm_server.misbehave("bad_request", None)
    with pytest.raises(AskError, match="not understood"):
        on(llm_server, lambda backend: backend.ask(SHAPED))
    with pytest.raises(AskError):
        on(llm_server, plain)
    assert len(llm_server.asked) == 2


def test_vectors_come_in_the_order_of_the_texts(llm_server: LLMServer) -> None:
    """And with them what was used: the answer is kept without the vectors."""
    one = on(llm_server, lambda backend: backend.embed("e", ["sea", "lake"]))
    other = on(llm_server, lambda backend: backend.embed("e", ["lake", "sea"]))
    assert other.vectors == one.vectors[::-1]
    assert one.vectors[0] != one.vectors[1]
    assert (one.prompt_tokens, one.raw["count"], one.raw["model"]) == (2, 2, "e")
    assert one.raw["length"] == len(one.vectors[0])
    assert "data" not in one.raw


def test_many_long_vectors_are_one_answer(llm_server: LLMServer) -> None:
    """64 vectors are more than a text may be; the limit grows with what was asked for."""
    texts = [f"sea {number}" for number in range(64)]
    many = 700  # numbers of 20 signs each: more than a million in all
    llm_server.vectors = lambda text: [len(text) + 1 / 3] * many
    found = on(llm_server, lambda backend: backend.embed("e", texts))
    assert [len(one) for one in found.vectors] == [many] * 64


@pytest.mark.parametrize(
    "data",
    [
        [{"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}],
        [{"index": 0, "embedding": ["one"]}, {"index": 1, "embedding": [None]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [float("inf")]}],
        [{"embedding": [1.0]}, {"embedding": [1.0]}],
        "none",
    ],
)
def test_vectors_that_are_not_one_for_each_text_are_garbage(data: object) -> None:
    with pytest.raises(AskError) as caught:
        protocol.vectors({"object": "list", "data": data}, 2)
    assert caught.value.kind == "garbage"


@WAYS
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("error_500", "unavailable"),
        ("rate_limited", "rate_limited"),
        ("garbage", "garbage"),
        ("wrong_shape", "garbage"),
        ("unauthorized", "unauthorized"),
        ("bad_request", "bad_request"),
        ("not_found", "bad_request"),
    ],
)
def test_a_fault_has_a_kind(
    llm_server: LLMServer,
    fault: Fault,
    kind: str,
    ask: Callable[[OpenAIBackend], Awaitable[Answer]],
) -> None:
    """Each way to fail is told apart, and those that may pass are tried again, twice at most."""
    llm_server.misbehave(fault, times=None)
    with pytest.raises(AskError) as raised:
        on(llm_server, ask)
    assert raised.value.kind == kind
    assert llm_server.count() == (3 if kind in ("unavailable", "rate_limited") else 1)


@WAYS
def test_what_passes_is_tried_again(
    llm_server: LLMServer, ask: Callable[[OpenAIBackend], Awaitable[Answer]]
) -> None:
    """Two refusals with a short wait, then the answer."""
    llm_server.misbehave("rate_limited", times=2, retry_after=0.01)
    assert on(llm_server, ask).finish == "stop"
    assert llm_server.count() == 3


@WAYS
def test_a_long_wait_is_left_to_the_step(
    llm_server: LLMServer, ask: Callable[[OpenAIBackend], Awaitable[Answer]]
) -> None:
    """Nobody waits a minute with a request in hand: the error says how long to wait."""
    llm_server.misbehave("rate_limited", retry_after=60)
    with pytest.raises(AskError) as raised:
        on(llm_server, ask)
    assert (raised.value.retry_after, llm_server.count()) == (60, 1)


@WAYS
def test_no_answer_in_time(
    llm_server: LLMServer, ask: Callable[[OpenAIBackend], Awaitable[Answer]]
) -> None:
    """An endpoint that holds the request is let go, and is not asked again at once."""
    llm_server.misbehave("timeout")
    with pytest.raises(AskError) as raised:
        on(llm_server, ask, timeout=0.2)
    assert (raised.value.kind, llm_server.count()) == ("timeout", 1)


@WAYS
def test_a_refusal_is_an_answer(
    llm_server: LLMServer, ask: Callable[[OpenAIBackend], Awaitable[Answer]]
) -> None:
    """With what was said, and a finish that tells."""
    llm_server.misbehave("refusal")
    answer = on(llm_server, ask)
    assert (answer.finish, answer.text) == ("content_filter", "I cannot help with that.")


@pytest.mark.parametrize("fault", ["cut", "dropped"])
def test_a_stream_that_ends_early_is_cut(llm_server: LLMServer, fault: Fault) -> None:
    """Whether it ends politely or breaks off: what came before was handed on, no Answer follows."""
    came: list[Any] = []

    async def listen(backend: OpenAIBackend) -> None:
        async for piece in backend.stream(ASK):
            came.append(piece)

    llm_server.misbehave(fault, after=2)
    with pytest.raises(AskError) as raised:
        on(llm_server, listen)
    assert (raised.value.kind, len(came), llm_server.count()) == ("cut", 2, 1)


def test_nobody_there(llm_server: LLMServer) -> None:
    """A port that nobody listens on is unavailable, and not "slow"."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(AskError) as raised:
        at(Place(f"http://127.0.0.1:{port}/v1", trusted=True), plain)
    assert raised.value.kind == "unavailable"
    assert "Cannot connect" in raised.value.message


@WAYS
def test_the_key_is_in_no_error(
    llm_server: LLMServer, ask: Callable[[OpenAIBackend], Awaitable[Answer]]
) -> None:
    """Not even where the endpoint repeats it."""
    llm_server.misbehave("echo_key")
    with pytest.raises(AskError) as raised:
        on(llm_server, ask)
    assert "[key]" in raised.value.message
    assert KEY not in repr(raised.value) + str(raised.value) + repr(Place("http://a/", KEY))


def test_the_key_is_in_no_answer(llm_server: LLMServer) -> None:
    llm_server.say(None, f"Your key is {KEY}.")
    assert KEY not in repr(on(llm_server, plain))


def test_what_the_database_refuses_is_replaced(llm_server: LLMServer) -> None:
    """A NUL character in an answer would be refused, and the answer lost."""
    llm_server.say(None, "a\0b")
    assert on(llm_server, plain).text == on(llm_server, streamed_answer).text == "a�b"


def test_half_a_character_is_replaced() -> None:
    """Half of a pair, as a stream may carry it; a whole pair in two halves becomes one."""
    assert protocol.clean({"a": ["x\ud83dy", "\ud83d\ude00"]}) == {"a": ["x\ufffdy", "\U0001f600"]}


def test_a_short_key_is_no_secret(llm_server: LLMServer) -> None:
    """Servers of one's own are given keys such as EMPTY: the word stays in what a model says."""
    llm_server.say(None, "The glass is EMPTY.")

    async def ask(backend: OpenAIBackend) -> Answer:
        return await plain(backend)

    place = Place(llm_server.url, "EMPTY", trusted=True)
    assert at(place, ask).text == "The glass is EMPTY."


@WAYS
def test_an_answer_without_end_is_cut_off(
    llm_server: LLMServer,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[OpenAIBackend], Awaitable[Answer]],
) -> None:
    monkeypatch.setattr(protocol, "LONGEST_ANSWER", 1000)
    llm_server.say(None, "word " * 300)
    with pytest.raises(AskError) as raised:
        on(llm_server, ask)
    assert raised.value.kind == "garbage"
    assert "more than 1000" in str(raised.value)


def test_the_key_is_in_nothing_that_is_not_json() -> None:
    async def read(backend: OpenAIBackend) -> None:
        backend._read(f"<p>Your key is {KEY}.</p>".encode())

    with pytest.raises(AskError) as raised:
        at(Place("http://127.0.0.1:1/v1", KEY, trusted=True), read)
    assert raised.value.content == "<p>Your key is [key].</p>"


@WAYS
def test_a_redirect_is_not_followed(
    llm_server: LLMServer, ask: Callable[[OpenAIBackend], Awaitable[Answer]]
) -> None:
    """Also not to a good address: the address that was checked is the one that is asked."""
    llm_server.misbehave("redirect", to=f"{llm_server.url}/chat/completions")
    with pytest.raises(AskError) as raised:
        on(llm_server, ask)
    assert (raised.value.kind, llm_server.count()) == ("bad_request", 1)


class Rebinding(aiohttp.abc.AbstractResolver):
    """A resolver as an attacker's: any name is an address inside."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Have nothing to let go."""


@WAYS
@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("::1",), ("169.254.169.254",), ("10.0.0.1", "127.0.0.1"), ("::ffff:7f00:1",)],
    ids=str,
)
def test_a_name_that_leads_inside_is_refused(
    llm_server: LLMServer,
    addresses: tuple[str, ...],
    ask: Callable[[OpenAIBackend], Awaitable[Answer]],
) -> None:
    """Whatever a name means when the form is saved: what counts is where the socket goes."""
    place = Place(f"http://models.example:{llm_server.port}/v1", KEY)
    with pytest.raises(AskError) as raised:
        at(place, ask, Rebinding(*addresses))
    assert raised.value.kind == "forbidden_address"
    assert llm_server.count() == 0


def test_a_named_host_may_lie_inside(llm_server: LLMServer) -> None:
    """Laboratories run models on machines of their own: the deployment names them."""
    place = Place(llm_server.url, KEY, hosts=(f"127.0.0.1:{llm_server.port}",))
    assert at(place, plain).finish == "stop"
    with pytest.raises(AskError, match="forbidden_address"):
        at(Place(llm_server.url, KEY, hosts=("127.0.0.1:1",)), plain)


def test_an_address_that_is_none(llm_server: LLMServer) -> None:
    with pytest.raises(AskError, match="bad_request"):
        at(Place("file:///etc/passwd", KEY), plain)
