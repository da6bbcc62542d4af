"""Any endpoint that speaks the OpenAI protocol, over the `openai` client on aiohttp."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import aiohttp
import httpx2
import orjson
from openai import AsyncOpenAI, AsyncStream, Omit, OpenAIError
from openai._vendor.httpx_aiohttp import AiohttpTransport, Httpx2AiohttpClient

from personalization.llm import guard, protocol
from personalization.llm.backend import Answer, Ask, AskError
from personalization.llm.failures import SECRET_FROM, failure
from personalization.llm.place import Place

RETRIES = 2  # inside one ask, for failures that pass at once; the step tries again much later
PAUSE = 0.25  # seconds before the first retry, doubled for the second
LONGEST_WAIT = 5.0  # seconds; an endpoint that wants more is left to the step
CONNECT = 10.0
# A stream may take this many times the time that a single answer may take.
STREAM_FACTOR = 10
# The client would send what it finds in variables that are meant for other programs.
NOT_FROM_ENVIRONMENT: dict[str, Any] = {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()}


class OpenAIBackend:
    """One client, for one event loop. Without redirects, and guarded where the place is not trusted."""

    def __init__(self, place: Place, resolver: aiohttp.abc.AbstractResolver | None = None) -> None:
        self.place = place
        self._free = _is_free(place)
        self._resolver = resolver
        http = Httpx2AiohttpClient(
            transport=AiohttpTransport(client=self._session),
            follow_redirects=False,
            trust_env=self._free,
        )
        self._client = AsyncOpenAI(
            api_key=place.key or "none",
            base_url=place.url,
            max_retries=0,  # ours know the time that is left
            timeout=httpx2.Timeout(place.timeout, connect=min(CONNECT, place.timeout)),
            http_client=http,
            default_headers=NOT_FROM_ENVIRONMENT,
        )

    def _session(self) -> aiohttp.ClientSession:
        """Return a session whose sockets are guarded; how many there are is up to who asks."""
        connector = aiohttp.TCPConnector(
            limit=0,
            resolver=self._resolver,
            socket_factory=None if self._free else guard.guarded_socket,
        )
        return aiohttp.ClientSession(connector=connector, trust_env=self._free)

    async def ask(self, ask: Ask) -> Answer:
        """Return the answer; raises AskError."""
        return protocol.answer(await self._post("/chat/completions", ask.body()))

    async def embed(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text; raises AskError."""
        body = {"model": model, "input": list(texts), "encoding_format": "float"}
        return protocol.vectors(await self._post("/embeddings", body), len(texts))

    async def _post(self, path: str, body: Mapping[str, Any]) -> object:
        deadline = time.monotonic() + self.place.timeout
        for retry in range(RETRIES + 1):
            try:
                async with asyncio.timeout_at(_loop_time(deadline)):
                    response = await self._client.post(path, body=body, cast_to=httpx2.Response)
                return self._read(response.content)
            except (OpenAIError, httpx2.HTTPError, aiohttp.ClientError, OSError) as error:
                problem = failure(error, self.place.key)
            await self._wait(problem, retry, deadline)
        raise AssertionError  # the last _wait raises

    def _read(self, content: bytes) -> object:
        if len(content) > protocol.LONGEST_ANSWER:
            raise AskError("garbage", f"more than {protocol.LONGEST_ANSWER} bytes")
        said = self._without_key(content)
        try:
            return protocol.clean(orjson.loads(said))
        except ValueError:
            start = said[: protocol.EXCERPT].decode("utf-8", "replace")
            raise AskError("garbage", "not JSON", content=start) from None

    def _without_key(self, content: bytes) -> bytes:
        key = self.place.key.encode()
        return content.replace(key, b"[key]") if len(key) >= SECRET_FROM else content

    async def _wait(self, problem: AskError, retry: int, deadline: float) -> None:
        """Wait before the next try; raise the problem where there is none."""
        wait = problem.retry_after if problem.retry_after is not None else PAUSE * 2**retry
        again = problem.kind in ("unavailable", "rate_limited") and retry < RETRIES
        if not again or wait > LONGEST_WAIT or time.monotonic() + wait >= deadline:
            raise problem
        await asyncio.sleep(wait)

    async def stream(self, ask: Ask) -> AsyncIterator[str | Answer]:
        """Yield the text piece by piece, and last the whole Answer; raises AskError."""
        body = {**ask.body(), "stream": True, "stream_options": {"include_usage": True}}
        whole = protocol.Whole()
        deadline = time.monotonic() + self.place.timeout
        for retry in range(RETRIES + 1):
            try:
                async with aclosing(self._pieces(body, whole)) as pieces:
                    async for piece in pieces:
                        yield piece
                yield whole.answer()
                return
            except (
                OpenAIError,
                httpx2.HTTPError,
                aiohttp.ClientError,
                OSError,
                ValueError,
            ) as error:
                problem = failure(error, self.place.key, begun=whole.begun)
            if whole.begun:
                raise problem
            await self._wait(problem, retry, deadline)

    async def _pieces(self, body: Mapping[str, Any], whole: protocol.Whole) -> AsyncGenerator[str]:
        limit = self.place.timeout * STREAM_FACTOR
        until = asyncio.get_running_loop().time() + limit
        async with asyncio.timeout_at(until):
            stream = await self._client.post(
                "/chat/completions",
                body=body,
                cast_to=object,
                stream=True,
                stream_cls=AsyncStream[object],
            )
        async with stream:
            chunks = aiter(stream)
            while True:
                # The limit is set anew around each step: a timeout must not reach over a yield.
                async with asyncio.timeout_at(until):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                if piece := whole.add(chunk):
                    yield piece

    async def close(self) -> None:
        """Let connections go."""
        await self._client.close()


def _is_free(place: Place) -> bool:
    """Return whether a place may lie in our own network; AskError where it may not, but does."""
    try:
        guard.parts(place.url)
        if not place.trusted:
            guard.check(place.url, place.hosts)
    except guard.MalformedError:
        raise AskError("bad_request", "the address is not one of an endpoint") from None
    except guard.ForbiddenError as error:
        raise AskError("forbidden_address", str(error)) from None
    return place.trusted or guard.is_named(place.url, place.hosts)


def _loop_time(deadline: float) -> float:
    """Return a point of the monotonic clock as the event loop counts it."""
    return asyncio.get_running_loop().time() + deadline - time.monotonic()
