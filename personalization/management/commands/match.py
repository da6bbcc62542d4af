"""Let a model say which attributes matter to which queries: a judge on the study's relevance questions."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotation.models import Question
from annotation.models.question import Kind
from personalization.judge.budgets import BudgetError
from personalization.judge.estimate import estimate
from personalization.judge.manner import Manner
from personalization.judge.naming import USUAL_SAMPLING
from personalization.judge.raters import UnfitError
from personalization.judge.running import carry_on
from personalization.judge.runs import start_judge
from personalization.management import judge_options as options
from personalization.management.named import endpoint_named, study_named
from personalization.management.told import told
from personalization.management.watching import add_waiting, follow
from personalization.prompt_versions import StaleError


class Command(BaseCommand):
    """Let a model say which attributes matter to which queries, one attribute in a call.

    It is a judge of the study's relevance questions, with its usual prompt and temperature 0; what it
    says can be chosen as the matcher of the study's pairing. With --dry-run nothing is asked.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the model, and the limits of the run."""
        parser.add_argument("--study", required=True)
        parser.add_argument("--endpoint", required=True)
        parser.add_argument("--model", help="without it, the endpoint's usual one")
        parser.add_argument(
            "--prompt", action="append", default=[], metavar="judge_relevance=101",
            help="a version other than the newest shipped one; may be given again",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="only say what it would cost")
        parser.add_argument("--budget", metavar="5.00", help="in the currency of the model's price")
        parser.add_argument("--deadline", metavar="2026-01-31T18:00", help="ask nothing after that")
        parser.add_argument("--most", type=int, metavar="N", help="no more than N items")
        add_waiting(parser)

    def handle(self, **said: Any) -> None:
        """Start the run and wait for it, or print its estimate."""
        study, endpoint = study_named(said["study"]), endpoint_named(said["endpoint"])
        asked = list(Question.objects.filter(study=study, kind=Kind.RELEVANCE).order_by("pk"))
        if not asked:
            raise CommandError(f"{study.name} has no question about relevance.")
        model = said["model"] or endpoint.model
        if not model:
            raise CommandError(f"{endpoint} has no usual model: name one with --model.")
        spent, end = options.budget(said["budget"]), options.deadline(said["deadline"])
        same: dict[str, Any] = {
            "manner": Manner(),
            "prompts": options.versions(said["prompt"]),
            "most_items": options.positive("--most", said["most"]),
        }
        try:
            if said["dry_run"]:
                found = estimate(study, asked, endpoint, model, USUAL_SAMPLING, **same)
                self.stdout.write("\n".join(told(found, spent)))
                return
            run = start_judge(
                study, asked, endpoint, model, USUAL_SAMPLING,
                budget_micros=spent, deadline=end, **same,
            )  # fmt: skip
        except (UnfitError, BudgetError, StaleError, LookupError) as error:
            raise CommandError(str(error)) from error
        address = f"{said['site'].rstrip('/')}{reverse('run', args=[study.name, run.pk])}"
        if not said["no_wait"]:
            follow(run, carry_on, self.stdout, here=said["here"], address=address)
        self.stdout.write(address)
