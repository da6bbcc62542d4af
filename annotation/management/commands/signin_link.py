"""Print a link that signs somebody in, once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from sesame.utils import get_token

from annotation.models import User
from annotation.models.user import UserRole


class Command(BaseCommand):
    """Print a one-time sign-in link for a researcher or an admin; the account is made if new."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the account and where the site is reached."""
        parser.add_argument(
            "--user", default="researcher", help="account name (default researcher)"
        )
        parser.add_argument("--role", choices=UserRole.values, help="role of the account")
        parser.add_argument(
            "--site",
            default=f"http://localhost:{settings.PORT}",
            help="address of this site, as people reach it",
        )

    def handle(self, *, user: str, role: str | None, site: str, **options: Any) -> None:
        """Find or make the account and print its link."""
        account, new = User.objects.get_or_create(
            username=user, defaults={"role": role or UserRole.RESEARCHER}
        )
        if new:
            account.set_unusable_password()
        elif role:
            account.role = role
        account.save()
        path = reverse("signin_link", args=[get_token(account)])
        self.stdout.write(f"{site.rstrip('/')}{path}")
