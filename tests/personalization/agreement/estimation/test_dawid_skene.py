from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Reason
from personalization.agreement.estimation.dawid_skene import Consensus, dawid_skene
from personalization.agreement.judges.accuracy import NO_LABEL, majority
from personalization.agreement.patterns import histogram

Rows = tuple[IntArray, IntArray, IntArray]


def found_in(rows: Rows, n_items: int, n_raters: int, n_values: int) -> Consensus:
    return dawid_skene(*rows, n_items=n_items, n_raters=n_raters, n_values=n_values)


def by_hand(rows: Rows, n_items: int, n_raters: int, n_values: int) -> tuple[FloatArray, int]:
    """Section 4.15 letter by letter, with loops: posteriors and the number of rounds."""
    ratings = list(zip(*(column.tolist() for column in rows), strict=True))
    values = range(n_values)
    posterior = [[0.0] * n_values for _item in range(n_items)]
    for item, _rater, value in ratings:
        posterior[item][value] += 1 / sum(other == item for other, _r, _v in ratings)
    before, rounds = None, 0
    while rounds < 100:
        rounds += 1
        share = [sum(row[k] for row in posterior) + 0.01 for k in values]
        share = [one / sum(share) for one in share]
        table = np.full((n_raters, n_values, n_values), 0.01)
        for item, rater, value in ratings:
            for k in values:
                table[rater, k, value] += posterior[item][k]
        table /= table.sum(axis=2, keepdims=True)
        likelihood = 0.0
        for item in range(n_items):
            joint = [log(share[k]) for k in values]
            for other, rater, value in ratings:
                if other == item:
                    joint = [joint[k] + log(table[rater, k, value]) for k in values]
            top = max(joint)
            total = top + log(sum(exp(one - top) for one in joint))
            posterior[item] = [exp(one - total) for one in joint]
            likelihood += total
        if before is not None and abs(likelihood - before) <= 1e-6 * abs(likelihood):
            break
        before = likelihood
    return np.array(posterior), rounds


def crowd(seed: int, skill: list[float], n_items: int, n_values: int = 3) -> tuple[Rows, IntArray]:
    """Ratings of every item by every rater, right with the rater's skill, and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_values, n_items)
    item = np.repeat(np.arange(n_items), len(skill))
    rater = np.tile(np.arange(len(skill)), n_items)
    right = rng.random(len(item)) < np.array(skill)[rater]
    wrong = (truth[item] + rng.integers(1, n_values, len(item))) % n_values
    return (item, rater, np.where(right, truth[item], wrong)), truth


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_definition(seed: int) -> None:
    """Posteriors, rounds and class shares, with a rater who rates a part only."""
    rows, _truth = crowd(seed, [0.9, 0.6, 0.6, 0.4], 12)
    kept = (rows[1] < 3) | (rows[0] % 3 == 0)
    item, rater, value = (column[kept] for column in rows)
    found = found_in((item, rater, value), 12, 4, 3)
    posterior, rounds = by_hand((item, rater, value), 12, 4, 3)
    assert found.posteriors == pytest.approx(posterior, abs=1e-9)
    assert found.rounds == rounds
    share = posterior.sum(axis=0) + 0.01
    assert [one.value for one in found.shares] == pytest.approx(list(share / share.sum()))


def test_a_careless_majority_is_outvoted() -> None:
    """Two who know against three who guess: better than the majority, and the guessers are found."""
    rows, truth = crowd(1, [0.95, 0.95, 0.4, 0.4, 0.4], 400)
    found = found_in(rows, 400, 5, 3)
    plain = majority(histogram(rows[0], rows[2], 400, 3))
    assert (found.labels == truth).mean() > (plain == truth).mean() + 0.05
    skill = found.confusions[:, range(3), range(3)].mean(axis=1)
    assert skill == pytest.approx([0.95, 0.95, 0.4, 0.4, 0.4], abs=0.07)


def test_a_rater_who_means_the_opposite_is_read_right() -> None:
    """Who always says the other of two values tells the truth all the same."""
    rows, truth = crowd(2, [0.9, 0.9, 0.9, 0.02], 300, n_values=2)
    found = found_in(rows, 300, 4, 2)
    assert found.confusions[3, 0, 1] > 0.9
    assert (found.labels == truth).mean() > 0.95


def test_confusions_run_from_the_truth_to_the_answer() -> None:
    """Rows sum to 1; a rater who calls every 1 a 0 has it in row 1, column 0."""
    truth = np.tile([0, 1], 50)
    item = np.repeat(np.arange(100), 4)
    value = np.repeat(truth, 4)
    value[3::4] = 0
    found = found_in((item, np.tile(np.arange(4), 100), value), 100, 4, 2)
    assert found.confusions.sum(axis=2) == pytest.approx(np.ones((4, 2)))
    assert found.confusions[3, 1, 0] > 0.99
    assert found.confusions[0, 1, 1] > 0.99


def test_two_equally_probable_values_are_no_label() -> None:
    """Nothing tells two raters apart who disagree; an unrated item has no label either."""
    rows = tuple(np.array(column) for column in zip(
        (0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 1), (2, 0, 0), (2, 1, 1), strict=True,
    ))  # fmt: skip
    found = found_in((rows[0], rows[1], rows[2]), 4, 2, 2)
    assert found.labels.tolist() == [0, 1, NO_LABEL, NO_LABEL]
    assert found.posteriors[2] == pytest.approx([0.5, 0.5])
    assert found.posteriors[3].tolist() == [0, 0]


def test_the_sample() -> None:
    """Rated items, ratings, raters who rated; how it was found, and that it has no interval."""
    found = found_in((np.array([0, 0, 2]), np.array([0, 4, 4]), np.array([1, 1, 0])), 5, 6, 2)
    share = found.shares[0]
    assert (share.n_items, share.n_ratings, share.n_raters) == (2, 3, 2)
    assert (share.low, share.method) == (None, f"EM, {found.rounds} rounds; no interval")


def test_nobody_rated() -> None:
    nothing = np.zeros(0, np.int64)
    found = found_in((nothing, nothing, nothing), 3, 2, 2)
    assert {one.reason for one in found.shares} == {Reason.NO_OVERLAP}
    assert found.labels.tolist() == [NO_LABEL] * 3


def test_codes_outside_are_refused() -> None:
    with pytest.raises(ValueError, match="codes"):
        found_in((np.array([0]), np.array([0]), np.array([2])), 1, 1, 2)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25, derandomize=True)
def test_names_and_order_change_nothing(seed: int) -> None:
    """Shuffled rows, renamed raters and permuted values give the same posteriors."""
    rng = np.random.default_rng(seed)
    (item, rater, value), _truth = crowd(seed, [0.8, 0.7, 0.6], 15)
    plain = found_in((item, rater, value), 15, 3, 3).posteriors
    order, raters, values = (rng.permutation(size) for size in (len(item), 3, 3))
    mixed = (item[order], raters[rater][order], values[value][order])
    assert found_in(mixed, 15, 3, 3).posteriors[:, values] == pytest.approx(plain, abs=1e-9)
