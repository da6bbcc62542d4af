"""Check attributes of an arm, and write anew what is doubtful."""

from argparse import ArgumentParser
from typing import Any

from annotation.models import Study
from personalization.arms.configuration import Manner
from personalization.management import arm_options
from personalization.management.arm_command import ArmCommand
from personalization.models import Arm
from personalization.models.arm import ArmStep


class Command(ArmCommand):
    """Check attributes of an arm, and write anew what is doubtful."""

    help = f"{__doc__}\n\n{ArmCommand.__doc__}"
    step = ArmStep.REVISION

    def add_manner(self, parser: ArgumentParser) -> None:
        """Name the options that say how."""
        arm_options.add_revising(parser)

    def manner(self, said: dict[str, Any]) -> Manner:
        """Return how it is done."""
        return arm_options.revising(said)

    def base(self, study: Study, said: dict[str, Any]) -> Arm:
        """Return the arm whose attributes are checked."""
        return arm_options.base(study, said)
