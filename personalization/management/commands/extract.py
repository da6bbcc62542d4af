"""Read a study's conversations, and note what they show about people."""

from argparse import ArgumentParser
from typing import Any

from personalization.arms.configuration import Manner
from personalization.management import arm_options
from personalization.management.arm_command import ArmCommand
from personalization.models.arm import ArmStep


class Command(ArmCommand):
    """Read a study's conversations, and note what they show about people."""

    help = f"{__doc__}\n\n{ArmCommand.__doc__}"
    step = ArmStep.EXTRACTION

    def add_manner(self, parser: ArgumentParser) -> None:
        """Name the options that say how."""
        arm_options.add_extracting(parser)

    def manner(self, said: dict[str, Any]) -> Manner:
        """Return how it is done."""
        return arm_options.extracting(said)
