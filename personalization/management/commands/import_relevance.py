"""Bring what a matcher elsewhere found relevant into a study, as a rater."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.models.rater import RaterKind
from personalization.imports.outcome import VerdictCounts
from personalization.imports.output_arms import check_name, read_sampling
from personalization.imports.relevance import KINDS, MatcherSaid, import_relevance
from personalization.management.output_options import add_options, bring, tell


class Command(BaseCommand):
    """Import a matcher's yes and no; a second run of the same file adds nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the file and the matcher."""
        add_options(parser, "answers")
        parser.add_argument("--name", required=True, help="what to call the matcher in reports")
        parser.add_argument(
            "--kind",
            choices=[one.value for one in KINDS],
            default=RaterKind.MODEL.value,
            help="a trained model, an LLM judge, or a baseline",
        )

    def handle(self, **options: Any) -> None:
        """Import, and print what came of it."""

        def said() -> MatcherSaid:
            return MatcherSaid(
                check_name(options["name"], "--name"),
                RaterKind(options["kind"]),
                options["model"],
                read_sampling(options["sampling"]),
            )

        outcome = bring(options, import_relevance, said)
        begun = tell(outcome, options, self.stdout, self.stderr)
        counts = outcome.counts
        assert isinstance(counts, VerdictCounts)  # noqa: S101 - for the type checker
        self.stdout.write(
            f"{begun}, question {outcome.question}: {counts.new} answers ({counts.unchanged} already"
            f" there), {counts.unparsed} unparsed, {counts.refused} refused; {counts.bad} bad lines."
        )
