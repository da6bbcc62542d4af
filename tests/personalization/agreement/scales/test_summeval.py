"""Single pairs of experts, and strata, against the figures of summeval."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.patterns import collapse, histogram
from personalization.agreement.scales.error import mae_micro
from personalization.agreement.scales.pair_means import (
    mae_pair_mean,
    pearson_pair_mean,
    spearman_pair_mean,
)
from personalization.agreement.scales.strata import strata

POINTS = ["1", "2", "3", "4", "5"]
SCORES = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
KERNELS = {
    "mae": mae_pair_mean,
    "pearson": pearson_pair_mean,
    "spearman": spearman_pair_mean,
}
Read = Callable[..., tuple[IntArray, IntArray, IntArray]]
Expected = Callable[[str], Any]


def test_each_pair_of_experts(read_labels: Read, expected: Expected) -> None:
    item, rater, value = read_labels("summeval", POINTS)
    pairs = pair_tables(item, rater, value, 5)
    known = expected("summeval")
    for place, figures in enumerate(known["per_rater_pair"].values()):
        one = pairs.only(np.arange(3) == place)
        for name, kernel in KERNELS.items():
            found = kernel(one, SCORES, draws=0).mean
            assert found.value == pytest.approx(figures[name], abs=1e-9), (place, name)
            assert found.n_items == figures["n"]
    micro = mae_micro(collapse(histogram(item, value, 6400, 5)), SCORES, draws=0)
    assert micro.value == pytest.approx(known["recomputed"]["mae_micro"], abs=1e-9)


def test_sizes_of_strata(read_labels: Read, expected: Expected) -> None:
    for quality, parts in expected("summeval")["strata_by_distinct_human_labels"].items():
        item, _rater, value = read_labels("summeval", POINTS, quality)
        found = strata(histogram(item, value, 1600, 5))
        sizes = {f"distinct_human_labels={name[-1]}": int(of.sum()) for name, of in found.items()}
        assert sizes == {name: part["n"] for name, part in parts.items() if name != "all"}
