"""An estimate in lines of text, for commands."""

from typing import Protocol

from personalization.llm.pricing import said as amount
from personalization.models import Price
from personalization.runs.forecast import Bound, Range

HOLDS: dict[Bound, str] = {
    "places": "by the requests at a time",
    "requests": "by the requests a minute",
    "tokens": "by the tokens a minute",
}


class Estimated(Protocol):
    """What a run of a judge or of an arm would do, as its estimate says it."""

    @property
    def items(self) -> int: ...
    @property
    def calls(self) -> int: ...
    @property
    def withheld(self) -> int: ...
    @property
    def drawn(self) -> int: ...
    @property
    def learned(self) -> int: ...
    @property
    def prompt_tokens(self) -> Range: ...
    @property
    def completion_tokens(self) -> Range: ...
    @property
    def price(self) -> Price | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def micros(self) -> Range | None: ...
    @property
    def most_micros(self) -> int | None: ...
    @property
    def seconds(self) -> Range | None: ...
    @property
    def held_by(self) -> Bound | None: ...
    @property
    def latency(self) -> float | None: ...


def told(found: Estimated, budget: int | None, over: str = "items") -> list[str]:
    """Return what a run would do, line by line; `over`: what it is over."""
    lines = [
        f"{found.calls} calls about {found.items} {over}, seen from {found.drawn} requests"
        f" and {found.learned} earlier answers of this model.",
        f"Tokens of requests: {_range(found.prompt_tokens)}",
        f"Tokens of answers:  {_range(found.completion_tokens)}",
    ]
    if found.withheld:
        lines.insert(1, f"{found.withheld} {over} are not sent: nobody agreed to this provider.")
    if found.micros is None or found.most_micros is None or found.price is None:
        lines.append("Price: no price is known for this model; enter one, or import it.")
    else:
        ends = [
            amount(round(one))
            for one in (found.micros.expected, found.micros.low, found.micros.high)
        ]
        lines += [
            "Price: about {} {}, between {} and {}".format(ends[0], found.currency, *ends[1:])
            + f"; at most {amount(found.most_micros, found.currency)}",
            f"By the price from {found.price.since}: {found.price.source}",
        ]
        if budget is not None and budget < found.micros.expected:
            enough = int(found.calls * budget / found.micros.expected)
            lines.append(f"The budget is enough for about {enough} of these calls.")
    if found.seconds is None or found.held_by is None:
        lines.append("Time: not known before the first answer of this model.")
    else:
        known = "" if found.latency is not None else "at least "
        lines.append(f"Time: {known}{_time(found.seconds)}, held up {HOLDS[found.held_by]}.")
    return lines


def _range(one: Range) -> str:
    return f"about {one.expected:,.0f}, between {one.low:,.0f} and {one.high:,.0f}"


def _time(one: Range) -> str:
    minutes = one.expected / 60
    return f"about {one.expected:.0f} s" if minutes < 2 else f"about {minutes:.0f} min"
