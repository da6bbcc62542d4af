"""Items by how much people disagree on them. The judge's column is the news there: human agreement
within a stratum describes the cut, as strata are made from the human labels."""

import numpy as np

from personalization.agreement.arrays import BoolArray, IntArray
from personalization.agreement.keys import row_largest, row_sums


def strata(hist: IntArray) -> dict[str, BoolArray]:
    """Return which items (N,) lie in each stratum, by name; strata without an item are left out.

    hist: (N, V). Items with fewer than two ratings lie in none. Where all others have the same number
    of ratings: by the number of distinct values, `distinct_1`, `distinct_2`, `distinct_3` (three or
    more). Where it varies, more raters see more values, so by the plurality share s = max_c n_ic / m_i:
    `plurality_all` (s = 1), `plurality_most` (2/3 <= s < 1), `plurality_less` (s < 2/3).

    >>> {name: items.tolist() for name, items in strata(np.array([[3, 0], [2, 1], [0, 1]])).items()}
    {'distinct_1': [True, False, False], 'distinct_2': [False, True, False]}
    >>> {name: items.tolist() for name, items in strata(np.array([[3, 0], [2, 1], [1, 1]])).items()}
    {'plurality_all': [True, False, False], 'plurality_most': [False, True, False], 'plurality_less': [False, False, True]}
    """
    m = row_sums(hist)
    pairable = m >= 2
    ragged = np.ptp(m[pairable]) > 0 if pairable.any() else False
    found = _by_plurality(hist, m) if ragged else _by_values(hist)
    kept = {name: items & pairable for name, items in found.items()}
    return {name: items for name, items in kept.items() if items.any()}


def _by_values(hist: IntArray) -> dict[str, BoolArray]:
    number = row_sums((hist > 0).astype(np.int64))
    return {"distinct_1": number == 1, "distinct_2": number == 2, "distinct_3": number >= 3}


def _by_plurality(hist: IntArray, m: IntArray) -> dict[str, BoolArray]:
    largest = row_largest(hist)
    all_alike, most = largest == m, 3 * largest >= 2 * m
    return {
        "plurality_all": all_alike,
        "plurality_most": most & ~all_alike,
        "plurality_less": ~most,
    }
