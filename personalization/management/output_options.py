"""What the commands that import outputs have in common: their options, and what they tell."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from annotation.models import Study
from annotation.models.response import AuthorKind
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import Outcome
from personalization.imports.output_arms import ArmSaid, check_name, read_sampling
from personalization.management.importing import opened, tell_faults


def add_options(parser: ArgumentParser, what: str) -> None:
    """Name the study, the file, and what to do with bad lines."""
    parser.add_argument("--study", required=True, help="the study, which is there already")
    parser.add_argument(
        "--file", required=True, type=Path, help=f"the {what} (JSONL, CSV or TSV, by its ending)"
    )
    parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
    parser.add_argument("--strict", action="store_true", help="one bad line refuses all")
    parser.add_argument("--model", default="", help="the model that made them")
    parser.add_argument(
        "--sampling", default="", metavar="JSON", help='how it was asked: {"temperature": 0.8}'
    )


def add_arm_options(parser: ArgumentParser) -> None:
    """Name the arm, and who made what it holds."""
    parser.add_argument("--arm", required=True, metavar="NAME", help="what to call it in reports")
    parser.add_argument(
        "--author", choices=AuthorKind.values, default="model", help="who made them"
    )


def arm_said(options: dict[str, Any]) -> ArmSaid:
    """Return what the options say of the arm."""
    return ArmSaid(
        check_name(options["arm"], "--arm"),
        AuthorKind(options["author"]),
        options["model"],
        read_sampling(options["sampling"]),
    )


def bring(
    options: dict[str, Any], verb: Callable[..., Outcome], said: Callable[[], Any], **more: object
) -> Outcome:
    """Import the file, with a bar on the terminal; CommandError where nothing can be imported."""
    study = Study.objects.filter(name=options["study"]).first()
    if study is None:
        raise CommandError(f"There is no study {options['study']}.")
    try:
        with opened({"file": options["file"]}) as (files, progress):
            return verb(
                study,
                said(),
                files["file"],
                strict=options["strict"],
                dry_run=options["dry_run"],
                progress=progress,
                **more,
            )
    except ImportRefusedError as error:
        raise CommandError(f"Nothing was imported.\n{error}") from error


def tell(outcome: Outcome, options: dict[str, Any], out: OutputWrapper, err: OutputWrapper) -> str:
    """Tell what is wrong and what was not read; return how the sentence about the rest begins."""
    tell_faults(outcome.faults, err, strict=options["strict"])
    if outcome.unread:
        err.write(f"Nothing was done with these fields: {', '.join(outcome.unread)}.")
    begun = "Would import" if options["dry_run"] else "Imported"
    return f"{begun} into {options['study']}"
