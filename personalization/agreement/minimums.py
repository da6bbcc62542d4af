"""From how much data a number is shown; the report decides, settings may differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Minimums:
    """Smallest samples behind a shown number.

    The report withholds what has fewer. Kernels that need a minimum themselves (intervals, the
    alternative annotator test, calibration) take it as an argument; where a call gives none, they
    read `current()`.
    """

    pair_items: int = 10
    """items that two raters share, for a coefficient of the pair"""
    coefficient_items: int = 10
    """items with two or more ratings, for any coefficient"""
    threshold_answers: int = 20
    """answers at or above a certainty threshold"""
    calibration_answers: int = 100
    """answers, with both outcomes among them, for calibration"""
    divergence_ratings: int = 5
    """human ratings of an item, for more than its total variation distance"""
    smoothed_ratings: int = 10
    """human ratings of an item, for smoothed divergences"""
    entropy_ratings: int = 20
    """human ratings of an item, for a correlation of entropies"""
    interval_raters: int = 5
    """raters, for an interval over annotators"""
    owners: int = 10
    """owners, for an interval over owners"""
    alternative_humans: int = 3
    """humans in all, for the alternative annotator test"""
    alternative_ratings: int = 2
    """human ratings of an item, for the alternative annotator test"""
    alternative_items: int = 30
    """items of one human, for the alternative annotator test"""


DEFAULT = Minimums()

_applied = ContextVar("minimums", default=DEFAULT)


def current() -> Minimums:
    """Return the minimums in force: DEFAULT, unless others are applied."""
    return _applied.get()


@contextmanager
def applied(minimums: Minimums) -> Iterator[None]:
    """Let these minimums stand for the default ones while a report is computed.

    >>> with applied(Minimums(owners=3)):
    ...     current().owners
    3
    >>> current().owners
    10
    """
    token = _applied.set(minimums)
    try:
        yield
    finally:
        _applied.reset(token)
