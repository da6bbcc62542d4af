"""Made-up labels, the same every time: items x five of 2,000 raters, five values, one judge."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.patterns import histogram

SEED = 20_260
RATERS, PER_ITEM, VALUES, LONG = 2000, 5, 5, 101
SEES_TRUTH = 0.7
SEGMENTS, SYSTEMS, ITEMS_PER_OWNER = 50, 50, 24


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Ratings (item, rater, value; on 101 points; each different) and, per item, the rest."""

    item: IntArray
    rater: IntArray
    value: IntArray
    points: IntArray
    smooth: FloatArray
    judge: IntArray
    judge_points: IntArray
    segment: IntArray
    owner: IntArray
    wins: FloatArray

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self.judge)

    @property
    def hist(self) -> IntArray:
        """Ratings of each item by value."""
        return histogram(self.item, self.value, self.n_items, VALUES)

    def save(self, file: Path) -> None:
        """Write the arrays to a file."""
        np.savez(file, **{one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, file: Path) -> "Made":
        """Read the arrays from a file."""
        with np.load(file) as held:
            return cls(**{one.name: held[one.name] for one in fields(cls)})


def make(n_items: int) -> Made:
    """Make up labels of so many items; the rows in order of items, as the index returns them."""
    rng = np.random.default_rng(SEED)
    truth = rng.integers(0, VALUES, n_items)
    item = np.repeat(np.arange(n_items), PER_ITEM)
    rater = raters_of(rng, n_items)
    value = _said(rng, truth[item], 0.8, VALUES)
    points = _said(rng, truth[item] * 20 + 10, 15, LONG)
    strength = rng.normal(0, 1, SYSTEMS)
    beats = 1 / (1 + np.exp(strength - strength[:, None]))
    sees = rng.random(n_items) < SEES_TRUTH
    wins = rng.binomial(40, beats).astype(np.float64)
    np.fill_diagonal(wins, 0)
    return Made(
        item=item,
        rater=rater,
        value=value,
        points=points,
        smooth=points + rng.random(len(points)),
        judge=np.where(sees, truth, rng.integers(0, VALUES, n_items)),
        judge_points=_said(rng, truth * 20 + 10, 20, LONG),
        segment=rng.integers(0, SEGMENTS, n_items),
        owner=np.arange(n_items) // ITEMS_PER_OWNER,
        wins=wins,
    )


def raters_of(rng: np.random.Generator, n_items: int) -> IntArray:
    """Return five different raters of each item: a random start, equal steps through all of them."""
    first, step = rng.integers(0, RATERS, n_items), rng.integers(1, RATERS // PER_ITEM, n_items)
    return (first[:, None] + np.arange(PER_ITEM) * step[:, None]).ravel() % RATERS


def _said(rng: np.random.Generator, truth: IntArray, noise: float, n_values: int) -> IntArray:
    """Return what raters say who miss the truth by about so much."""
    said = np.rint(truth + rng.normal(0, noise, len(truth)))
    return np.clip(said, 0, n_values - 1).astype(np.int64)
