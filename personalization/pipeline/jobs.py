"""Jobs of arms' runs; see personalization/runs/jobs.py."""

from datetime import datetime

from personalization.runs.jobs import look_for

JOB = "arm_run"


def look_for_rows(run: int, at: datetime | None = None) -> None:
    """Let a worker carry a run on, not before `at`; one waiting job for a run is enough."""
    look_for(JOB, run, at)
