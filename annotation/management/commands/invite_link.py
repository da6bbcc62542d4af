"""Print the link by which people are invited into a study."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotation.invitation import NotOpenError, check_open, invite_url
from annotation.models import Invite
from annotation.models.consent import Way


class Command(BaseCommand):
    """Print the newest invitation of a study that lets people in."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the way through it, and where the site is reached."""
        parser.add_argument("--study", default="try-it", help="name of the study (default try-it)")
        parser.add_argument(
            "--way", choices=Way.values, default=Way.WHOLE, help="take part in all, or only label"
        )
        parser.add_argument(
            "--site",
            default=f"http://localhost:{settings.PORT}",
            help="address of this site, as people reach it",
        )

    def handle(self, *, study: str, way: str, site: str, **options: Any) -> None:
        """Find an invite that lets people in, and print its link."""
        for invite in Invite.objects.filter(study__name=study, way=way).select_related("study"):
            try:
                check_open(invite)
            except NotOpenError:
                continue
            self.stdout.write(f"{site.rstrip('/')}{invite_url(invite)}")
            return
        raise CommandError(f"The study {study} has no open invitation of the way {way}.")
