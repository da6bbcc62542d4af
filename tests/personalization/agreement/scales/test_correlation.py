from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from personalization.agreement.arrays import FloatArray
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.scales import cells as cells_module
from personalization.agreement.scales import correlation
from personalization.agreement.scales.cells import Cells
from personalization.agreement.scales.correlation import kendall_tau_b, pearson, spearman
from tests.personalization.agreement.scales.pairs import cells, related

Kernel = Callable[..., Estimate]
KERNELS: list[tuple[Kernel, Callable[..., object]]] = [
    (pearson, stats.pearsonr),
    (spearman, stats.spearmanr),
    (kendall_tau_b, stats.kendalltau),
]
ALONE = [kernel for kernel, _oracle in KERNELS]
COLUMNS = some.lists(
    some.tuples(some.integers(-3, 3), some.integers(0, 4)), min_size=2, max_size=40
)


@pytest.mark.parametrize(("kernel", "oracle"), KERNELS)
@given(rows=COLUMNS)
def test_as_scipy(
    kernel: Kernel, oracle: Callable[..., object], rows: list[tuple[int, int]]
) -> None:
    x, y = np.array(rows, float).T
    found = kernel(cells(x, y), draws=0)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert (found.value, found.reason) == (None, Reason.NO_VARIATION)
        return
    assert found.value == pytest.approx(oracle(x, y)[0], abs=1e-9)  # type: ignore[index]
    assert -1 <= found.value <= 1  # type: ignore[operator]


@pytest.mark.parametrize(("kernel", "oracle"), KERNELS)
def test_as_scipy_on_long_scales(kernel: Kernel, oracle: Callable[..., object]) -> None:
    """101 points against means of three: a table of 30,000 cells."""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 101, 4000).astype(float)
    y = (x[:, None] + rng.integers(-30, 31, (4000, 3))).mean(axis=1)
    found = kernel(cells(x, y), draws=0)
    assert found.value == pytest.approx(oracle(x, y)[0], abs=1e-9)  # type: ignore[index]


def test_kendall_without_a_table() -> None:
    """2,500 different numbers on either side: sorted, and no interval is claimed."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=2500)
    y = x + rng.normal(size=2500)
    found = kendall_tau_b(cells(x, y))
    assert found.value == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-9)
    assert (found.low, found.method) == (None, "no bootstrap: 2500 x 2500 distinct numbers")


def test_tau_b_by_hand() -> None:
    """Items (1,1) (1,2) (2,2) (3,1): C = 1, D = 2, of 6 pairs 1 tied in x, 2 in y: -1 / sqrt(20).

    With the last at (3, 3): C = 4, D = 0, one tied on either side: 4 / 5.
    """
    tangled = kendall_tau_b(cells([1, 1, 2, 3], [1, 2, 2, 1]), draws=0).value
    assert tangled == pytest.approx(-1 / np.sqrt(20))
    assert kendall_tau_b(cells([1, 1, 2, 3], [1, 2, 2, 3]), draws=0).value == pytest.approx(4 / 5)


@pytest.mark.parametrize("kernel", ALONE)
def test_the_order_of_rows_changes_nothing(kernel: Kernel) -> None:
    x, y = related(60)
    order = np.random.default_rng(1).permutation(60)
    owner = np.arange(60) // 4
    assert kernel(cells(x, y), draws=50) == kernel(cells(x[order], y[order]), draws=50)
    by_owner = kernel(cells(x[order], y[order], owner[order]), draws=50)
    assert by_owner == kernel(cells(x, y, owner), draws=50)


def test_ranks_know_nothing_of_distances() -> None:
    x, y = related(50)
    stretched = cells(np.exp(x), y**3)
    for kernel in (spearman, kendall_tau_b):
        assert kernel(stretched, draws=0).value == kernel(cells(x, y), draws=0).value


def test_far_from_zero_no_digits_are_lost() -> None:
    x, y = related(50)
    moved = pearson(cells(x + 1e9, y - 1e9), draws=0).value
    assert moved == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-9)


@pytest.mark.parametrize("kernel", ALONE)
def test_undefined(kernel: Kernel) -> None:
    assert kernel(cells([1, np.nan], [np.nan, 2])).reason is Reason.NO_OVERLAP
    assert kernel(cells([1, 1, 1], [1, 2, 3])).reason is Reason.NO_VARIATION
    assert kernel(cells([1, 2, 3], [4, 4, 4])).reason is Reason.NO_VARIATION
    alone = kernel(cells([1], [2]))
    assert (alone.reason, alone.n_items, alone.method) == (Reason.NO_VARIATION, 1, None)


NAIVE: list[tuple[Kernel, Callable[[FloatArray, FloatArray], float]]] = [
    (pearson, lambda x, y: np.corrcoef(x, y)[0, 1]),
    (spearman, lambda x, y: np.corrcoef(stats.rankdata(x), stats.rankdata(y))[0, 1]),
    (kendall_tau_b, lambda x, y: stats.kendalltau(x, y, method="asymptotic").statistic),
]


@pytest.mark.parametrize(("kernel", "oracle"), NAIVE)
def test_the_interval_is_that_of_items_drawn_again(
    kernel: Kernel, oracle: Callable[[FloatArray, FloatArray], float]
) -> None:
    x, y = related(150)
    found = kernel(cells(x, y), draws=4000)
    assert found.method == "item bootstrap, B=4000"
    picks = np.random.default_rng(9).integers(0, 150, (500, 150))
    naive = np.percentile([oracle(x[one], y[one]) for one in picks], (2.5, 97.5))
    assert [found.low, found.high] == pytest.approx(list(naive), abs=0.025)


@pytest.mark.parametrize("kernel", ALONE)
@pytest.mark.parametrize("owned", [False, True])
def test_linearised_intervals_are_those_of_the_draws(
    kernel: Kernel, owned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where both can be had they agree, by item and by owner."""
    x, y = related(600, levels=9)
    both = cells(x, y, np.arange(600) // 6 if owned else None)
    exact = kernel(both, draws=4000)
    for module in (cells_module, correlation):
        monkeypatch.setattr(module, "DRAWN_CELLS", 10)
    found = kernel(both, draws=4000)
    assert found.value == exact.value
    assert [found.low, found.high] == pytest.approx([exact.low, exact.high], abs=0.008)
    plain = kernel is pearson and owned
    assert str(found.method).endswith(", linearised") is not plain
    assert not str(exact.method).endswith(", linearised")


def test_ends_stay_within_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linearised interval could reach beyond 1."""
    x = np.arange(12.0)
    y = x.copy()
    y[[0, 5]] = y[[5, 0]]
    for module in (cells_module, correlation):
        monkeypatch.setattr(module, "DRAWN_CELLS", 10)
    for kernel in ALONE:
        found = kernel(cells(x, y))
        assert found.high == 1, kernel
        assert kernel(cells(x, -y)).low == -1, kernel


@pytest.mark.parametrize("kernel", ALONE)
def test_draws_without_variation_are_left_out_and_counted(kernel: Kernel) -> None:
    """One item of twelve differs: 35 % of the draws lack it."""
    both: Cells = cells([1.0] * 11 + [2], [0.1] * 11 + [0.3])
    found = kernel(both)
    assert found.value == pytest.approx(1)
    assert [found.low, found.high] == pytest.approx([1, 1])
    method = str(found.method)
    lost = int(method.partition("(")[2].partition(" ")[0])
    assert lost == pytest.approx(1000 * (11 / 12) ** 12, abs=60)
