from itertools import combinations

import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients import rater_pairs as module
from personalization.agreement.coefficients.cohen import kappas
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.coefficients.weights import Weights


def sparse(seed: int) -> tuple[IntArray, IntArray, IntArray]:
    """30 items, each with 0 to 6 of 8 raters, shuffled."""
    rng = np.random.default_rng(seed)
    rated = [rng.choice(8, rng.integers(0, 7), replace=False) for _ in range(30)]
    item = np.repeat(np.arange(30), [len(raters) for raters in rated])
    order = rng.permutation(len(item))
    return item[order], np.concatenate(rated)[order], rng.integers(0, 3, len(item))


@pytest.mark.parametrize("seed", range(10))
def test_every_pair_has_its_table(seed: int) -> None:
    item, rater, value = sparse(seed)
    pairs = pair_tables(item, rater, value, 3)
    by_hand = {}
    for low, high in combinations(range(8), 2):
        table = np.zeros((3, 3), int)
        for one in set(item[rater == low]) & set(item[rater == high]):
            table[
                value[(rater == low) & (item == one)][0], value[(rater == high) & (item == one)][0]
            ] += 1
        if table.any():
            by_hand[low, high] = table.tolist()
    keys = zip(pairs.low.tolist(), pairs.high.tolist(), strict=True)
    assert dict(zip(keys, pairs.tables().tolist(), strict=True)) == by_hand
    assert pairs.shared.tolist() == pairs.tables().sum(axis=(1, 2)).tolist()


@pytest.mark.parametrize("weights", list(Weights))
def test_kappas_are_those_of_the_tables(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = pair_tables(*sparse(3), 3)
    np.testing.assert_allclose(pairs.kappas(weights), kappas(pairs.tables(), weights))
    monkeypatch.setattr(module, "BLOCK_CELLS", 12)
    np.testing.assert_allclose(pairs.kappas(weights), kappas(pairs.tables(), weights))


def test_agreements_are_shares_of_shared_items() -> None:
    pairs = pair_tables(*sparse(4), 3)
    diagonal = pairs.tables().trace(axis1=1, axis2=2)
    np.testing.assert_allclose(pairs.agreements(), diagonal / pairs.shared)


def test_a_subset_keeps_its_tables() -> None:
    pairs = pair_tables(*sparse(5), 3)
    often = pairs.sharing(at_least=10)
    assert (often.shared >= 10).all()
    assert often.tables().tolist() == pairs.tables()[pairs.shared >= 10].tolist()


def test_one_rater_has_no_pair() -> None:
    pairs = pair_tables(np.array([0, 1]), np.array([0, 0]), np.array([0, 1]), 2)
    assert pairs.kappas().tolist() == pairs.agreements().tolist() == pairs.low.tolist() == []
    assert pairs.tables().shape == (0, 2, 2)


def test_nothing_has_no_pair() -> None:
    none = np.array([], int)
    assert pair_tables(none, none, none, 2).low.tolist() == []


def test_a_second_value_of_a_rater_for_an_item_is_refused() -> None:
    with pytest.raises(ValueError, match="two values for one item"):
        pair_tables(np.array([0, 0]), np.array([3, 3]), np.array([0, 1]), 2)
