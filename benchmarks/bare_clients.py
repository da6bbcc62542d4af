"""The bare clients that a judge's run is measured against: `python -m benchmarks.bare_clients`.

Each asks the same small request again and again, so many at once, and keeps nothing.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import httpx2
import orjson
from openai import AsyncOpenAI, DefaultAioHttpClient

BODY = {
    "model": "stub",
    "messages": [{"role": "user", "content": "- A: one\n- B: two\n" + "word " * 400}],
    "temperature": 0,
}


async def by_aiohttp(url: str, left: Iterator[int], at_once: int) -> None:
    """Ask as fast as aiohttp alone can."""
    data, kind = orjson.dumps(BODY), {"content-type": "application/json"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one() -> None:
            for _call in left:
                answer = await session.post(f"{url}/chat/completions", data=data, headers=kind)
                orjson.loads(await answer.read())

        await asyncio.gather(*(one() for _place in range(at_once)))


async def by_openai(url: str, left: Iterator[int], at_once: int) -> None:
    """Ask as fast as the client alone can, by the quickest of its ways (the raw answer)."""
    http = DefaultAioHttpClient(limits=httpx2.Limits(max_connections=at_once))
    async with AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http) as client:

        async def one() -> None:
            for _call in left:
                answer = await client.post("/chat/completions", body=BODY, cast_to=httpx2.Response)
                orjson.loads(answer.content)

        await asyncio.gather(*(one() for _place in range(at_once)))


CLIENTS: dict[str, Callable[[str, Iterator[int], int], Awaitable[None]]] = {
    "aiohttp": by_aiohttp,
    "openai": by_openai,
}


def main() -> None:
    """Measure one client, and print calls a second and milliseconds of processor for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("url")
    parser.add_argument("calls", type=int)
    parser.add_argument("at_once", type=int)
    given = parser.parse_args()

    async def run() -> None:
        await CLIENTS[given.client](given.url, iter(range(given.calls)), given.at_once)

    begun, used = time.perf_counter(), time.process_time()
    asyncio.run(run())
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    sys.stdout.write(f"{given.calls / seconds} {1000 * cpu / given.calls}\n")


if __name__ == "__main__":
    main()
