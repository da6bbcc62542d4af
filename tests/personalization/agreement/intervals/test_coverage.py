"""Do nominal 95 % intervals hold what they say? `make bench NAME=coverage` repeats it at full size."""

from dataclasses import dataclass

import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.estimate import Estimate, Level
from personalization.agreement.patterns import collapse
from tests.personalization.agreement.intervals.simulated import answers, true_alpha

REPETITIONS, DRAWS = 1200, 400
# Half the width of a normal 95 % interval, in standard deviations, twice.
WIDTH = 2 * 1.959964


@dataclass(frozen=True)
class Simulated:
    """Alpha in each repetition, and the ends of its intervals by owner and by item, (R, 2)."""

    values: FloatArray
    by_owner: FloatArray
    by_item: FloatArray


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    rng = np.random.default_rng(5)
    found = []
    for repetition in range(REPETITIONS):
        ratings, owner = answers(rng)
        found.append(
            [
                alpha(
                    collapse(ratings.histogram, held), Level.NOMINAL, seed=repetition, draws=DRAWS
                )
                for held in (owner, None)
            ]
        )
    return Simulated(
        np.array([one.value for one, _other in found], float),
        np.array([ends(one) for one, _other in found]),
        np.array([ends(other) for _one, other in found]),
    )


def ends(found: Estimate) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def coverage(intervals: FloatArray) -> float:
    low, high = intervals.T
    return float(((low <= true_alpha()) & (true_alpha() <= high)).mean())


def spread(intervals: FloatArray) -> float:
    """The standard deviation that the intervals claim, on average."""
    low, high = intervals.T
    return float((high - low).mean() / WIDTH)


def test_the_true_value_is_that_of_very_many_people() -> None:
    rng = np.random.default_rng(1)
    many = np.concatenate([answers(rng)[0].histogram for _time in range(400)])
    n = 3 * len(many)
    share = many[:, 1].sum() / n
    found = 1 - many.prod(axis=1).sum() / n / (2 * share * (1 - share))
    # 20,000 owners: sd .041 * sqrt(50 / 20,000) = .002
    assert found == pytest.approx(true_alpha(), abs=0.006)


def test_the_simulation_is_that_of_the_specification(simulated: Simulated) -> None:
    """True sd of alpha .041, by item .020, by owner .038 (section 5)."""
    assert simulated.values.std() == pytest.approx(0.041, abs=0.002)
    assert spread(simulated.by_item) == pytest.approx(0.020, abs=0.001)
    assert spread(simulated.by_owner) == pytest.approx(0.038, abs=0.003)


def test_the_owner_interval_covers(simulated: Simulated) -> None:
    """Nominal 95 %: 92 to 97 %."""
    assert 0.92 <= coverage(simulated.by_owner) <= 0.97


def test_the_item_interval_does_not(simulated: Simulated) -> None:
    """Nominal 95 %, about 67 %: it takes 24 answers about one person for 24 people."""
    assert coverage(simulated.by_item) == pytest.approx(0.67, abs=0.05)
