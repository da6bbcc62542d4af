"""Add the demo study, in which everything is synthetic."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from annotation.models import Study
from personalization.demo import study as demo


class Command(BaseCommand):
    """Add a synthetic study to look at, without any model or network; a second run adds nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the seed and the study."""
        parser.add_argument("--seed", type=int, default=7, help="another seed, another study")
        parser.add_argument("--name", default="demo", help="the name of the study")

    def handle(self, *, seed: int, name: str, **options: Any) -> None:
        """Add the study, unless it is already there."""
        there = Study.objects.filter(name=name).first()
        if there is not None and not there.synthetic:
            raise CommandError(
                f"There is a study {name} that is not synthetic: choose another --name."
            )
        if there is not None:
            self.stdout.write(f"The study {name} is already there; nothing was changed.")
            return
        try:
            study = demo.add(name, seed)
        except ValidationError as error:
            raise CommandError(f"--name {name}: {' '.join(error.messages)}") from error
        self.stdout.write(
            f"Added the study {name} with {study.items.count()} items;"
            " everything in it is synthetic."
        )
