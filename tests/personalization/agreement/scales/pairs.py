"""Two numbers per item, made for tests."""

import numpy as np
from numpy.typing import ArrayLike

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.scales.cells import Cells, cells_of
from personalization.agreement.scales.numbers import numbers_of


def cells(x: ArrayLike, y: ArrayLike, owner: IntArray | None = None) -> Cells:
    """Return the cross-table of two columns, nan = none."""
    return cells_of(numbers_of(np.asarray(x, float)), numbers_of(np.asarray(y, float)), owner)


def related(n: int, seed: int = 0, levels: int = 5) -> tuple[FloatArray, FloatArray]:
    """Return two columns with ties that go together."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, levels, n)
    y = np.clip(x + rng.integers(-levels // 2, levels // 2 + 1, n), 0, levels - 1)
    return x.astype(float), y.astype(float)
