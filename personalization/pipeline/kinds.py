"""What kinds of rows each step of the pipeline has, in the order in which they follow each other."""

from typing import Any

from personalization.arms.step import ArmStepOf
from personalization.extraction.merging import MergingStep
from personalization.extraction.pointing import PointingStep
from personalization.extraction.step import ExtractingStep
from personalization.generation.step import GeneratingStep
from personalization.models import ArmRun
from personalization.models.arm import ArmStep
from personalization.revision.step import RevisingStep

KINDS: dict[str, tuple[ArmStepOf[Any], ...]] = {
    ArmStep.EXTRACTION: (ExtractingStep(), MergingStep(), PointingStep()),
    ArmStep.REVISION: (RevisingStep(),),
    ArmStep.GENERATION: (GeneratingStep(),),
}
EVERY: tuple[ArmStepOf[Any], ...] = tuple(one for kinds in KINDS.values() for one in kinds)


def kinds_of(run: ArmRun) -> tuple[ArmStepOf[Any], ...]:
    """Return the kinds of rows of a run."""
    return KINDS[run.arm.step]
