"""A run's money: what calls may cost is reserved before they are made; pure, numbers alone.

What is spent and what is reserved stand in the database (`JudgeRun.spent_micros`,
`Verdict.reserved_micros`), so that several workers keep one budget together:

1. A claim takes no more calls than `admits`, at `Purse.each` for each, and reserves that.
2. As soon as the requests are there, `Purse.reserve` says what each may cost. What is beyond
   `fitting` is let go again; the guess has grown by then.
3. What came of a call is what it cost (`answered`, `failed`), and the reservation ends.

So a budget is exceeded by no more than calls cost beyond their reservation, and by the calls that
killed workers had under way and nobody has settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from personalization.llm import tokens
from personalization.llm.backend import Answer, Ask
from personalization.llm.pricing import Rate, cost, most, said
from personalization.llm.tokens import Meter

# A guess, for as long as no request of the run has been made: hardly anything, so that a small
# budget is no reason not to look. What the requests then cost beyond it is let go again.
GUESS = 1
# The endpoint may have worked, and may want money, though nothing came back.
PERHAPS_PAID = frozenset({"timeout", "cut", "garbage", "lost"})
BUDGET, NO_PRICE = "budget", "no_price"  # kinds of trouble


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call has used; `micros` is None where no price is known."""

    prompt_tokens: int
    completion_tokens: int
    micros: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: the request's tokens as they were estimated, and what the endpoint counted."""

    estimated: int
    prompt_tokens: int | None
    completion_tokens: int | None


@dataclass(slots=True)
class Purse:
    """One worker's view on the money of a run: the price of the day, and what answers have taught."""

    rate: Rate | None
    meter: Meter = field(default_factory=Meter)
    dearest: int | None = None

    @property
    def each(self) -> int | None:
        """Return what the next call may cost, before its request is there; None without a price."""
        if self.rate is None:
            return None
        return GUESS if self.dearest is None else self.dearest

    def reserve(self, asks: Sequence[Ask]) -> list[int | None]:
        """Return what each of these calls may cost at most; None without a price."""
        if self.rate is None:
            return [None] * len(asks)
        costs = [self._most(self.rate, ask) for ask in asks]
        self.dearest = max(costs, default=self.dearest)
        return list(costs)

    def learn(self, seen: Sequence[Seen], sampling: Mapping[str, object]) -> None:
        """Take in answers that were there before this purse."""
        for one in seen:
            self.meter.saw(one.estimated, one.prompt_tokens, one.completion_tokens)
        if seen and self.rate is not None:
            asked = self.meter.prompt(max(one.estimated for one in seen))
            written = self.meter.completion(tokens.longest_answer(sampling))
            self.dearest = most(self.rate, asked, written)

    def answered(self, ask: Ask, answer: Answer) -> Spent:
        """Return what an answer has used: as the endpoint counts, or else as estimated."""
        asked = tokens.of_ask(ask)
        self.meter.saw(asked, answer.prompt_tokens, answer.completion_tokens)
        read, written = answer.prompt_tokens, answer.completion_tokens
        return self._spent(
            asked if read is None else max(read, 0),
            tokens.of_text(answer.text) if written is None else max(written, 0),
        )

    def failed(self, kind: str, reserved: int | None) -> int | None:
        """Return what a call without an answer counts: all that was reserved, or nothing."""
        if self.rate is None:
            return None
        return (reserved or 0) if kind in PERHAPS_PAID else 0

    def _spent(self, read: int, written: int) -> Spent:
        paid = None if self.rate is None else cost(self.rate, read, written)
        return Spent(read, written, paid)

    def _most(self, rate: Rate, ask: Ask) -> int:
        asked = self.meter.prompt(tokens.of_ask(ask))
        return most(rate, asked, self.meter.completion(tokens.longest_answer(ask.sampling)))


def room(budget: int | None, spent: int, reserved: int) -> int | None:
    """Return how much of a budget is free: not spent, not reserved; None where there is none."""
    return None if budget is None else max(budget - spent - reserved, 0)


def admits(free: int | None, each: int | None, calls: int) -> int:
    """Return how many of so many calls a budget admits, if each may cost `each`.

    >>> admits(None, 10, 8), admits(25, 10, 8), admits(25, 0, 8), admits(25, None, 8)
    (8, 2, 8, 0)
    """
    if free is None:
        return calls
    if each is None:
        return 0  # nobody knows what they cost
    return calls if each == 0 else min(calls, free // each)


def fitting(free: int | None, costs: Sequence[int | None]) -> int:
    """Return how many of these calls, the first ones, a budget admits together.

    >>> fitting(10, [4, 4, 4]), fitting(None, [4, None]), fitting(0, [0, 0]), fitting(9, [None])
    (2, 2, 2, 0)
    """
    if free is None:
        return len(costs)
    known = next((place for place, one in enumerate(costs) if one is None), len(costs))
    sums = accumulate(one or 0 for one in costs[:known])
    return sum(1 for one in sums if one <= free)


def trouble(budget: int, spent: int, each: int | None, currency: str) -> str:
    """Return why a run pauses of which a budget admits nothing, and nothing is under way."""
    if each is None:
        return f"{NO_PRICE}: a budget of {said(budget, currency)}, and no price is known"
    return (
        f"{BUDGET}: {said(spent, currency)} of {said(budget, currency)} is spent, "
        f"and the next call may cost {said(each, currency)}"
    )
