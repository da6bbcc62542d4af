"""How far apart two options are, in steps of their declared order."""

from enum import StrEnum

import numpy as np

from personalization.agreement.arrays import FloatArray


class Weights(StrEnum):
    """What a disagreement costs: always the same, by the step, or by the squared step."""

    PLAIN = "plain"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


def distances(weights: Weights, n_values: int) -> FloatArray:
    """Return the (V, V) disagreement weights, whole numbers: [c != k], |c - k| or (c - k)^2.

    >>> distances(Weights.QUADRATIC, 3)[0].tolist()
    [0.0, 1.0, 4.0]
    """
    position = np.arange(n_values, dtype=np.float64)
    steps = np.abs(position[:, None] - position)
    power = {Weights.PLAIN: np.sign, Weights.LINEAR: np.positive, Weights.QUADRATIC: np.square}
    result: FloatArray = power[weights](steps)
    return result


def agreements(weights: Weights, n_values: int) -> FloatArray:
    """Return the (V, V) agreement weights, 1 - distance / largest distance (V >= 2).

    >>> agreements(Weights.LINEAR, 3)[0].tolist()
    [1.0, 0.5, 0.0]
    """
    steps = distances(weights, n_values)
    result: FloatArray = 1 - steps / steps.max()
    return result
