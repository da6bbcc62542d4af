"""Answer people's queries, with or without what is known about them."""

from argparse import ArgumentParser
from typing import Any

from personalization.arms.configuration import Manner
from personalization.management import arm_options
from personalization.management.arm_command import ArmCommand
from personalization.models.arm import ArmStep


class Command(ArmCommand):
    """Answer people's queries, with or without what is known about them."""

    help = f"{__doc__}\n\n{ArmCommand.__doc__}"
    step = ArmStep.GENERATION

    def add_manner(self, parser: ArgumentParser) -> None:
        """Name the options that say how."""
        arm_options.add_generating(parser)

    def manner(self, said: dict[str, Any]) -> Manner:
        """Return how it is done."""
        return arm_options.generating(said)
