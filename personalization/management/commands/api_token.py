"""Print a token for the REST API."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.models import User
from personalization.tokens import LONGEST_DAYS, USUAL_DAYS, new_token


class Command(BaseCommand):
    """Make a token for a researcher's program, and print it once."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the account, the purpose, and how long it works."""
        parser.add_argument("--user", required=True, help="account name")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help="how long it works")

    def handle(self, *, user: str, name: str, days: int, **options: Any) -> None:
        """Make it and print it."""
        account = User.objects.filter(username=user, is_active=True).first()
        if account is None:
            raise CommandError(
                f"There is no account {user}. Make one with: manage.py signin_link --user {user}"
            )
        if not 1 <= days <= LONGEST_DAYS:
            raise CommandError(f"--days takes 1 to {LONGEST_DAYS}.")
        if not name.strip():
            raise CommandError("--name says what the token is for.")
        self.stdout.write(new_token(account, name.strip(), days))
