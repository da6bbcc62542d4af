"""What extraction and revision arms have made, by person: conversations, attributes, evidence."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from annotation.models import Study
from personalization.agreement.arms.difference import Terms, difference
from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.frames.reading import columns, rows
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.comparison.statements import (
    ATTRIBUTES,
    FAILED,
    LEFT_OUT,
    MEMBERS,
    READ,
    VARIANTS,
)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What one arm has made, a row for each person: (P,) each; persons by their number.

    read: conversations; found and dropped: what was said of them; variants: wordings that were merged.
    """

    person: IntArray
    attributes: IntArray
    without_evidence: IntArray
    variants: IntArray
    read: IntArray
    found: IntArray
    below_floor: IntArray
    dropped: IntArray

    def numbers(self, seed: str) -> dict[str, Estimate]:
        """Return the means over people, attributes and answers, with intervals by owner."""
        had = (self.attributes > 0).astype(np.int64)
        said = self.found + self.dropped
        return {
            "attributes_per_person": self._ratio(self.attributes, had, seed),
            "variants_per_attribute": self._ratio(self.variants, self.attributes, seed),
            "without_evidence": self._ratio(self.without_evidence, self.attributes, seed),
            "below_floor": self._ratio(self.below_floor, said, seed),
        }

    @property
    def counts(self) -> dict[str, int]:
        """Return the totals."""
        return {
            "people": int((self.attributes > 0).sum()),
            "conversations": int(self.read.sum()),
            "attributes": int(self.attributes.sum()),
            "variants": int(self.variants.sum()),
        }

    @property
    def per_person(self) -> Terms:
        """Return the attributes per person as sums, for the difference of two arms."""
        ones = (self.attributes > 0).astype(np.float64)
        return Terms(
            self.attributes.astype(np.float64), ones, self.person, self.person, self.attributes
        )

    def _ratio(self, top: IntArray, bottom: IntArray, seed: str) -> Estimate:
        kept = bottom > 0
        terms = np.column_stack([top[kept], bottom[kept]]).astype(np.float64)
        sample = Sample(int(bottom.sum()), 0)
        return of_sums(
            lambda sums: over(sums, 0, 1)[:, None], terms, self.person[kept], [sample],
            [Reason.NO_OVERLAP], seed=seed, draws=DRAWS,
        )[0]  # fmt: skip


def made(study: Study) -> dict[int, Made]:
    """Return what each arm of a study has made, by the arm's number."""
    given = {"study": study.pk}
    cells: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * 7)
    for sql, first, width in ((ATTRIBUTES, 0, 2), (VARIANTS, 2, 1)):
        for arm, person, *counts in rows(sql, given):
            cells[arm, person][first : first + width] = counts
    for arm, person, read, found, below, dropped in rows(READ, given):
        cells[arm, person][3:] = [read, found, below, dropped]
    by_arm: dict[int, list[list[int]]] = defaultdict(list)
    for (arm, person), counts in sorted(cells.items()):
        by_arm[arm].append([person, *counts])
    return {
        arm: Made(*np.array([[int(cell) for cell in line] for line in lines]).T)
        for arm, lines in by_arm.items()
    }


def members(study: Study) -> dict[int, IntArray]:
    """Return the attributes in each arm's profiles, ascending, by the arm's number."""
    arm, attribute = columns(MEMBERS, {"study": study.pk}, 2)
    starts = np.flatnonzero(np.diff(arm, prepend=-1))
    parts = np.split(attribute, starts[1:])
    return dict(zip(arm[starts].tolist(), parts, strict=True)) if len(arm) else {}


def troubles(study: Study) -> dict[int, dict[str, int]]:
    """Return by arm how often a call failed for good, and why attributes were left out."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for arm, why, count in rows(LEFT_OUT, {"study": study.pk}):
        found[arm][why] = count
    for arm, count in rows(FAILED, {"study": study.pk}):
        found[arm]["failed"] = found[arm].get("failed", 0) + count
    return found


def more_per_person(one: Made, other: Made, seed: str) -> Estimate:
    """Return how many attributes more the first arm has per person, of people whom both have."""
    return difference(one.per_person, other.per_person, seed=seed)
