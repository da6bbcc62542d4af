import numpy as np
import pytest

from personalization.agreement.certainty.answers import NO_CERTAINTY, answers_of, cells_of
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from tests.personalization.agreement.certainty.answering import answers

ACCEPTED = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0]], bool)


def test_what_counts() -> None:
    """Without a truth, or not asked about: nowhere. Unreadable or silent: counted, uncertain."""
    judge = np.array([0, 2, 0, INVALID, NOT_ASKED, 1])
    certainty = np.array([70, 90, 80, 60, 50, 0])
    owner, ratings = np.array([4, 4, 5, 5, -1, -1]), np.array([3, 3, 3, 2, 3, 1])
    found = answers_of(ACCEPTED, judge, certainty, ratings, owner, np.arange(10, 16), 7)
    assert found.certainty.tolist() == [70, 90, NO_CERTAINTY, NO_CERTAINTY]
    assert found.right.tolist() == [True, True, False, True]
    assert found.owner is not None
    assert found.owner.tolist() == [4, 4, 5, -1]
    assert found.unit.tolist() == [10, 11, 13, 15]
    assert (found.sample.n_items, found.sample.n_ratings, found.sample.n_raters) == (4, 9, 7)
    stated = found.certain()
    assert stated.certainty.tolist() == [70, 90]
    assert stated.sample.n_ratings == 6


def test_a_certainty_is_at_most_100() -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        answers_of(ACCEPTED[:1], np.array([0]), np.array([101]), np.array([1]))


def test_owned() -> None:
    assert not answers([50], [1]).owned
    assert not answers([50], [1], np.array([-1])).owned
    assert answers([50, 50], [1, 1], np.array([-1, 3])).owned


def test_cells_by_owner() -> None:
    """Each owner's wrong and right answers by code; an ownerless item is an owner of its own."""
    given = answers([10, 10, 20, 20], [0, 1, 1, 1], np.array([7, 7, 7, -1]))
    cells = cells_of(given, np.array([0, 0, 1, 1]), 2)
    assert cells.number.tolist() == [1, 1, 0, 2]
    assert cells.right.tolist() == [0, 1, 0, 1]
    assert cells.owners is not None
    assert sorted(cells.owners.dense().tolist()) == [[0, 0, 0, 1], [1, 1, 0, 1]]
