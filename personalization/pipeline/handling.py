"""What becomes of a row whose call brought nothing, or nothing that can be read; pure."""

from dataclasses import dataclass
from typing import Literal

from personalization.llm.backend import AskError

# How often a row is asked for: after errors that pass, after refusals because others asked too
# much, after answers that nobody can read, and where the model does not want to.
MOST_ERRORS, MOST_LIMITED, MOST_UNREADABLE, MOST_REFUSED = 5, 25, 3, 2
LONGEST_WAIT = 60.0  # seconds, where the endpoint does not ask for more
What = Literal["again", "failed", "trouble"]


@dataclass(frozen=True, slots=True)
class Next:
    """Ask again after a wait; give the row up, or stop the run, for a reason."""

    what: What
    wait: float = 0.0
    said: str = ""


@dataclass(slots=True)
class Tries:
    """How often one row was asked for, by what came of it."""

    errors: int = 0
    limited: int = 0
    unreadable: int = 0
    refused: int = 0

    def after_refusal(self) -> Next:
        """Return what follows where the model did not want to."""
        self.refused += 1
        if self.refused < MOST_REFUSED:
            return Next("again")
        return Next("failed", said="refused: the model did not want to answer")

    def after(self, error: AskError, *, works: bool) -> Next:
        """Return what follows from an error; `works`: the endpoint has answered other requests."""
        if not error.passing:
            # It may be this one request that the endpoint does not take: too long, perhaps.
            alone = error.kind == "bad_request" and works
            return Next("failed" if alone else "trouble", said=str(error))
        if error.kind == "garbage":
            self.unreadable += 1
            if self.unreadable < MOST_UNREADABLE:
                return Next("again")
            return Next("failed", said=str(error))
        if error.kind == "rate_limited":
            self.limited += 1
            times, most = self.limited, MOST_LIMITED
        else:
            self.errors += 1
            times, most = self.errors, MOST_ERRORS
        if times >= most:
            return Next("failed", said=str(error))
        wait = min(2.0 ** min(times - 1, 10), LONGEST_WAIT)
        return Next("again", max(wait, error.retry_after or 0))
