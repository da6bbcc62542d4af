"""Bring attributes that were extracted or rewritten elsewhere into a study, as an arm."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand

from personalization.imports.attributes import import_attributes
from personalization.imports.outcome import OutputCounts
from personalization.imports.output_arms import ArmSaid
from personalization.management.output_options import (
    add_arm_options,
    add_options,
    arm_said,
    bring,
    tell,
)


class Command(BaseCommand):
    """Import an extractor's or a verifier's attributes; a second run of the same file adds nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the file and the arm."""
        add_options(parser, "attributes")
        add_arm_options(parser)
        parser.add_argument(
            "--step",
            choices=("extraction", "revision"),
            default="extraction",
            help="extracted from conversations, or another arm's attributes, verified and rewritten",
        )
        parser.add_argument(
            "--revises", default="", metavar="NAME", help="of a revision: the arm it began with"
        )

    def handle(self, **options: Any) -> None:
        """Import, and print what came of it."""

        def said() -> ArmSaid:
            revision = options["step"] == "revision"
            return replace(arm_said(options), revision=revision, revises=options["revises"])

        outcome = bring(options, import_attributes, said)
        begun = tell(outcome, options, self.stdout, self.stderr)
        counts = outcome.counts
        assert isinstance(counts, OutputCounts)  # noqa: S101 - for the type checker
        self.stdout.write(
            f"{begun}, arm {outcome.arms[0]}: {counts.new} new attributes of {counts.people} people,"
            f" {counts.shared} that others have found too, {counts.unchanged} already in the arm,"
            f" {counts.withdrawn} withdrawn; {counts.variants} wordings,"
            f" {counts.conversations} conversations, {counts.evidence} pointers to turns"
            f" ({counts.pointers_dropped} dropped), {counts.bad} bad lines."
        )
