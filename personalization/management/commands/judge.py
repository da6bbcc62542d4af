"""Start a judge from the command line, or say what it would cost."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotation.models import Question, Study
from personalization.agreement.report import question_name
from personalization.judge.budgets import BudgetError
from personalization.judge.estimate import estimate
from personalization.judge.raters import UnfitError
from personalization.judge.runs import start_judge
from personalization.judge.shots import NoExamplesError
from personalization.management import judge_options as options
from personalization.management.named import endpoint_named, study_named
from personalization.management.told import told
from personalization.prompt_versions import StaleError


class Command(BaseCommand):
    """Let a model answer a study's questions; workers carry the run on, and this command does not wait.

    With --dry-run nothing is asked: up to 50 of the real requests are made, and priced for all.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what is judged, by whom, in what manner, and within which limits."""
        parser.add_argument("--study", required=True)
        parser.add_argument(
            "--question", action="append", required=True,
            help="its key, or key@version; may be given again",
        )  # fmt: skip
        parser.add_argument("--endpoint", required=True)
        parser.add_argument("--model", help="without it, the endpoint's usual one")
        parser.add_argument("--dry-run", action="store_true", help="only say what it would cost")
        parser.add_argument("--budget", metavar="5.00", help="in the currency of the model's price")
        parser.add_argument("--deadline", metavar="2026-01-31T18:00", help="ask nothing after that")
        parser.add_argument("--items", type=int, metavar="N", help="no more than N items")
        parser.add_argument(
            "--site",
            default=f"http://localhost:{settings.PORT}",
            help="where the app runs, for the run's address",
        )
        options.add_manner(parser)

    def handle(self, **said: Any) -> None:
        """Start the run, or print its estimate."""
        study = study_named(said["study"])
        asked = _questions(study, said["question"])
        endpoint = endpoint_named(said["endpoint"])
        model = said["model"] or endpoint.model
        if not model:
            raise CommandError(f"{endpoint} has no usual model: name one with --model.")
        try:
            manner = options.manner(said, asked, endpoint)
            same: dict[str, Any] = {
                "manner": manner,
                "prompts": options.versions(said["prompt"]),
                "most_items": options.positive("--items", said["items"]),
            }
            sampling, budget = options.sampling(said), options.budget(said["budget"])
            deadline = options.deadline(said["deadline"])
            if said["dry_run"]:
                found = estimate(study, asked, endpoint, model, sampling, **same)
                self.stdout.write("\n".join(told(found, budget)))
                return
            run = start_judge(
                study, asked, endpoint, model, sampling,
                budget_micros=budget, deadline=deadline, **same,
            )  # fmt: skip
        except (UnfitError, BudgetError, NoExamplesError, StaleError, LookupError) as error:
            raise CommandError(str(error)) from error
        path = reverse("run", args=[study.name, run.pk])
        self.stdout.write(f"{said['site'].rstrip('/')}{path}")


def _questions(study: Study, keys: list[str]) -> list[Question]:
    by_name = {question_name(one): one for one in study.questions.prefetch_related("options")}
    for key in keys:
        if key not in by_name:
            known = ", ".join(by_name) or "none yet"
            raise CommandError(f"{study.name} has no question {key}. It has: {known}.")
    return [one for name, one in by_name.items() if name in keys]
