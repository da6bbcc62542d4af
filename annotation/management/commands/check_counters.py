"""Compare the numbers of places that are kept all along with the places themselves."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation import counters
from annotation.models import Study


class Command(BaseCommand):
    """Write a line for each number that is wrong; the exit status is 1 if there is any."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name a study, and say whether to mend what is wrong."""
        parser.add_argument("--study", help="name of a study (default: all)")
        parser.add_argument(
            "--mend",
            action="store_true",
            help="put the right numbers there; whoever labels waits for the moment this takes",
        )

    def handle(self, *, study: str | None, mend: bool, **options: Any) -> None:
        """Compare, and perhaps mend."""
        of = Study.objects.filter(name=study).first()
        if study is not None and of is None:
            raise CommandError(f"There is no study {study}.")
        if mend:
            self.stdout.write("Whoever labels waits while numbers are mended.")
        wrong = counters.mend(of) if mend else counters.check(of)
        for one in wrong:
            self.stdout.write(str(one))
        if not wrong:
            self.stdout.write("All numbers are right.")
        elif mend:
            self.stdout.write(f"{len(wrong)} mended.")
        else:
            raise CommandError(f"{len(wrong)} wrong; --mend puts the right ones there.")
