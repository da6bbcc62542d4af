"""List the endpoints, after bringing that of the environment up to date."""

from typing import Any

from django.core.management.base import BaseCommand

from personalization.endpoints import sync_environment, usual
from personalization.models import Endpoint


class Command(BaseCommand):
    """Take CONCORD_LLM_URL and its companions over, and list all endpoints."""

    help = __doc__

    def handle(self, *, verbosity: int, **options: Any) -> None:
        """Write a line for each open endpoint; the usual one is marked."""
        sync_environment()
        if not verbosity:
            return
        first = usual()
        for one in Endpoint.objects.filter(closed_at=None):
            mark = "*" if one == first else " "
            self.stdout.write(f"{mark} {one.name}: {one.model} at {one.url or 'no address'}")
