"""Who was compared with whom, and who won: folded to a win matrix or to distinct comparisons."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.keys import distinct, row_keys


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """Comparisons of two systems, one row per item, (N,) each.

    first, second: codes of the systems, < 0 = unknown; won: votes for the first, a tie half;
    compared: votes in all. Items with an unknown system, one system on both sides or no vote are
    left out.
    """

    first: IntArray
    second: IntArray
    won: FloatArray
    compared: IntArray

    @property
    def usable(self) -> BoolArray:
        """Which rows compare two known, different systems, (N,)."""
        known = (self.first >= 0) & (self.second >= 0)
        found: BoolArray = known & (self.first != self.second) & (self.compared > 0)
        return found

    def only(self, kept: BoolArray) -> "Comparisons":
        """Return the kept rows."""
        return Comparisons(self.first[kept], self.second[kept], self.won[kept], self.compared[kept])


def win_matrix(comparisons: Comparisons, n_systems: int) -> FloatArray:
    """Return W, (M, M): how often the row's system won against the column's, a tie half a win each.

    System 0 wins 2 of 3 votes at the one item, and a tie at the other, where it stands second:

    >>> rows = Comparisons(np.array([0, 1]), np.array([1, 0]), np.array([2.0, 0.5]), np.array([3, 1]))
    >>> win_matrix(rows, 2).tolist()
    [[0.0, 2.5], [1.5, 0.0]]
    """
    rows = comparisons.only(comparisons.usable)
    size = n_systems * n_systems
    there = rows.first * n_systems + rows.second
    back = rows.second * n_systems + rows.first
    wins = np.bincount(there, rows.won, size).astype(np.float64)
    wins += np.bincount(back, rows.compared - rows.won, size)
    return wins.reshape(n_systems, n_systems)


def present(rows: Comparisons, n_systems: int) -> tuple[IntArray, Comparisons]:
    """Return the systems that met any other, and the rows coded by their places among them."""
    seen = np.zeros(n_systems, bool)
    seen[rows.first] = seen[rows.second] = True
    place = np.cumsum(seen) - 1
    coded = Comparisons(place[rows.first], place[rows.second], rows.won, rows.compared)
    return np.flatnonzero(seen), coded


def distinct_comparisons(rows: Comparisons) -> tuple[IntArray, IntArray]:
    """Return a row for each distinct comparison, and which of them each row is."""
    swapped = rows.first > rows.second
    low, high = np.minimum(rows.first, rows.second), np.maximum(rows.first, rows.second)
    votes = np.where(swapped, rows.compared - rows.won, rows.won)
    code = np.unique(votes, return_inverse=True)[1]
    return distinct(row_keys(np.stack([low, high, code, rows.compared], axis=1)))


def wins_of_each(rows: Comparisons, first: IntArray, n_systems: int) -> sparse.csr_matrix:
    """Return the wins that each distinct comparison adds to the matrix, (P, M * M), sparse."""
    a, b, won, compared = (
        column[first] for column in (rows.first, rows.second, rows.won, rows.compared)
    )
    cell = np.stack([a * n_systems + b, b * n_systems + a], axis=1)
    wins = np.stack([won, compared - won], axis=1)
    pattern = np.repeat(np.arange(len(first)), 2)
    shape = (len(first), n_systems * n_systems)
    return sparse.csr_matrix((wins.ravel(), (pattern, cell.ravel())), shape=shape)
