"""Free the places of somebody who dropped out, as a crowd platform says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.leaving import release
from annotation.models import Enrollment


class Command(BaseCommand):
    """Free the sheets that a person holds or that are kept for them; what was sent stays."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the person and the study."""
        parser.add_argument("pseudonym", help="pseudonym of the person, as on the page People")
        parser.add_argument("--study", required=True, help="name of the study")

    def handle(self, *, pseudonym: str, study: str, **options: Any) -> None:
        """Free the places at once; a second time there is nothing left to free."""
        person = Enrollment.objects.filter(participant__pseudonym=pseudonym, study__name=study)
        enrollment = person.first()
        if enrollment is None:
            raise CommandError(f"The study {study} has nobody called {pseudonym}.")
        count = release(enrollment)
        places = "place is" if count == 1 else "places are"
        self.stdout.write(f"{count} {places} free again. {pseudonym} may come back and go on.")
