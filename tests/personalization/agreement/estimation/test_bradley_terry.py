import choix
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from personalization.agreement.arrays import FloatArray
from personalization.agreement.estimate import Reason
from personalization.agreement.estimation.bradley_terry import bradley_terry, log_strengths, ranks
from personalization.agreement.estimation.comparisons import Comparisons, win_matrix


def iterated(wins: FloatArray) -> FloatArray:
    """Section 4.14 letter by letter: MM until max |change of log g| < 1e-10."""
    met, g = wins + wins.T, np.ones(len(wins))
    while True:
        new = np.array([
            wins[a].sum() / sum(met[a, b] / (g[a] + g[b]) for b in range(len(g)) if b != a)
            for a in range(len(g))
        ])  # fmt: skip
        new /= np.exp(np.log(new).mean())
        if np.abs(np.log(new) - np.log(g)).max() < 1e-10:
            return np.asarray(np.log(new))
        g = new


def tournament(rng: np.random.Generator, n_systems: int, games: int = 6) -> FloatArray:
    """Wins and ties of everybody against everybody, all strongly connected."""
    wins = rng.integers(1, games, (n_systems, n_systems)) + rng.integers(0, 2, (n_systems, 1)) / 2
    return wins * (1 - np.eye(n_systems))


def rows_of(*games: tuple[int, int, float, int]) -> Comparisons:
    first, second, won, compared = (np.array(column) for column in zip(*games, strict=True))
    return Comparisons(first, second, won.astype(np.float64), compared)


