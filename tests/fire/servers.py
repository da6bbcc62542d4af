"""Several server processes, which may be killed at any moment and are started again."""

import json
import random
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).parents[2]
CHILD = "from tests.fire.child import main; main()"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; `came` is false where it was killed before it could."""

    came: bool
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> str:
        """Return why the person may not; empty where they may."""
        return str(self.said.get("refused", ""))

    @property
    def error(self) -> str:
        """Return what broke in a server that lives; must be empty."""
        return str(self.said.get("error", ""))

    @property
    def done(self) -> bool:
        """Return whether the server did it."""
        return self.came and not self.refused and not self.error


NO_REPLY = Reply(came=False)


class Turn(Protocol):
    """Whose turn it is to ask."""

    def acquire(self, blocking: bool = True) -> bool:
        """Take a turn, if there is one."""

    def release(self) -> None:
        """Let others ask."""


class Server(Protocol):
    """A process that does what it is asked."""

    alive: bool

    @property
    def turn(self) -> Turn:
        """Return what a client has while it asks."""

    def wait(self) -> None:
        """Wait until it answers."""

    def ask(self, asked: Mapping[str, Any]) -> Reply:
        """Return its answer; `NO_REPLY` where it died meanwhile."""

    def kill(self) -> None:
        """End it at once, as it stands, and start another one."""

    def stop(self) -> None:
        """End it for good."""


class Direct:
    """The verbs in a process of their own, asked line by line."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self.log, self.environment = log, dict(environment)
        self.turn = threading.Lock()
        self.alive = False
        self._start()

    def _start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "--command", CHILD],
                cwd=ROOT, env=self.environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until it answers."""
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            raise RuntimeError(f"the server does not start: {self.log.read_text()[-2000:]}")
        self.alive = True

    def ask(self, asked: Mapping[str, Any]) -> Reply:
        """Ask by a line; one client at a time."""
        pipes = self.process
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        try:
            pipes.stdin.write(json.dumps(asked) + "\n")
            pipes.stdin.flush()
            line = pipes.stdout.readline()
        except OSError:
            return NO_REPLY
        return Reply(came=True, said=json.loads(line)) if line.endswith("\n") else NO_REPLY

    def kill(self) -> None:
        """Kill it in the middle of what it does."""
        self.alive = False
        self.process.kill()
        self.process.wait()
        with self.turn:  # whoever waited for an answer has got none by now
            self._close()
            self._start()
            self.wait()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError:
                continue


class Servers:
    """Several servers; any of them answers anybody."""

    def __init__(self, servers: list[Server], seed: int) -> None:
        self.servers = servers
        self.chance = random.Random(seed)
        self.kills = 0
        self.errors: list[str] = []
        for server in servers:
            server.wait()

    def ask(self, do: str, **asked: Any) -> Reply:  # noqa: ANN401 - JSON
        """Ask one that lives, and that is free if there is one."""
        living = [server for server in self.servers if server.alive] or self.servers
        order = self.chance.sample(living, len(living))
        for server in order:
            if server.turn.acquire(blocking=False):
                break
        else:
            server = order[0]
            server.turn.acquire()
        try:
            reply = server.ask({"do": do, **asked})
        finally:
            server.turn.release()
        if reply.error:
            self.errors.append(reply.error)
        return reply

    def kill(self) -> None:
        """Kill one of them."""
        self.kills += 1
        self.chance.choice(self.servers).kill()

    def stop(self) -> None:
        """End all."""
        for server in self.servers:
            server.stop()
