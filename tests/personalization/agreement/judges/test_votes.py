import numpy as np
import pytest

from personalization.agreement.judges.votes import (
    credit_of_orders,
    credit_of_value,
    votes_for_first,
)

TIE, FIRST, SECOND = range(3)


def test_ties_and_every_other_option_are_half_a_vote() -> None:
    """Tie 1, first 2, second 1, can't say 1: 2 votes and two halves of 5."""
    hist = np.array([[1, 2, 1, 1], [0, 0, 3, 0], [0, 0, 0, 0]])
    assert votes_for_first(hist, (FIRST, SECOND)).tolist() == [3, 0, 0]
    # Both sides' votes are all votes.
    other = votes_for_first(hist, (SECOND, FIRST))
    assert (votes_for_first(hist, (FIRST, SECOND)) + other).tolist() == hist.sum(axis=1).tolist()


def test_unreadable_has_no_credit() -> None:
    credit = credit_of_value(np.array([FIRST, SECOND, TIE, -1, -2]), (FIRST, SECOND))
    assert credit == pytest.approx([1, 0, 0.5, np.nan, np.nan], nan_ok=True)


def test_position_cancels_over_both_orders() -> None:
    """A judge that says what stands first says first, then second: half a credit."""
    ab = np.array([FIRST, FIRST, FIRST, TIE, -1, FIRST])
    ba = np.array([FIRST, SECOND, TIE, SECOND, FIRST, -1])
    credit = credit_of_orders(ab, ba, (FIRST, SECOND))
    assert credit == pytest.approx([1, 0.5, 0.75, 0.25, np.nan, np.nan], nan_ok=True)
