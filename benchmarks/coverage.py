"""Do nominal 95 % intervals cover the true value? Simulated people with known true values.

    make bench NAME=coverage                        2,000 repetitions, 1,000 draws: some minutes
    python -m benchmarks.coverage --repetitions 200 a smaller run

50 owners x 24 attributes x 3 raters, as in tests/personalization/agreement/intervals/simulated.py:
once with owners who differ, and once with 12 raters who differ as well.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.by_rater import alpha_by_rater, raw_agreement_two_way
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.estimate import Estimate, Level
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.patterns import collapse
from tests.personalization.agreement.intervals.simulated import (
    answers,
    true_agreement,
    true_alpha,
)

SEED = 20_260
RATERS = 12
Found = Callable[[Ratings, IntArray, int, int], Estimate]


def alpha_by(by_owner: bool) -> Found:
    """Return alpha with the interval by owner or by item."""
    return lambda ratings, owner, seed, draws: alpha(
        collapse(ratings.histogram, owner if by_owner else None),
        Level.NOMINAL,
        seed=seed,
        draws=draws,
    )


def agreement_by(by_owner: bool) -> Found:
    """Return raw agreement with the interval by owner or by item."""
    return lambda ratings, owner, seed, draws: raw_agreement(
        collapse(ratings.histogram, owner if by_owner else None), seed=seed, draws=draws
    )


def two_way(ratings: Ratings, owner: IntArray, seed: int, _draws: int) -> Estimate:
    """Return raw agreement with the two-way interval, 200 draws."""
    return raw_agreement_two_way(ratings, owner, seed=seed)


def jackknife(ratings: Ratings, _owner: IntArray, _seed: int, _draws: int) -> Estimate:
    """Return alpha with the delete-one-rater interval."""
    return alpha_by_rater(ratings, Level.NOMINAL)


@dataclass
class Tally:
    """One interval in one world: its values, widths, and how often the truth lay within."""

    name: str
    found: Found
    truth: float
    values: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    covered: int = 0

    def add(self, ratings: Ratings, owner: IntArray, seed: int, draws: int) -> None:
        """Count one repetition."""
        one = self.found(ratings, owner, seed, draws)
        if one.value is None or one.low is None or one.high is None:
            raise SystemExit(f"{self.name}: no interval ({one.reason}, {one.method})")
        self.values.append(one.value)
        self.widths.append(one.high - one.low)
        self.covered += one.low <= self.truth <= one.high


def tallies(*, raters_differ: bool) -> list[Tally]:
    """Return what is simulated in one world."""
    coefficient = true_alpha(raters_differ=raters_differ)
    agreement = true_agreement(raters_differ=raters_differ)
    found = [
        Tally("alpha, by item", alpha_by(False), coefficient),
        Tally("alpha, by owner", alpha_by(True), coefficient),
        Tally("raw agreement, by item", agreement_by(False), agreement),
        Tally("raw agreement, by owner", agreement_by(True), agreement),
    ]
    if raters_differ:
        found.append(Tally("alpha, delete one rater", jackknife, coefficient))
        found.append(Tally("raw agreement, two-way", two_way, agreement))
    return found


def simulate(repetitions: int, draws: int, *, raters_differ: bool) -> list[Tally]:
    """Draw people again and again, and count."""
    rng = np.random.default_rng(SEED)
    found = tallies(raters_differ=raters_differ)
    for repetition in range(repetitions):
        ratings, owner = answers(rng, RATERS, raters_differ=raters_differ)
        for tally in found:
            tally.add(ratings, owner, repetition, draws)
    return found


def show(world: str, found: list[Tally]) -> None:
    """Print a line per interval: truth, true sd, the sd it claims, and its coverage."""
    line = "{:<26}{:>8}{:>10}{:>12}{:>11}\n"
    sys.stdout.write(f"{world}\n{line.format('', 'truth', 'true sd', 'width/3.92', 'coverage')}")
    for tally in found:
        sys.stdout.write(
            line.format(
                tally.name,
                f"{tally.truth:.4f}",
                f"{np.std(tally.values):.4f}",
                f"{np.mean(tally.widths) / (2 * 1.959964):.4f}",
                f"{100 * tally.covered / len(tally.values):.1f} %",
            )
        )


def main() -> None:
    """Simulate both worlds."""
    parser = argparse.ArgumentParser(description="Coverage of nominal 95 % intervals.")
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=1000)
    given = parser.parse_args()
    for world, raters_differ in (
        ("owners differ", False),
        (f"owners and {RATERS} raters differ", True),
    ):
        found = simulate(given.repetitions, given.draws, raters_differ=raters_differ)
        show(world, found)


if __name__ == "__main__":
    main()
