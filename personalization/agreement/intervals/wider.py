"""Where two intervals stand for one number, the wider one leads."""

from collections.abc import Iterable
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


def widest_first(several: Iterable[Either]) -> list[Either]:
    """Return them by the width of their intervals, falling; those without one last.

    Equal ones stay in the order given.

    >>> from personalization.agreement.estimate import Interval
    >>> given = [Interval(method="none"), Interval(0.4, 0.6, "item"), Interval(0.3, 0.6, "two-way")]
    >>> [one.method for one in widest_first(given)]
    ['two-way', 'item', 'none']
    """
    return sorted(several, key=_width, reverse=True)


def _width(ends: Ends) -> float:
    return -1.0 if ends.low is None or ends.high is None else ends.high - ends.low
