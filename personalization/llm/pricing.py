"""What calls cost, in whole numbers; pure.

Money is counted in millionths of a currency ("micros"), and a price says how many of them a million
tokens cost. Whatever is not whole is rounded up, so that a budget is rather spent too early.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

MILLION = 1_000_000
SHOWN = Decimal("0.01")


class Priced(Protocol):
    """Anything with the two numbers of a price: a row, or a `Rate`."""

    @property
    def input_micros(self) -> int:
        """Return what a million tokens of requests cost."""
        ...

    @property
    def output_micros(self) -> int:
        """Return what a million tokens of answers cost."""
        ...


@dataclass(frozen=True, slots=True)
class Rate:
    """What a million tokens cost."""

    input_micros: int
    output_micros: int
    currency: str


def cost(price: Priced, prompt_tokens: int, completion_tokens: int) -> int:
    """Return what a call has cost.

    >>> cost(Rate(2_500_000, 10_000_000, "USD"), 1000, 100), cost(Rate(1, 0, "USD"), 1, 0)
    (3500, 1)
    """
    exact = prompt_tokens * price.input_micros + completion_tokens * price.output_micros
    return -(-exact // MILLION)


def most(price: Priced, prompt_tokens_estimate: int, max_tokens: int) -> int:
    """Return what a call may cost at most, before it is made."""
    return cost(price, prompt_tokens_estimate, max_tokens)


def said(micros: int, currency: str = "") -> str:
    """Return an amount as text: two decimals, and as many more as it has.

    >>> said(5_000_000, "USD"), said(1_234), said(-50)
    ('5.00 USD', '0.001234', '-0.00005')
    """
    amount = Decimal(micros) / MILLION
    short = amount.quantize(SHOWN)
    text = f"{short if short == amount else amount.normalize():f}"
    return f"{text} {currency}".strip()
