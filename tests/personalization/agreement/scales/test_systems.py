from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.scales.systems import Duels, SystemCorrelations, system_correlations

ORACLES = {
    "pearson": stats.pearsonr,
    "spearman": stats.spearmanr,
    "kendall_tau_b": stats.kendalltau,
}


def contest(n_systems: int, rounds: int, noise: float = 0.5, seed: int = 0) -> Duels:
    """Every system against every other; people and the judge see the better one with noise."""
    rng = np.random.default_rng(seed)
    a, b = np.array(list(combinations(range(n_systems), 2)) * rounds).T
    people = rng.normal(a - b, n_systems * noise, (3, len(a)))
    judge = np.round(rng.normal(a - b, n_systems * noise))
    human = (np.sign(np.round(people)) + 1).mean(axis=0) / 2
    return Duels(a, b, human, (np.sign(judge) + 1) / 2, np.full(len(a), 3))


def means(duels: Duels, n_systems: int) -> tuple[list[float], list[float]]:
    """Return the win shares, system by system."""
    shares: tuple[list[float], list[float]] = ([], [])
    for system in range(n_systems):
        first, second = duels.system_a == system, duels.system_b == system
        for share, credit in zip(shares, (duels.human, duels.judge), strict=True):
            share.append(float(np.mean([*credit[first], *(1 - credit[second])])))
    return shares


def named(found: SystemCorrelations) -> dict[str, Estimate]:
    return {name: getattr(found, name) for name in ORACLES}


def test_as_scipy_on_the_win_shares() -> None:
    duels = contest(7, 6)
    human, judge = means(duels, 7)
    for name, one in named(system_correlations(duels, n_raters=3)).items():
        assert one.value == pytest.approx(ORACLES[name](human, judge)[0], abs=1e-9), name
        assert (one.n_items, one.n_ratings, one.n_raters) == (7, 3 * 21 * 6, 3)
        assert one.method == "item bootstrap, B=1000"
        assert one.low is not None
        assert one.low < one.value  # type: ignore[operator]


def test_equal_shares_are_tied_however_they_add_up() -> None:
    """Systems 0 and 1 have won 1/3 + 1/3 + 1/3 and 1 + 0 + 0 of three."""
    a, b = np.repeat([0, 1], 3), np.full(6, 2)
    human = np.array([1 / 3, 1 / 3, 1 / 3, 1, 0, 0])
    found = system_correlations(Duels(a, b, human, np.array([1.0, 1, 1, 0, 0, 0]), np.ones(6, int)))
    # ranks 1.5, 1.5, 3 by people and 3, 1, 2 by the judge
    assert found.spearman.value == pytest.approx(stats.spearmanr([1.5, 1.5, 3], [3, 1, 2])[0])


def test_the_interval_is_that_of_items_drawn_again() -> None:
    duels = contest(5, 8)
    rng, values = np.random.default_rng(4), []
    for _draw in range(300):
        shares = means(duels.only(rng.integers(0, 80, 80)), 5)
        values.append(np.corrcoef(*shares)[0, 1])
    found = system_correlations(duels, draws=3000).pearson
    assert [found.low, found.high] == pytest.approx(
        list(np.percentile(values, (2.5, 97.5))), abs=0.06
    )


def test_owners_are_drawn_with_all_their_pairs() -> None:
    duels = contest(4, 10)
    owner = np.arange(60) // 5
    found = system_correlations(
        Duels(duels.system_a, duels.system_b, duels.human, duels.judge, duels.ratings, owner)
    )
    assert found.spearman.method == "owner bootstrap, B=1000"
    assert found.spearman.value == system_correlations(duels, draws=0).spearman.value


def test_the_order_of_rows_and_of_sides_changes_nothing() -> None:
    duels = contest(5, 4)
    order = np.random.default_rng(1).permutation(40)
    assert system_correlations(duels.only(order)) == system_correlations(duels)
    swapped = Duels(duels.system_b, duels.system_a, 1 - duels.human, 1 - duels.judge, duels.ratings)
    for name, one in named(system_correlations(swapped, draws=0)).items():
        assert one.value == pytest.approx(named(system_correlations(duels))[name].value), name


def test_pairs_that_one_side_has_not_judged_count_for_neither() -> None:
    duels = contest(4, 4)
    human, judge = duels.human.copy(), duels.judge.copy()
    human[::3], judge[1::3] = np.nan, np.nan
    both = ~np.isnan(human) & ~np.isnan(judge)
    part = Duels(duels.system_a, duels.system_b, human, judge, duels.ratings)
    assert system_correlations(part) == system_correlations(duels.only(both))


def test_a_system_against_itself_or_against_nobody_known() -> None:
    """The first says nothing; in the second the known one still wins or loses."""
    duels = contest(4, 3)
    a, b = duels.system_a.copy(), duels.system_b.copy()
    a[0], b[0] = 2, 2
    b[1] = -1
    found = system_correlations(Duels(a, b, duels.human, duels.judge, duels.ratings), draws=0)
    human, judge = means(
        Duels(a, b, duels.human, duels.judge, duels.ratings).only(np.arange(1, 18)), 4
    )
    assert found.pearson.value == pytest.approx(stats.pearsonr(human, judge)[0])
    assert found.pearson.n_ratings == 3 * 17


def test_a_draw_without_a_system_is_left_out_and_counted() -> None:
    """System 3 is in one pair of thirteen: 35 % of the draws lack it."""
    base = contest(3, 4)
    duels = Duels(
        np.append(base.system_a, 0),
        np.append(base.system_b, 3),
        np.append(base.human, 0.0),
        np.append(base.judge, 0.0),
        np.append(base.ratings, 3),
    )
    for name, one in named(system_correlations(duels)).items():
        lost = int(str(one.method).partition("(")[2].partition(" ")[0])
        assert lost == pytest.approx(1000 * (12 / 13) ** 13, abs=70), name


def test_undefined() -> None:
    nobody = contest(3, 1).only(np.zeros(3, bool))
    for one in named(system_correlations(nobody)).values():
        assert (one.reason, one.n_items) == (Reason.NO_OVERLAP, 0)
    flat = contest(3, 2)
    tied = Duels(flat.system_a, flat.system_b, flat.human, np.full(6, 0.5), flat.ratings)
    for one in named(system_correlations(tied)).values():
        assert (one.reason, one.n_items) == (Reason.NO_VARIATION, 3)
    alone = Duels(np.array([0]), np.array([-1]), np.ones(1), np.ones(1), np.ones(1, int))
    assert system_correlations(alone).pearson.reason is Reason.NO_VARIATION
