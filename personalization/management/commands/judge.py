"""Start a judge from the command line, or say what it would cost."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotation.models import Question, Study
from personalization.agreement.report import question_name
from personalization.judge.budgets import BudgetError
from personalization.judge.estimate import Estimate, estimate
from personalization.judge.forecast import Range
from personalization.judge.raters import UnfitError
from personalization.judge.runs import start_judge
from personalization.judge.shots import NoExamplesError
from personalization.llm.pricing import said as amount
from personalization.management import judge_options as options
from personalization.models import Endpoint
from personalization.prompt_versions import StaleError

HOLDS = {
    "places": "by the requests at a time",
    "requests": "by the requests a minute",
    "tokens": "by the tokens a minute",
}


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
        study = _study(said["study"])
        asked = _questions(study, said["question"])
        endpoint = _endpoint(said["endpoint"])
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
                self.stdout.write("\n".join(_told(found, budget)))
                return
            run = start_judge(
                study, asked, endpoint, model, sampling,
                budget_micros=budget, deadline=deadline, **same,
            )  # fmt: skip
        except (UnfitError, BudgetError, NoExamplesError, StaleError, LookupError) as error:
            raise CommandError(str(error)) from error
        path = reverse("run", args=[study.name, run.pk])
        self.stdout.write(f"{said['site'].rstrip('/')}{path}")


def _study(name: str) -> Study:
    study = Study.objects.filter(name=name).first()
    if study is None:
        known = ", ".join(Study.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no study {name}. Studies here: {known}.")
    return study


def _questions(study: Study, keys: list[str]) -> list[Question]:
    by_name = {question_name(one): one for one in study.questions.prefetch_related("options")}
    for key in keys:
        if key not in by_name:
            known = ", ".join(by_name) or "none yet"
            raise CommandError(f"{study.name} has no question {key}. It has: {known}.")
    return [one for name, one in by_name.items() if name in keys]


def _endpoint(name: str) -> Endpoint:
    endpoint = Endpoint.objects.filter(name=name, closed_at=None).first()
    if endpoint is None:
        names = Endpoint.objects.filter(closed_at=None).values_list("name", flat=True)
        raise CommandError(f"There is no open endpoint {name}. Open ones: {', '.join(names)}.")
    return endpoint


def _told(found: Estimate, budget: int | None) -> list[str]:
    lines = [
        f"{found.calls} calls about {found.items} items, seen from {found.drawn} requests"
        f" and {found.learned} earlier answers of this model.",
        f"Tokens of requests: {_range(found.prompt_tokens)}",
        f"Tokens of answers:  {_range(found.completion_tokens)}",
    ]
    if found.withheld:
        lines.insert(1, f"{found.withheld} items are not sent: nobody agreed to this provider.")
    if found.micros is None or found.most_micros is None or found.price is None:
        lines.append("Price: no price is known for this model; enter one, or import it.")
    else:
        ends = [
            amount(round(one))
            for one in (found.micros.expected, found.micros.low, found.micros.high)
        ]
        lines += [
            "Price: about {} {}, between {} and {}".format(ends[0], found.currency, *ends[1:])
            + f"; at most {amount(found.most_micros, found.currency)}",
            f"By the price from {found.price.since}: {found.price.source}",
        ]
        if budget is not None and budget < found.micros.expected:
            enough = int(found.calls * budget / found.micros.expected)
            lines.append(f"The budget is enough for about {enough} of these calls.")
    if found.seconds is None or found.held_by is None:
        lines.append("Time: not known before the first answer of this model.")
    else:
        known = "" if found.latency is not None else "at least "
        lines.append(f"Time: {known}{_time(found.seconds)}, held up {HOLDS[found.held_by]}.")
    return lines


def _range(one: Range) -> str:
    return f"about {one.expected:,.0f}, between {one.low:,.0f} and {one.high:,.0f}"


def _time(one: Range) -> str:
    minutes = one.expected / 60
    return f"about {one.expected:.0f} s" if minutes < 2 else f"about {minutes:.0f} min"
