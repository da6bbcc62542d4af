"""Put together what an arm found about a person: the same said in other words is one attribute.

Every wording stays, below the attribute that it belongs to. What nobody was asked about is put in
order anew each time; what is on a sheet, or used elsewhere, keeps its text and its wordings.
"""

from collections.abc import Sequence

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from annotation.models import AttributeVariant, Enrollment
from personalization.arms.configuration import Extracting
from personalization.arms.step import ArmStepOf, Missing
from personalization.embedding.choosing import embedder_of, endpoint_of
from personalization.extraction.chain import go_on
from personalization.extraction.grouping import groups
from personalization.extraction.people import locked
from personalization.extraction.regrouping import regroup, used
from personalization.llm.backend import AskError
from personalization.models import Arm, Merging, ModelCall
from personalization.models.arm import ArmStep
from personalization.preparing import check_consent, check_wanted
from personalization.steps import Request, in_thread
from personalization.work import ROUND


class MergingStep(ArmStepOf[Merging]):
    """One merging of all that an arm found about one person."""

    model = Merging
    of = ArmStep.EXTRACTION

    def __init__(self) -> None:
        # Between `prepare` and `settle` of the same row.
        self._vectors: dict[int, tuple[str, dict[str, NDArray[np.float64]]]] = {}

    def plan(self, about: int) -> int:
        """Add nothing: mergings follow extractions."""
        return 0

    def missing(self, arm: Arm, most: int | None = None, trial: bool = False) -> Missing[Merging]:
        """Return nothing: mergings follow extractions."""
        return Missing([])

    def request(self, row: Merging) -> Request | None:
        """Ask no model that talks; refuse where the texts may not go to the one that embeds."""
        person = check_wanted(_person(row))
        embeds_at = endpoint_of(_manner(row).embedder)
        if embeds_at is not None:
            check_consent(person, embeds_at)
        return None

    async def prepare(self, row: Merging) -> None:
        """Get the vectors of all texts, in the order of their age."""
        said = await in_thread(_texts)(row)
        embedder = await in_thread(embedder_of)(_manner(row).embedder)
        rows = await embedder.embed(said)
        self._vectors[row.pk] = embedder.name, dict(zip(said, rows, strict=True))

    def settle(self, row: Merging, call: ModelCall | None) -> None:
        """Give each variant its attribute, and the arm its profile."""
        name, by_text = self._vectors.pop(row.pk, ("", {}))
        person = check_wanted(locked(row.enrollment.study_id, row.enrollment.participant_id))
        variants = list(_variants(row.arm, person))
        if any(one.text not in by_text for one in variants):
            raise AskError("cut", "more was found while the texts were compared")
        manner = _manner(row)
        found = groups(
            np.array([by_text[one.text] for one in variants]),
            [one.confidence or 0.0 for one in variants],
            manner.threshold,
            [one.pk for one in variants],
            _standing(row, variants),
        )
        row.embedder, row.threshold = name, manner.threshold
        row.variants = len(variants)
        row.attributes = regroup(row.arm, person, variants, found)

    def settled(self, row: Merging) -> None:
        """Go on to evidence, or to the review."""
        self._vectors.pop(row.pk, None)
        go_on(row, row.enrollment.study_id, row.enrollment.participant_id)


def _manner(row: Merging) -> Extracting:
    return Extracting.read(row.arm.configuration)


def _person(row: Merging) -> Enrollment:
    return Enrollment.objects.select_related("study").get(pk=row.enrollment_id)


def _variants(arm: Arm, person: Enrollment) -> "QuerySet[AttributeVariant]":
    """Return all that an arm ever found about a person, the oldest first."""
    return (
        AttributeVariant.objects.select_related("attribute", "extracted__extraction")
        .filter(
            extracted__extraction__arm=arm,
            attribute__study=person.study_id,
            attribute__participant=person.participant_id,
        )
        .order_by("pk")
    )


def _texts(row: Merging) -> list[str]:
    found = _variants(row.arm, row.enrollment).values_list("text", flat=True)
    return list(dict.fromkeys(found))


def _standing(row: Merging, variants: Sequence[AttributeVariant]) -> dict[int, int]:
    """Return the attributes that stay as they are, by the places of the arm's variants in them.

    They are in use, and were this arm's before: what raters say of them is said of this arm. What
    it has found only now it may leave to other arms, however they were used: what an arm makes of a
    person does not depend on which arms came first.
    """
    earlier = Merging.objects.filter(arm=row.arm, enrollment=row.enrollment_id, trial=False)
    settled = earlier.filter(settled_at__isnull=False).exclude(pk=row.pk)
    last = settled.order_by("-settled_at").values_list("settled_at", flat=True).first()

    def is_old(variant: AttributeVariant) -> bool:
        # Tried again by somebody: it was given up before, and the profile was used as it was.
        if row.attempt >= ROUND:
            return True
        at = variant.extracted.extraction.settled_at
        return last is not None and at is not None and at <= last

    old = {one.attribute_id for one in variants if is_old(one)}
    stays = used(row.enrollment, old) | {
        one.attribute_id for one in variants if one.attribute.withdrawn_at is not None
    }
    return {
        place: one.attribute_id for place, one in enumerate(variants) if one.attribute_id in stays
    }
