"""Which variants are one attribute, where some attributes must stay as they are; pure.

What raters have been asked about, or what is used elsewhere, is not made another thing by a later
merging: such an attribute keeps its variants, and new ones join it. Two of them that are near each
other stay two, and what is new joins the nearer one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from personalization.embedding.clustering import merge, representative


@dataclass(frozen=True, slots=True)
class Group:
    """Variants, by their places, that are one attribute.

    `standing` is the id of the attribute that they belong to, None where `speaker`, the place of the
    variant that stands for all, says what the attribute is.
    """

    members: tuple[int, ...]
    speaker: int
    standing: int | None = None


def groups(
    vectors: NDArray[np.float64],
    weights: Sequence[float],
    threshold: float,
    ids: Sequence[int],
    standing: Mapping[int, int],
) -> list[Group]:
    """Return all variants in groups, the oldest first; `standing`: attributes by variants' places.

    >>> two = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> groups(two, [1, 1, 1], 0.7, [1, 2, 3], {0: 77})
    [Group(members=(0, 1), speaker=0, standing=77), Group(members=(2,), speaker=2, standing=None)]
    """
    of_standing: dict[int, list[int]] = {}
    for place in sorted(standing, key=ids.__getitem__):
        of_standing.setdefault(standing[place], []).append(place)
    centres = {one: _centre(vectors, weights, own) for one, own in sorted(of_standing.items())}
    free = []
    for found in merge(vectors, weights, threshold, ids):
        near = {
            standing[place]: centres[standing[place]]
            for place in found.members
            if place in standing
        }
        if not near:
            free.append(Group(tuple(found.members), found.representative))
            continue
        for place in found.members:
            if place not in standing:
                of_standing[_nearest(vectors[place], near)].append(place)
    kept = [
        Group(tuple(own), representative(vectors, weights, own, ids), one)
        for one, own in of_standing.items()
    ]
    return sorted([*kept, *free], key=lambda one: min(ids[place] for place in one.members))


def _centre(
    vectors: NDArray[np.float64], weights: Sequence[float], members: Sequence[int]
) -> NDArray[np.float64]:
    """Return the direction in which texts lie together; where no weight is above 0, all count."""
    weighed = np.array([weights[one] for one in members], dtype=float)
    centre: NDArray[np.float64] = (weighed if weighed.any() else weighed + 1) @ vectors[
        list(members)
    ]
    length = float(np.linalg.norm(centre))
    return centre / length if length else centre


def _nearest(vector: NDArray[np.float64], centres: Mapping[int, NDArray[np.float64]]) -> int:
    """Return the attribute that a text is nearest to, the oldest of several."""
    return max(centres, key=lambda one: (round(float(vector @ centres[one]), 9), -one))
