"""Verdicts per second of a judge's run, beside what the endpoint allows and the bare client gets.

A stub answers after 200 ms, in a process of its own, over real HTTP. In one go are measured, for
each number of calls at once: the ideal (calls at once / 200 ms), a bare aiohttp loop, the bare
`openai` client, and a whole run: claim, prompt, call, raw answer saved, read, settled. Then two
workers. Worker processes are those of `make run`.

    make bench NAME=judge                  # 20,000 verdicts at 64, 256 and 512 calls at once
    .venv/bin/python -m benchmarks.judge --verdicts 4000 --at-once 256
    .venv/bin/python -m benchmarks.judge --faults    # with faults and five SIGKILLs
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass

import django
import psutil

DELAY = 0.2  # seconds
AT_ONCE = (64, 256, 512)
VERDICTS = 20_000
LINE = "{:<34}{:>9}{:>9}{:>9}{:>9}{:>12}{:>9}\n"


def write(text: str) -> None:
    """Print without delay: some steps take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Rate:
    """How many calls a second, and the processor's milliseconds for one."""

    per_second: float
    cpu_ms: float


BODY = {
    "model": "stub",
    "messages": [{"role": "user", "content": "- A: one\n- B: two\n" + "word " * 400}],
    "temperature": 0,
}


async def bare_aiohttp(url: str, calls: int, at_once: int) -> None:
    """Ask as fast as aiohttp alone can."""
    import aiohttp  # noqa: PLC0415
    import orjson  # noqa: PLC0415

    left = iter(range(calls))
    data, kind = orjson.dumps(BODY), {"content-type": "application/json"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one() -> None:
            for _call in left:
                answer = await session.post(f"{url}/chat/completions", data=data, headers=kind)
                orjson.loads(await answer.read())

        await asyncio.gather(*(one() for _place in range(at_once)))


async def bare_openai(url: str, calls: int, at_once: int) -> None:
    """Ask as fast as the client alone can, by the quickest of its ways (the raw answer)."""
    import httpx2  # noqa: PLC0415
    import orjson  # noqa: PLC0415
    from openai import AsyncOpenAI, DefaultAioHttpClient  # noqa: PLC0415

    left = iter(range(calls))
    http = DefaultAioHttpClient(limits=httpx2.Limits(max_connections=at_once))
    async with AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http) as client:

        async def one() -> None:
            for _call in left:
                answer = await client.post("/chat/completions", body=BODY, cast_to=httpx2.Response)
                orjson.loads(answer.content)

        await asyncio.gather(*(one() for _place in range(at_once)))


BARE = {"aiohttp": bare_aiohttp, "openai": bare_openai}


def bare(which: str, url: str, calls: int, at_once: int) -> None:
    """Measure a bare client in this process, and print what came of it."""
    begun, used = time.perf_counter(), time.process_time()
    asyncio.run(BARE[which](url, calls, at_once))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    write(f"{calls / seconds} {1000 * cpu / calls}\n")


def main() -> None:
    """Measure all, on a throw-away database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verdicts", type=int, default=VERDICTS)
    parser.add_argument("--at-once", type=int, nargs="*", default=AT_ONCE)
    parser.add_argument("--workers", type=int, nargs="*", default=(1, 2))
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--bare", choices=BARE, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        bare(given.bare, given.url, given.verdicts, given.at_once[0])
        return
    with tempfile.TemporaryDirectory(prefix="concord-judge-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CONCORD_DATA": folder,
            "CONCORD_ENDPOINT_HOSTS": "127.0.0.1",
        }
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        from benchmarks import judge_run  # noqa: PLC0415 - models need the settings

        write(f"{psutil.cpu_count()} cores; sum(range(100_000)) takes {_loop():.1f} ms here\n")
        with judge_run.database():
            if given.faults:
                judge_run.faults(given.verdicts, given.seed)
            else:
                judge_run.rates(given.verdicts, given.at_once, given.workers)


def _loop() -> float:
    begun = time.perf_counter()
    for _time in range(20):
        sum(range(100_000))
    return (time.perf_counter() - begun) * 50


if __name__ == "__main__":
    main()
