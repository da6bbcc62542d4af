"""One request to an endpoint and what came back, on aiohttp alone.

Judges ask a thousand times a second, and each layer above aiohttp is paid for each time: with the
`openai` client on top a request takes 1.1 ms of CPU where this takes 0.25. The client remains for
streams, and uses the same session, so that one guard is around all sockets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from personalization.llm import guard
from personalization.llm.place import Place

CONNECT = 10.0  # seconds
# Idle connections are given up before servers do so (uvicorn: after 5 s): a request must not meet
# a connection that is being closed.
IDLE = 4.0


@dataclass(frozen=True, slots=True)
class Came:
    """What came back, of whatever status; `content` is cut off one byte after the longest."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire:
    """The connections to one place, for one event loop. `free` places need no guard."""

    def __init__(
        self, place: Place, free: bool, resolver: aiohttp.abc.AbstractResolver | None = None
    ) -> None:
        self._free = free
        self._place, self._resolver = place, resolver
        self._urls: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None
        self._headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {place.key or 'none'}",
            "User-Agent": "Concord",
        }

    def session(self) -> aiohttp.ClientSession:
        """Return the session; how many sockets there are is up to who asks."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0,
                keepalive_timeout=IDLE,
                resolver=self._resolver,
                socket_factory=None if self._free else guard.guarded_socket,
            )
            # Proxies of the environment are looked up once; with trust_env they would be with each
            # request, in a thread.
            self._session = aiohttp.ClientSession(
                connector=connector,
                trust_env=False,
                proxy=_proxy(URL(self._place.url)) if self._free else None,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(sock_connect=min(CONNECT, self._place.timeout)),
            )
        return self._session

    async def post(self, path: str, body: bytes, longest: int) -> Came:
        """Return what comes back; the time it may take is the caller's to limit."""
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self._place.url.rstrip("/") + path)
        async with self.session().post(
            url, data=body, headers=self._headers, allow_redirects=False
        ) as response:
            parts, length = [], 0
            async for part in response.content.iter_any():
                parts.append(part)
                length += len(part)
                if length > longest:
                    response.close()  # an endpoint that does not stop
                    break
            content = parts[0] if len(parts) == 1 else b"".join(parts)
            return Came(response.status, response.headers, content[: longest + 1])

    async def close(self) -> None:
        """Let connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _proxy(url: URL) -> str | None:
    """Return the proxy that the environment names for an address, with the way to sign in."""
    if url.host is None or proxy_bypass(url.host):
        return None
    return getproxies().get(url.scheme)
