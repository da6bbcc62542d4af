"""Runs of judges that cannot go on before a person has mended something."""

from personalization.models import JudgeRun
from personalization.runs import pausing


def pause(pk: int, trouble: str) -> bool:
    """Pause an open run, and keep the first reason why; calls under way are still saved."""
    return pausing.pause(JudgeRun, pk, trouble)
