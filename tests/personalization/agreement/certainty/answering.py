"""Answers of a judge for tests."""

import numpy as np
from numpy.typing import ArrayLike

from personalization.agreement.arrays import IntArray
from personalization.agreement.certainty.answers import Answers


def answers(certainty: ArrayLike, right: ArrayLike, owner: IntArray | None = None) -> Answers:
    """Return answers with one human label behind each; a certainty of -1 means none."""
    stated = np.asarray(certainty, np.int64)
    unit = np.arange(len(stated)) if owner is None else owner
    return Answers(stated, np.asarray(right, bool), np.ones(len(stated), np.int64), owner, unit)


def shuffled(given: Answers, order: IntArray) -> Answers:
    """Return the same answers in another order."""
    return Answers(
        given.certainty[order],
        given.right[order],
        given.ratings[order],
        None if given.owner is None else given.owner[order],
        given.unit[order],
        given.n_raters,
    )


def drawn(n: int, owners: int | None = None, silent: float = 0.0) -> Answers:
    """Return answers whose certainty, in steps of 10, leans towards right ones."""
    rng = np.random.default_rng(n)
    certainty = 10 * rng.integers(1, 11, n)
    right = rng.random(n) < 0.35 + certainty / 250
    owner = None if owners is None else rng.integers(0, owners, n)
    mute = rng.random(n) < silent
    return answers(np.where(mute, -1, certainty), right & ~mute, owner)


FOUR = answers([90, 80, 80, 60], [1, 1, 0, 0])
