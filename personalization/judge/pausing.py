"""Runs that cannot go on before a person has mended something."""

from django.db.models.functions import Now

from personalization.models import JudgeRun

TROUBLE_LENGTH = 500


def pause(pk: int, trouble: str) -> bool:
    """Pause an open run, and keep the first reason why; calls under way are still saved."""
    open_runs = JudgeRun.objects.filter(pk=pk, paused_at=None, cancelled_at=None, finished_at=None)
    return bool(open_runs.update(paused_at=Now(), trouble=trouble[:TROUBLE_LENGTH]))
