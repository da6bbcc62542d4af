"""What a dry run says, of judges and of arms."""

from dataclasses import dataclass

from personalization.models import Price
from personalization.runs.forecast import Bound, Range


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would do: calls, tokens, money (in micros) and time, each between two ends.

    `items`: the items, conversations, attributes or queries that it begins with; `calls`: also those
    that are expected to follow. `drawn` is how many requests were really made for it, `learned` how many earlier answers of the
    model it rests on, `most_micros` what the run costs if every answer is as long as it may be.
    Answers that are saved already cost nothing: the run may do with fewer calls.
    """

    items: int
    calls: int
    withheld: int
    drawn: int
    learned: int
    prompt_tokens: Range
    completion_tokens: Range
    price: Price | None
    micros: Range | None
    most_micros: int | None
    seconds: Range | None
    held_by: Bound | None
    latency: float | None

    @property
    def currency(self) -> str:
        """Return the currency of the price; empty where none is known."""
        return self.price.currency if self.price is not None else ""
