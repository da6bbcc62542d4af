"""Names for the arrays the kernels exchange."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.integer[Any]]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]


def ratio(top: FloatArray, bottom: FloatArray, defined: BoolArray) -> FloatArray:
    """Return top / bottom where defined, nan elsewhere, without a warning."""
    quotient = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    np.divide(top, bottom, out=quotient, where=defined)
    return quotient
