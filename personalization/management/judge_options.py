"""What `manage.py judge` takes: words of the command line as what a run is started with."""

from argparse import ArgumentParser
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotation.models import Question
from personalization.judge.manner import CONTEXTS, FORMS, Manner
from personalization.judge.naming import USUAL_SAMPLING
from personalization.judge.shots import draw
from personalization.llm.pricing import MILLION
from personalization.models import Endpoint

USUAL_SAMPLES = 5
MOST_BUDGET = 1_000_000_000


def add_manner(parser: ArgumentParser) -> None:
    """Name the options that say how a judge is asked."""
    how = parser.add_argument_group("manner", "how the judge is asked; see docs/judges.md")
    how.add_argument("--answer", choices=FORMS, default="value")
    how.add_argument("--samples", type=int, help="answers per order, with --answer samples")
    how.add_argument("--no-tie", action="store_true", help="offer no tie on pairs")
    how.add_argument("--no-reasons", action="store_true", help="answer without thinking first")
    how.add_argument("--rubric", default="", help="a text of yours that the judge follows")
    how.add_argument("--persona", default="none", help="all, none, or field keys: age,region")
    how.add_argument("--context", choices=CONTEXTS, default="attributes")
    how.add_argument("--shots", type=int, default=0, metavar="N", help="examples per question")
    how.add_argument("--temperature", type=float, help="0 where nothing is said")
    how.add_argument("--max-tokens", type=int, help="of an answer; makes budgets exact")
    how.add_argument(
        "--prompt", action="append", default=[], metavar="judge_pair=101",
        help="a version other than the newest one; may be given again",
    )  # fmt: skip


def manner(options: dict[str, Any], asked: list[Question], endpoint: Endpoint) -> Manner:
    """Return how the judge is asked; NoExamplesError where there are none to show."""
    persona = options["persona"]
    shots = options["shots"]
    return Manner(
        answer=options["answer"],
        samples=options["samples"] or (USUAL_SAMPLES if options["answer"] == "samples" else 1),
        tie=not options["no_tie"],
        reasons=not options["no_reasons"] and options["answer"] != "logprobs",
        rubric=options["rubric"],
        persona=persona if persona in ("all", "none") else tuple(sorted(_listed(persona))),
        context=options["context"],
        shots=draw(asked, shots, tie=not options["no_tie"], provider=endpoint.provider)
        if shots
        else (),
    )


def _listed(text: str) -> set[str]:
    return {each.strip() for each in text.split(",") if each.strip()}


def sampling(options: dict[str, Any]) -> dict[str, Any]:
    """Return what is said to the model; samples need a temperature, so none is said for them."""
    given = {} if options["answer"] == "samples" else dict(USUAL_SAMPLING)
    if (temperature := options["temperature"]) is not None:
        if not 0 <= temperature <= 2:
            raise CommandError("--temperature: write a number from 0 to 2.")
        whole = temperature == int(temperature)
        given["temperature"] = int(temperature) if whole else temperature
    if (most := positive("--max-tokens", options["max_tokens"])) is not None:
        given["max_tokens"] = most
    return given


def versions(said: list[str]) -> dict[str, int]:
    """Return the versions of prompts that are named, by their names."""
    named = {}
    for one in said:
        name, _, version = one.partition("=")
        if not version.isascii() or not version.isdigit():
            raise CommandError(
                f"--prompt {one}: write a name and a number, such as judge_pair=101."
            )
        named[name] = int(version)
    return named


def positive(name: str, number: int | None) -> int | None:
    """Return a number that counts something, or None where nothing is said."""
    if number is not None and number < 1:
        raise CommandError(f"{name}: write a number from 1 on.")
    return number


def budget(text: str | None) -> int | None:
    """Return an amount in micros."""
    if text is None:
        return None
    try:
        said = Decimal(text)
    except InvalidOperation:
        said = Decimal("NaN")
    if not said.is_finite() or not 0 <= said < MOST_BUDGET:
        raise CommandError(f"--budget {text}: write an amount, such as 5.00.")
    if said * MILLION != int(said * MILLION):
        raise CommandError(f"--budget {text}: write an amount of at most six decimals.")
    return int(said * MILLION)


def deadline(text: str | None) -> datetime | None:
    """Return a time; one without a zone is of the site's own."""
    if text is None:
        return None
    try:
        end = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--deadline {text}: write a time, such as 2026-01-31T18:00.") from None
    if timezone.is_naive(end):
        end = timezone.make_aware(end)
    if end <= timezone.now():
        raise CommandError(f"--deadline {text}: this time is over.")
    return end
