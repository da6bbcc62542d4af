"""Any endpoint that speaks the OpenAI protocol, on aiohttp; streams over the `openai` client."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

import aiohttp
import httpx2
from openai import AsyncOpenAI, AsyncStream, Omit, OpenAIError
from openai._vendor.httpx_aiohttp import AiohttpTransport, Httpx2AiohttpClient

from personalization.llm import guard, protocol
from personalization.llm.backend import Answer, Ask, AskError, Embedded
from personalization.llm.failures import NO_ADDRESS, SECRET_FROM, failure, refusal
from personalization.llm.formless import FORM, refuses_form
from personalization.llm.limits import Limits, limits_of
from personalization.llm.place import Place
from personalization.llm.wire import CONNECT, Wire

PAUSE = 0.25  # seconds before the first retry, doubled for the second
LONGEST_WAIT = 5.0  # seconds; an endpoint that wants more is left to the step
# A stream may take this many times the time that a single answer may take.
STREAM_FACTOR = 10
SUCCESS = range(200, 300)
# The client would send what it finds in variables that are meant for other programs.
NOT_FROM_ENVIRONMENT: dict[str, Any] = {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()}

T = TypeVar("T")


class OpenAIBackend:
    """One client, for one event loop. Without redirects, and guarded where the place is not trusted."""

    def __init__(self, place: Place, resolver: aiohttp.abc.AbstractResolver | None = None) -> None:
        self.place = place
        self._formless: set[str] = set()  # models that were seen to refuse structured output
        self._wire = Wire(place, _is_free(place), resolver)
        http = Httpx2AiohttpClient(
            transport=AiohttpTransport(client=self._wire.session),
            follow_redirects=False,
            trust_env=False,
        )
        self._client = AsyncOpenAI(
            api_key=place.key or "none",
            base_url=place.url,
            max_retries=0,  # ours know the time that is left
            timeout=httpx2.Timeout(place.timeout, connect=min(CONNECT, place.timeout)),
            http_client=http,
            default_headers=NOT_FROM_ENVIRONMENT,
        )

    async def ask(self, ask: Ask) -> Answer:
        """Return the answer; raises AskError.

        Where the form of the answer is refused, the same is asked without it: our parsers read what
        comes then. The answer says so (`without`), as it is not what the request says.
        """
        body = ask.body()
        if FORM not in body:
            return await self._post("/chat/completions", body, protocol.answer)
        tries = 0
        if ask.model not in self._formless:
            try:
                return await self._post("/chat/completions", body, protocol.answer)
            except AskError as error:
                if not refuses_form(error):
                    raise
                self._formless.add(ask.model)
                tries = error.tries
        del body[FORM]
        answer = await self._post("/chat/completions", body, protocol.answer)
        return replace(answer, raw={**answer.raw, "without": [FORM]}, tries=answer.tries + tries)

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text; raises AskError."""
        body = {"model": model, "input": list(texts), "encoding_format": "float"}

        def read(raw: object, limits: Limits | None, tries: int) -> Embedded:
            return protocol.vectors(raw, len(texts), limits, tries)

        longest = protocol.LONGEST_ANSWER + protocol.LONGEST_VECTOR * len(texts)
        return await self._post("/embeddings", body, read, longest)

    async def _post(
        self,
        path: str,
        body: Mapping[str, Any],
        read: Callable[[object, Limits | None, int], T],
        longest: int | None = None,
    ) -> T:
        """Return what is read from the answer, its limits, and how many requests it took."""
        deadline = _now() + self.place.timeout
        data, longest, tries = protocol.dumps(body), longest or protocol.LONGEST_ANSWER, 0
        while True:
            tries += 1
            try:
                async with asyncio.timeout_at(deadline):
                    came = await self._wire.post(path, data, longest)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                problem = failure(error, self.place.key)
            else:
                limits = limits_of(came.headers)
                try:
                    if came.status in SUCCESS:
                        return read(self._read(came.content, longest), limits, tries)
                    problem = refusal(came.status, came.headers, came.content, self.place.key)
                except AskError as garbage:
                    garbage.limits, garbage.tries = limits, tries
                    raise
            problem.tries = tries
            await self._wait(problem, tries, deadline)

    def _read(self, content: bytes, longest: int | None = None) -> object:
        if len(content) > (longest := longest or protocol.LONGEST_ANSWER):
            raise AskError("garbage", f"more than {longest} bytes")
        return protocol.read(self._without_key(content))

    def _without_key(self, content: bytes) -> bytes:
        key = self.place.key.encode()
        return content.replace(key, b"[key]") if len(key) >= SECRET_FROM else content

    async def _wait(self, problem: AskError, tries: int, deadline: float) -> None:
        """Wait before the next try; raise the problem where there is none."""
        wait = problem.retry_after if problem.retry_after is not None else PAUSE * 2 ** (tries - 1)
        again = problem.kind in ("unavailable", "rate_limited") and tries <= self.place.retries
        if not again or wait > LONGEST_WAIT or _now() + wait >= deadline:
            raise problem
        await asyncio.sleep(wait)

    async def stream(self, ask: Ask) -> AsyncIterator[str | Answer]:
        """Yield the text piece by piece, and last the whole Answer; raises AskError."""
        body = {**ask.body(), "stream": True, "stream_options": {"include_usage": True}}
        whole = protocol.Whole()
        deadline, tries = _now() + self.place.timeout, 0
        while True:
            tries += 1
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
                RecursionError,
            ) as error:
                problem = failure(error, self.place.key, begun=whole.begun)
            problem.tries = tries
            if whole.begun:
                raise problem
            await self._wait(problem, tries, deadline)

    async def _pieces(self, body: Mapping[str, Any], whole: protocol.Whole) -> AsyncGenerator[str]:
        limit = self.place.timeout * STREAM_FACTOR
        until = _now() + limit
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
        await self._wire.close()


def _is_free(place: Place) -> bool:
    """Return whether a place may lie in our own network; AskError where it may not, but does."""
    try:
        guard.parts(place.url)
        if not place.trusted:
            guard.check(place.url, place.hosts)
    except guard.MalformedError:
        raise AskError("bad_request", NO_ADDRESS) from None
    except guard.ForbiddenError as error:
        raise AskError("forbidden_address", str(error)) from None
    return place.trusted or guard.is_named(place.url, place.hosts)


def _now() -> float:
    return asyncio.get_running_loop().time()
