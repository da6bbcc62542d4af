"""Average linkage with ties by the lowest ids, and who stands for a cluster (protocols, section 2)."""

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from personalization.embedding.clustering import PARTS, Vectors, cluster, merge, representative


def with_cosines(*rows: list[float]) -> Vectors:
    """Return unit vectors with these cosines between them."""
    return np.linalg.cholesky(np.array(rows))


def plainly(vectors: Vectors, threshold: float, ids: list[int]) -> list[list[int]]:
    """Do what the protocols' formula says, with fractions and no cleverness."""
    cosine = {
        (a, b): Fraction(round(float(vectors[a] @ vectors[b]) * PARTS), PARTS)
        for a in range(len(vectors))
        for b in range(len(vectors))
    }
    clusters = [[one] for one in range(len(vectors))]
    while True:
        clusters.sort(key=lambda one: min(ids[place] for place in one))
        best: tuple[Fraction, int, int] | None = None
        for x, y in combinations(range(len(clusters)), 2):
            pairs = [1 - cosine[a, b] for a in clusters[x] for b in clusters[y]]
            far = sum(pairs, Fraction(0)) / len(pairs)
            if best is None or far < best[0]:
                best = far, x, y
        if best is None or best[0] > 1 - Fraction(round(threshold * PARTS), PARTS):
            return [sorted(one, key=lambda place: ids[place]) for one in clusters]
        clusters[best[1]] += clusters.pop(best[2])


def test_two_that_are_near_are_one() -> None:
    """Row 14: cosines ab .9, ac = bc .1 -> {a,b},{c}; nearest to the weighted centroid."""
    vectors = with_cosines([1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1])
    assert cluster(vectors, 0.7) == [[0, 1], [2]]
    assert [one.representative for one in merge(vectors, [0.9, 0.4, 0.8], 0.7)] == [0, 2]
    assert [one.representative for one in merge(vectors, [0.4, 0.9, 0.8], 0.7)] == [1, 2]


def test_the_average_decides_and_not_the_nearest() -> None:
    """ab .9; c is .75 from a and .6 from b: the mean .675 is too far at .7, near enough at .67."""
    vectors = with_cosines([1, 0.9, 0.75], [0.9, 1, 0.6], [0.75, 0.6, 1])
    assert cluster(vectors, 0.7) == [[0, 1], [2]]
    assert cluster(vectors, 0.67) == [[0, 1, 2]]


def test_exactly_at_the_threshold_is_near_enough() -> None:
    vectors = with_cosines([1, 0.7], [0.7, 1])
    assert cluster(vectors, 0.7) == [[0, 1]]
    assert cluster(vectors, 0.7000001) == [[0], [1]]


def test_of_two_that_are_equally_near_the_older_is_merged() -> None:
    """b is .8 from a and from c, which are .2 apart: b goes to whoever is older, a or c."""
    vectors = with_cosines([1, 0.8, 0.3], [0.8, 1, 0.8], [0.3, 0.8, 1])
    assert cluster(vectors, 0.7, [1, 2, 3]) == [[0, 1], [2]]
    assert cluster(vectors, 0.7, [3, 2, 1]) == [[2, 1], [0]]


def test_the_centroid_is_weighed_and_ties_go_to_weight_then_age() -> None:
    """With equal weights two are equally near their centroid; all weights 0: the plain mean."""
    two = with_cosines([1, 0.8], [0.8, 1])
    assert representative(two, [0.5, 0.5], [0, 1]) == 0
    assert representative(two, [0.5, 0.5], [0, 1], ids=[9, 4]) == 1
    assert representative(two, [0, 0], [0, 1]) == 0
    three = with_cosines([1, 0.9, 0.7], [0.9, 1, 0.9], [0.7, 0.9, 1])
    assert representative(three, [0, 0, 0], [0, 1, 2]) == 1
    assert representative(three, [0, 0, 1], [0, 1, 2]) == 2
    # Opposite ones: the centroid is nowhere, so weight decides, then age.
    opposite = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert representative(opposite, [0.5, 0.5], [0, 1]) == 0
    # Equal vectors are equally near whatever they weigh: the heavier one stands for both.
    assert representative(np.array([[1.0, 0.0], [1.0, 0.0]]), [0.3, 0.6], [0, 1]) == 1


def test_nothing_and_one_text() -> None:
    assert merge(np.zeros((0, 0)), [], 0.7) == []
    assert merge(np.ones((1, 1)), [0.5], 0.7) == [([0], 0)]
    # Texts without words have no direction: each stays alone.
    assert cluster(np.zeros((2, 3)), 0.7) == [[0], [1]]


# Few directions on a coarse grid, so that ties are common.
GRID = st.lists(
    st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 2)), min_size=1, max_size=9
)


@given(GRID, st.sampled_from([0.3, 0.5, 0.7, 0.9]), st.randoms())
def test_it_is_the_formula_in_whatever_order(
    grid: list[tuple[int, int, int]], threshold: float, shuffled: object
) -> None:
    """Row 14, input order irrelevant: the same clusters by id, and the same representatives."""
    vectors = np.array(grid, dtype=float)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    weights = [(7 * place % 5) / 4 for place in range(len(grid))]
    ids = list(range(len(grid)))
    assert cluster(vectors, threshold) == plainly(vectors, threshold, ids)
    shuffled.shuffle(ids)  # type: ignore[attr-defined]
    other = merge(vectors[ids], [weights[one] for one in ids], threshold, ids)
    known = merge(vectors, weights, threshold)
    assert [([ids[place] for place in one.members], ids[one.representative]) for one in other] == [
        (one.members, one.representative) for one in known
    ]


def test_texts_that_say_nothing_alike_all_become_one_where_that_is_allowed() -> None:
    """At threshold -1 everything ends in one cluster, whatever the steps on the way."""
    drawn = np.random.default_rng(7).normal(size=(60, 8))
    vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    assert cluster(vectors, -1) == [list(range(60))]
    assert cluster(vectors, 0.4) == plainly(vectors, 0.4, list(range(60)))