def many(seed: int, n_items: int = 300, n_systems: int = 4) -> Comparisons:
    """Three votes each on random pairs of systems; 0 is the strongest."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, n_systems, n_items)
    second = (first + rng.integers(1, n_systems, n_items)) % n_systems
    chance = 1 / (1 + np.exp((first - second) / 2))
    return Comparisons(first, second, rng.binomial(3, chance) / 1.0, np.full(n_items, 3))


def test_the_example_of_wikipedia() -> None:
    """A-B 2:3, A-D 1:4, B-C 5:3, C-D 1:3; its iteration ends in p = .640, 1.043, .660, 2.270."""
    # https://en.wikipedia.org/wiki/Bradley-Terry_model, worked example.
    wins = np.array([[0, 2, 0, 1], [3, 0, 5, 0], [0, 3, 0, 1], [4, 0, 3, 0]], float)
    assert np.exp(log_strengths(wins)) == pytest.approx([0.640, 1.043, 0.660, 2.270], abs=5e-4)


@pytest.mark.parametrize("n_systems", [2, 3, 5, 12])
def test_equals_the_library_and_the_iteration(n_systems: int) -> None:
    wins = tournament(np.random.default_rng(n_systems), n_systems)
    theirs = choix.ilsr_pairwise_dense(wins, alpha=0)
    ours = log_strengths(wins)
    assert ours == pytest.approx(theirs - theirs.mean(), abs=1e-7)
    assert ours == pytest.approx(iterated(wins), abs=1e-8)
    assert ours.mean() == pytest.approx(0, abs=1e-12)


def test_expected_wins_are_the_wins() -> None:
    """What defines the maximum, also along a chain, where the iteration would take thousands."""
    size = 30
    wins = np.diag(np.full(size - 1, 3.0), 1) + np.diag(np.full(size - 1, 1.0), -1)
    theta = log_strengths(wins)
    expected = (wins + wins.T) / (1 + np.exp(theta[None, :] - theta[:, None]))
    assert expected.sum(axis=1) == pytest.approx(wins.sum(axis=1), abs=1e-8)
    assert theta[:-1] - theta[1:] == pytest.approx(np.log(3), abs=1e-8)


@pytest.mark.parametrize("won", [1e3, 1e6, 1e12])
def test_lopsided_wins_neither_overshoot_nor_drown(won: float) -> None:
    """A single tie keeps the graph together; theta is half the log odds."""
    theta = log_strengths(np.array([[0, won], [0.5, 0]]))
    assert theta[0] == pytest.approx(np.log(won / 0.5) / 2, abs=1e-9)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_renaming_systems_renames_strengths(n_systems: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    wins, order = tournament(rng, n_systems), rng.permutation(n_systems)
    assert log_strengths(wins[np.ix_(order, order)]) == pytest.approx(
        log_strengths(wins)[order], abs=1e-9
    )
    # Twice the evidence, the same strengths; turned around, the opposite ones.
    assert log_strengths(2 * wins) == pytest.approx(log_strengths(wins), abs=1e-9)
    assert log_strengths(wins.T) == pytest.approx(-log_strengths(wins), abs=1e-9)


def test_many_matrices_at_once_are_each_by_itself() -> None:
    """Also the ones that are not connected, in between."""
    rng = np.random.default_rng(3)
    wins = np.stack([tournament(rng, 4) for _matrix in range(5)])
    wins[2, 1] = 0
    together = log_strengths(wins)
    assert np.isnan(together[2]).all()
    for place in (0, 1, 3, 4):
        assert together[place] == pytest.approx(log_strengths(wins[place]), abs=1e-12)


@pytest.mark.parametrize(
    "wins",
    [
        [[0, 2, 1], [0, 0, 1], [0, 1, 0]],  # nobody ever beat 0
        [[0, 2, 1], [1, 0, 1], [0, 0, 0]],  # 2 never won
        [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],  # two groups
        [[0, 1, 1, 1], [1, 0, 1, 1], [0, 0, 0, 1], [0, 0, 1, 0]],  # one group always wins
    ],
)
def test_no_strengths_where_the_graph_falls_apart(wins: list[list[int]]) -> None:
    table = np.array(wins, float)
    games = [
        (a, b, table[a, b], int(table[a, b] + table[b, a]))
        for a in range(len(table))
        for b in range(a)
        if table[a, b] + table[b, a]
    ]
    found = bradley_terry(rows_of(*games), len(table), draws=20)
    assert {one.reason for one in (*found.theta, *found.rank)} == {Reason.DISCONNECTED}


def test_a_circle_is_connected() -> None:
    """0 beat 1, 1 beat 2, 2 beat 0: all equal, all second of three."""
    found = bradley_terry(rows_of((0, 1, 1, 1), (1, 2, 1, 1), (2, 0, 1, 1)), 3, draws=0)
    assert [one.value for one in found.theta] == pytest.approx([0, 0, 0])
    assert [one.value for one in found.rank] == [2, 2, 2]


def test_ranks_share_ties() -> None:
    theta = np.array([0.2, -1.0, 0.2, 0.8, -0.2])
    assert ranks(theta).tolist() == rankdata(-theta).tolist()
    assert np.isnan(ranks(np.full(3, np.nan))).all()


def test_what_counts_as_a_comparison() -> None:
    """Unknown systems, one system on both sides and unrated items are left out; the absent is told."""
    rows = rows_of((0, 1, 2, 3), (1, 0, 1, 2), (-1, 1, 1, 1), (1, 1, 5, 5), (0, 1, 0, 0))
    assert win_matrix(rows, 3).tolist() == [[0, 3, 0], [2, 0, 0], [0, 0, 0]]
    found = bradley_terry(rows, 3, n_raters=3, draws=0)
    assert found.theta[0].value == pytest.approx(np.log(3 / 2) / 2)
    assert (found.theta[0].n_items, found.theta[0].n_ratings, found.theta[0].n_raters) == (2, 5, 3)
    assert (found.theta[2].value, found.theta[2].reason) == (None, Reason.NO_OVERLAP)
    nobody = bradley_terry(rows_of((1, 1, 1, 1)), 2)
    assert {one.reason for one in nobody.theta} == {Reason.NO_OVERLAP}


def test_intervals_hold_the_strength_and_do_not_depend_on_the_order_of_rows() -> None:
    rows = many(0)
    found = bradley_terry(rows, 4, seed="s")
    order = np.random.default_rng(1).permutation(300)
    shuffled = Comparisons(
        rows.first[order], rows.second[order], rows.won[order], rows.compared[order]
    )
    assert bradley_terry(shuffled, 4, seed="s") == found
    assert [one.value for one in found.rank] == [1, 2, 3, 4]
    for one in (*found.theta, *found.rank):
        assert one.low is not None
        assert one.high is not None
        assert one.value is not None
        assert one.low <= one.value <= one.high
        assert one.method == "item bootstrap, B=1000"
    # Turning a pair around changes nothing either.
    turned = Comparisons(rows.second, rows.first, rows.compared - rows.won, rows.compared)
    assert bradley_terry(turned, 4, seed="s").theta == found.theta


def test_the_interval_is_as_wide_as_fresh_data_differ() -> None:
    """Half the width over 1.96 is the spread of the strength over 60 other data sets."""
    found = bradley_terry(many(0), 4).theta[0]
    fresh = [log_strengths(win_matrix(many(seed), 4))[0] for seed in range(1, 61)]
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / 3.92 == pytest.approx(np.std(fresh), rel=0.3)


def test_owners_are_drawn_whole() -> None:
    """Ten items of one owner are one draw: the interval is wider than by item."""
    rows = many(0, n_items=40)
    ten = Comparisons(
        np.repeat(rows.first, 10),
        np.repeat(rows.second, 10),
        np.repeat(rows.won, 10),
        np.repeat(rows.compared, 10),
    )
    item = bradley_terry(ten, 4).theta[0]
    owner = bradley_terry(ten, 4, np.repeat(np.arange(40), 10)).theta[0]
    assert owner.method is not None
    assert owner.method.startswith("owner bootstrap, B=1000")
    assert owner.value == item.value
    assert owner.high is not None
    assert owner.low is not None
    assert item.high is not None
    assert item.low is not None
    assert owner.high - owner.low > 2 * (item.high - item.low)


def test_replicates_that_fall_apart_are_counted() -> None:
    """System 0 wins one comparison of twelve: a third of the draws lose it."""
    rows = rows_of(*[(0, 1, float(n == 0), 1) for n in range(12)])
    method = bradley_terry(rows, 2).theta[0].method
    assert method is not None
    assert "undefined)" in method
