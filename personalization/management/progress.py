"""A plain progress bar: one line that moves in a terminal, a line every ten seconds elsewhere."""

import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper

WIDTH = 30
EVERY = 10.0  # seconds between lines where nobody looks at a terminal


class Bar:
    """How far something is, as text."""

    def __init__(self, out: OutputWrapper, clock: Callable[[], float] = time.monotonic) -> None:
        self.out = out
        self.clock = clock
        self.moves = out.isatty()
        self.said_at: float | None = None
        self.length = 0

    def show(self, done: int, of: int, note: str = "", *, last: bool = False) -> None:
        """Say how far it is; `last`: nothing more is to be said of it."""
        text = line(done, of, note)
        now = self.clock()
        if self.moves:
            self._write(f"\r{text.ljust(self.length)}" + ("\n" if last else ""))
            self.length = 0 if last else len(text)
        elif last or self.said_at is None or now - self.said_at >= EVERY:
            self._write(f"{text}\n")
            self.said_at = now

    def leave(self) -> None:
        """End the line that moves, so that what is said next stands below it."""
        if self.moves and self.length:
            self._write("\n")
            self.length = 0

    def _write(self, text: str) -> None:
        # Django's wrapper ends every line by itself where nothing else is said.
        self.out.write(text, ending="")
        self.out.flush()


def line(done: int, of: int, note: str = "") -> str:
    """Return a bar as text; nothing is known before a plan is made.

    >>> line(3, 12, "4 a minute")
    '[#######-----------------------] 3 / 12 (25 %), 4 a minute'
    >>> line(0, 0)
    '[------------------------------] planning'
    """
    share = min(done / of, 1) if of else 0
    bar = "#" * int(WIDTH * share)
    said = f"{done} / {of} ({100 * share:.0f} %)" if of else "planning"
    return f"[{bar.ljust(WIDTH, '-')}] {said}" + (f", {note}" if note else "")
