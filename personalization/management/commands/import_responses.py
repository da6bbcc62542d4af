"""Bring responses that were written elsewhere into a study: an arm for each author and condition."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.models.response import Condition
from personalization.imports.outcome import OutputCounts
from personalization.imports.responses import import_responses
from personalization.management.output_options import (
    add_arm_options,
    add_options,
    arm_said,
    bring,
    tell,
)


class Command(BaseCommand):
    """Import a generator's responses; a second run of the same file adds nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the file, the arm, and the condition of lines that say none."""
        add_options(parser, "responses")
        add_arm_options(parser)
        parser.add_argument(
            "--condition",
            choices=Condition.values,
            default="",
            help="which attributes the author was given, where a line does not say it",
        )

    def handle(self, **options: Any) -> None:
        """Import, and print what came of it."""
        condition = options["condition"]
        outcome = bring(options, import_responses, lambda: arm_said(options), condition=condition)
        begun = tell(outcome, options, self.stdout, self.stderr)
        counts = outcome.counts
        assert isinstance(counts, OutputCounts)  # noqa: S101 - for the type checker
        arms = "; ".join(outcome.arms) or "none"
        self.stdout.write(
            f"{begun}, arms {arms}: {counts.new} responses for {counts.people} people"
            f" ({counts.unchanged} already there), {counts.leaks} that give away how they were made;"
            f" {counts.bad} bad lines."
        )
