"""Shares of accepted, uncertain and rejected attributes; error codes; two arms of the same people."""

import numpy as np
import pytest

from personalization.agreement.arms.acceptance import (
    ACCEPTED,
    REJECTED,
    UNCERTAIN,
    Acceptance,
    acceptance,
)
from personalization.agreement.arms.codes import error_code_shares
from personalization.agreement.arms.difference import Terms, difference
from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.judges.accuracy import NO_LABEL, NOT_ASKED

LABELS = np.array([ACCEPTED] * 5 + [UNCERTAIN] * 2 + [REJECTED] + [NO_LABEL] * 3 + [NOT_ASKED] * 9)


def values(found: Acceptance) -> list[float | None]:
    shares = (found.accepted, found.uncertain, found.rejected, found.problematic)
    return [one.value for one in shares]


def terms(problematic: list[int], owner: list[int], item: list[int] | None = None) -> Terms:
    n = len(problematic)
    items = np.arange(n) if item is None else np.array(item)
    top, ones = np.array(problematic, float), np.ones(n)
    return Terms(top, ones, np.array(owner), items, np.full(n, 3))


def test_shares_are_of_items_with_a_label() -> None:
    """5 accepted, 2 uncertain and 1 rejected of 8; without a majority, or not rated, counts nowhere."""
    found = acceptance(LABELS, draws=0)
    assert values(found) == [5 / 8, 2 / 8, 1 / 8, 3 / 8]
    assert found.n_without_majority == 3
    assert (found.accepted.n_items, found.accepted.n_ratings) == (8, 8)


def test_the_ratings_behind_a_label_are_counted() -> None:
    """Three strangers an item: 8 labels, 24 ratings."""
    found = acceptance(LABELS, np.full(len(LABELS), 3), n_raters=5, draws=0)
    assert (found.problematic.n_ratings, found.problematic.n_raters) == (24, 5)


def test_nothing_labelled_is_undefined() -> None:
    """Without a label there is a reason, and no zero."""
    found = acceptance(np.array([NO_LABEL, NOT_ASKED]), draws=0)
    assert {one.reason for one in (found.accepted, found.problematic)} == {Reason.NO_OVERLAP}
    assert found.n_without_majority == 1


def test_the_interval_draws_whole_people() -> None:
    """Where each person is all good or all bad, items tell no more than their 12 owners do."""
    owner = np.repeat(np.arange(12), 40)
    label = np.where(owner % 2 == 0, ACCEPTED, REJECTED)
    by_owner = acceptance(label, owner=owner).accepted
    by_item = acceptance(label).accepted
    assert by_owner.value == by_item.value == 0.5
    assert by_owner.method == "owner bootstrap, B=1000"
    # sd of a share of 12 owners: .5 / sqrt(12) = .144; of 480 items: .023.
    assert width(by_owner) == pytest.approx(2 * 1.96 * 0.144, abs=0.08)
    assert width(by_item) == pytest.approx(2 * 1.96 * 0.023, abs=0.02)


def test_error_codes_sum_to_one() -> None:
    """Row 17: shares of the codes of rejected attributes sum to 1; 3, 0 and 1 of 4."""
    found = error_code_shares(np.array([0, 2, 0, 0]), np.array([7, 7, 8, 9]), 3, draws=0)
    assert [one.value for one in found] == [0.75, 0.0, 0.25]
    assert sum(one.value or 0 for one in found) == 1
    assert (found[0].n_items, found[0].n_ratings) == (3, 4)


def test_without_rejections_there_are_no_error_codes() -> None:
    nobody = np.array([], np.int64)
    found = error_code_shares(nobody, nobody, 2, draws=0)
    assert [one.reason for one in found] == [Reason.NO_OVERLAP] * 2


def test_the_problem_gap_is_of_people_in_both_arms() -> None:
    """Arm 1: 2/2 and 1/2 of persons 0 and 1; arm 2: 1/2 and 0/2; person 9 is in one arm alone."""
    one = terms([1, 1, 1, 0, 1, 1], [0, 0, 1, 1, 9, 9], [0, 1, 2, 3, 4, 5])
    other = terms([1, 0, 0, 0], [0, 0, 1, 1], [0, 6, 7, 8])
    found = difference(one, other, draws=0)
    assert found.value == 3 / 4 - 1 / 4
    # Item 0 stands in both arms and is one item, with its 3 ratings.
    assert (found.n_items, found.n_ratings) == (7, 21)
    assert difference(other, one, draws=0).value == -0.5


def test_pairing_takes_out_what_people_differ_in() -> None:
    """Each of 20 people has one problem more in the first arm: the difference does not vary."""
    owner, base = np.repeat(np.arange(20), 10), np.tile(np.arange(10), 20)
    hard = owner % 9  # problems of a person
    one, other = terms_of(base < hard + 1, owner), terms_of(base < hard, owner)
    found = difference(one, other)
    assert found.value == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.1)
    assert found.method == "owner bootstrap, B=1000"


def test_nobody_in_both_arms_is_undefined() -> None:
    """Two arms of different people cannot be compared person by person."""
    assert difference(terms([1], [0]), terms([1], [1])).reason == Reason.NO_OVERLAP
    assert difference(terms([1], [-1]), terms([1], [-1])).reason == Reason.NO_OVERLAP


def test_few_people_give_no_interval() -> None:
    found = difference(terms([1, 0], [0, 1]), terms([0, 0], [0, 1]))
    assert (found.value, found.low) == (0.5, None)
    assert found.method == "no owner bootstrap: 2 of 10 owners"


def terms_of(problematic: np.ndarray, owner: IntArray) -> Terms:
    return terms(problematic.astype(int).tolist(), owner.tolist())


def width(found: Estimate) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low
