"""Which texts say the same: agglomerative clustering, and the one that stands for the others; pure.

RH's rule with average linkage (protocols, section 2, row 14). Cosines are first rounded to a
billionth and then counted in whole numbers, so that what is equally near is exactly so, whatever the
order in which it is given: ties go to the lowest ids, and not to the last bit of a sum.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PARTS = 10**9  # of a cosine

Vectors = NDArray[np.float64]


class Cluster(NamedTuple):
    """Places of texts that say the same, by their ids, and of the one that stands for them."""

    members: list[int]
    representative: int


def merge(
    vectors: Vectors,
    weights: Sequence[float],
    threshold: float,
    ids: Sequence[int] | None = None,
) -> list[Cluster]:
    """Return the clusters of texts and who represents each, those with the lowest ids first.

    `vectors` are rows of length 1. `ids` say who is older; without them, who comes first.
    """
    ids = range(len(vectors)) if ids is None else ids
    return [
        Cluster(members, representative(vectors, weights, members, ids))
        for members in cluster(vectors, threshold, ids)
    ]


def cluster(
    vectors: Vectors, threshold: float, ids: Sequence[int] | None = None
) -> list[list[int]]:
    """Return the places of the texts that belong together, by their ids.

    Begin with each text alone. While the two clusters with the least mean of 1 - cosine over all
    pairs have one of at most 1 - threshold, merge them; of several, those with the lowest ids.

    >>> ab_c = np.array([[1, 0, 0], [0.9, 0.19**0.5, 0], [0.1, 0.01 / 0.19**0.5, 0]])
    >>> ab_c[2, 2] = (1 - ab_c[2] @ ab_c[2]) ** 0.5
    >>> cluster(ab_c, 0.7)
    [[0, 1], [2]]
    """
    order = np.argsort(np.arange(len(vectors)) if ids is None else np.asarray(ids), kind="stable")
    alone: list[list[int]] = [[int(place)] for place in order]
    if len(alone) < 2:
        return alone
    # Sums of cosines between clusters, in whole parts; a cluster stands at its lowest id.
    between = _parts(vectors[order] @ vectors[order].T)
    sizes = np.ones(len(alone))
    means = np.where(np.triu(np.ones_like(between, dtype=bool), 1), between, -np.inf)
    least = round(threshold * PARTS)
    # Of each row the nearest column: a step looks at these, and mends the few that it touches.
    nearest = means.argmax(axis=1)
    best = means.max(axis=1)
    while best[keep := int(best.argmax())] >= least:
        gone = int(nearest[keep])
        alone[keep] += alone[gone]
        alone[gone] = []
        between[keep] += between[gone]
        between[:, keep] = between[keep]
        sizes[keep] += sizes[gone]
        means[gone], means[:, gone] = -np.inf, -np.inf
        near = between[keep] / (sizes[keep] * sizes)
        before, after = means[:keep, keep], means[keep, keep + 1 :]
        before[:] = np.where(np.isneginf(before), -np.inf, near[:keep])
        after[:] = np.where(np.isneginf(after), -np.inf, near[keep + 1 :])
        closer = (before > best[:keep]) | ((before == best[:keep]) & (nearest[:keep] > keep))
        nearest[:keep][closer], best[:keep][closer] = keep, before[closer]
        stale = (nearest == gone) | ((nearest == keep) & (best != means[:, keep]))
        stale[[keep, gone]] = True
        rows = np.flatnonzero(stale)
        nearest[rows] = means[rows].argmax(axis=1)
        best[rows] = means[rows, nearest[rows]]
    rank = {int(place): at for at, place in enumerate(order)}
    return [sorted(members, key=rank.__getitem__) for members in alone if members]


def representative(
    vectors: Vectors,
    weights: Sequence[float],
    members: Sequence[int],
    ids: Sequence[int] | None = None,
) -> int:
    """Return the place of the member nearest to the weighted centroid of a cluster.

    Of several that are equally near, the one of the highest weight, then the one of the lowest id.
    Where all weights are 0, the centroid is the plain mean.

    >>> representative(np.eye(3), [0.4, 0.9, 0.9], [0, 1, 2])
    1
    """
    ids = range(len(vectors)) if ids is None else ids
    # In the order of the ids, so that the sum is the same however the texts come.
    members = sorted(members, key=ids.__getitem__)
    rows = vectors[members]
    weighed = np.asarray([weights[one] for one in members], dtype=float)
    if not weighed.any():
        weighed = np.ones(len(members))
    centroid = weighed @ rows
    length = float(np.linalg.norm(centroid))
    near = _parts(rows @ centroid / length) if length else np.zeros(len(members))
    places = zip(members, near, strict=True)
    return max(places, key=lambda one: (one[1], weights[one[0]], -ids[one[0]]))[0]


def _parts(cosines: Vectors) -> Vectors:
    """Return whole parts of cosines: sums of them are exact up to nine million of them."""
    return np.rint(cosines * PARTS)
