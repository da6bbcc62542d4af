import numpy as np
import pytest

from personalization.agreement.coefficients.weights import Weights, agreements, distances


@pytest.mark.parametrize(
    ("weights", "first_row"),
    [(Weights.PLAIN, [0, 1, 1]), (Weights.LINEAR, [0, 1, 2]), (Weights.QUADRATIC, [0, 1, 4])],
)
def test_distances_count_steps(weights: Weights, first_row: list[int]) -> None:
    d = distances(weights, 3)
    assert d[0].tolist() == first_row
    assert (d == d.T).all()


def test_agreements_reach_from_0_to_1() -> None:
    assert agreements(Weights.PLAIN, 3).tolist() == np.eye(3).tolist()
    assert agreements(Weights.QUADRATIC, 3)[0].tolist() == [1, 0.75, 0]
