"""The site in a thread, and a browser's EventSource that reads from it."""

import asyncio
import json
import socket
import threading
import time
from typing import Any

import uvicorn

from config.asgi import application

PATIENCE = 20.0


class Site:
    """The site as the server runs it, in a thread."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application,
            log_level="critical",
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


class Reader:
    """A browser's EventSource: it asks, and reads event after event."""

    def __init__(self, site: Site, token: str, since: str = "", method: str = "GET") -> None:
        self._wire = socket.create_connection(("127.0.0.1", site.port), PATIENCE)
        again = f"Last-Event-ID: {since}\r\n" if since else ""
        self._wire.sendall(
            f"{method} /stream/{token}/ HTTP/1.1\r\nHost: localhost\r\n{again}\r\n".encode()
        )
        self._file = self._wire.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers: dict[str, str] = {}
        while line := self._file.readline().decode().strip():
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value

    def event(self) -> tuple[str, str, Any]:
        """Return the next event: its id, its kind, its data."""
        found: dict[str, str] = {}
        while True:
            # Each chunk of the transfer is one event, or a few.
            raw = self._file.readline()
            assert raw, f"the stream ended (status {self.status}); of an event there was {found}"
            line = raw.decode().rstrip("\r\n")
            if "event" in found and not line:
                return found["id"], found["event"], json.loads(found["data"])
            name, colon, value = line.partition(": ")
            if colon and name in ("id", "event", "data"):
                found[name] = value

    def text(self) -> tuple[str, bool]:
        """Return the whole text as a page shows it at the end, and whether it failed."""
        shown = ""
        while True:
            _id, kind, data = self.event()
            if kind == "end":
                return shown, data["failed"]
            shown = data["text"] if data["at"] == 0 else shown + data["text"]

    def close(self) -> None:
        self._file.close()
        self._wire.close()
