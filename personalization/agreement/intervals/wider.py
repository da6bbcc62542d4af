"""Where two intervals stand for one number, the wider one leads."""

from typing import Protocol, TypeVar


class Ends(Protocol):
    """Whatever has the ends of an interval: an Interval, an Estimate, a record of the report."""

    @property
    def low(self) -> float | None:
        """Return the lower end."""

    @property
    def high(self) -> float | None:
        """Return the upper end."""


Either = TypeVar("Either", bound=Ends)


def wider(one: Either, other: Either) -> Either:
    """Return whichever has the wider interval; `one` when they are equal or have none.

    >>> from personalization.agreement.estimate import Interval
    >>> wider(Interval(0.4, 0.6, "item"), Interval(0.3, 0.6, "two-way")).method
    'two-way'
    """
    return other if _width(other) > _width(one) else one


def _width(ends: Ends) -> float:
    return -1.0 if ends.low is None or ends.high is None else ends.high - ends.low
