"""Let workers look for all work that is due: what a killed worker left, what a lost job meant."""

from typing import Any

from django.core.management.base import BaseCommand

from personalization.judge import runs as judges
from personalization.live import find
from personalization.pipeline import runs as arms


class Command(BaseCommand):
    """See the docstring above."""

    help = "Put a job in the queue for all work that is due. Harmless at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Find it."""
        find()
        judges.look_for_abandoned()
        arms.look_for_abandoned()
