"""Add the demo study, in which everything is synthetic, and a study to take part in."""

from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from annotation.models import Study
from personalization.demo import study as demo
from personalization.demo import try_it


class Command(BaseCommand):
    """Add a synthetic study to look at and one to take part in; a second run adds nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the seed and the study."""
        parser.add_argument("--seed", type=int, default=7, help="another seed, another study")
        parser.add_argument("--name", default="demo", help="the name of the study to look at")
        parser.add_argument(
            "--link",
            action=BooleanOptionalAction,
            default=True,
            help="say by which link to take part",
        )

    def handle(self, *, seed: int, name: str, link: bool, **options: Any) -> None:
        """Add the studies, unless they are already there."""
        self._add_demo(name, seed)
        if Study.objects.filter(name=try_it.NAME).exists():
            return
        try_it.add(seed)
        self.stdout.write(f"Added the study {try_it.NAME}, in which you can take part yourself.")
        if link:
            self.stdout.write("Take part: ", ending="")
            call_command("invite_link", study=try_it.NAME, stdout=self.stdout)

    def _add_demo(self, name: str, seed: int) -> None:
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
