"""cebab_aspects and dices350: entropies and label shares, against the packages and scipy."""

import csv
from collections import Counter, defaultdict

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from personalization.agreement.distributions.divergence import (
    jensen_shannon,
    kl_smoothed,
    tvd,
    tvd_of_values,
)
from personalization.agreement.distributions.entropy import mean_entropy
from personalization.agreement.distributions.pairs import paired, shares_of
from personalization.agreement.patterns import collapse
from tests.validation.packages import exactly, expected, package


def counted(name: str, options: list[str]) -> np.ndarray:
    """Return the labels of each item by option, read line by line."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with (package(name) / "human.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["item_id"]][row["value"]] += 1
    return np.array([[counts[option] for option in options] for counts in found.values()])


@pytest.fixture(scope="module")
def dices() -> np.ndarray:
    return counted("dices350", ["No", "Unsure", "Yes"])


def test_cebab_mean_entropy() -> None:
    """.155265 nats over 1,008 items with four ratings each."""
    found = mean_entropy(collapse(counted("cebab_aspects", ["Negative", "Positive", "unknown"])))
    assert found.value == exactly(expected("cebab_aspects")["human_entropy"]["mean"])
    assert found.value == pytest.approx(0.155265, abs=5e-7)
    assert (found.n_items, found.n_ratings) == (1008, 4032)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.155265 < found.high


def test_dices350_shares(dices: np.ndarray) -> None:
    """350 items x 123 labels: the mean shares are those of the published label counts."""
    known = expected("dices350")["metrics"]["safety"]["recomputed"]["label_counts"]
    overall = np.array([known[option] for option in ("No", "Unsure", "Yes")]) / 43050
    assert shares_of(dices).mean(axis=0) == pytest.approx(overall, abs=1e-12)
    entropy = mean_entropy(collapse(dices), draws=0).value
    assert entropy == exactly(stats.entropy(dices, axis=1).mean())


def test_dices350_against_a_judge_that_always_says_no(dices: np.ndarray) -> None:
    """The dominant label as a point mass: TVD = 1 - 26,292 / 43,050."""
    found = tvd_of_values(dices, np.zeros(350, int), draws=0)
    assert found.value == exactly(1 - 26292 / 43050)
    as_shares = np.tile([1.0, 0, 0], (350, 1))
    assert tvd(paired(dices, as_shares), draws=0).value == exactly(1 - 26292 / 43050)


def test_dices350_against_the_base_rate(dices: np.ndarray) -> None:
    """A judge that gives every item the overall shares; 123 labels bear every divergence."""
    base = np.tile(dices.sum(axis=0) / dices.sum(), (350, 1))
    human = dices / 123
    js = jensen_shannon(paired(dices, base), draws=0)
    assert js.nats.value == exactly((jensenshannon(human, base, axis=1) ** 2).mean())
    assert js.bits.value == exactly((jensenshannon(human, base, base=2, axis=1) ** 2).mean())
    assert js.distance.value == exactly(jensenshannon(human, base, axis=1).mean())
    p, q = (dices + 1 / 3) / 124, (123 * base + 1 / 3) / 124
    assert kl_smoothed(paired(dices, base), draws=0).value == exactly(
        stats.entropy(p, q, axis=1).mean()
    )
