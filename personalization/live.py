"""The steps that people wait for, by name, and how work that nobody looks for is found again."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from annotation.enrollment import PREPARED_BY
from annotation.models import Enrollment, Turn
from annotation.models.conversation import Speaker, TurnSource
from annotation.models.person import Part
from annotation.work import look
from personalization.extraction.merging import MergingStep
from personalization.extraction.pointing import PointingStep
from personalization.extraction.step import ExtractingStep
from personalization.generation.step import GeneratingStep
from personalization.pairing.step import PairingStep
from personalization.replies.step import Replying
from personalization.revision.step import RevisingStep
from personalization.steps import Step
from personalization.work import free_of_dead

STEPS: dict[str, Step[Any]] = {
    step.name: step
    for step in (
        Replying(),
        ExtractingStep(),
        MergingStep(),
        PointingStep(),
        RevisingStep(),
        PairingStep(),
        GeneratingStep(),
    )
}
# Older messages without a reply are not looked for: nobody waits any more.
RECENT = timedelta(days=1)
MOST = 500  # rows of a step that one look finds


@transaction.atomic
def find() -> None:
    """Put a job in the queue for all that is due, and one for when the lease of each other row ends.

    No answer of a living worker is disturbed by this: its rows are never free.
    """
    for step in STEPS.values():
        free_of_dead(step.waited_for())
        pending = step.waited_for().filter(settled_at__isnull=True)
        oldest = pending.order_by("due_at", "id")[:MOST]
        for pk, due_at, lease_until in oldest.values_list("pk", "due_at", "lease_until"):
            free_at = max(due_at, lease_until or due_at)
            at = free_at if free_at > timezone.now() else None
            look(step.name, at=at, lock=f"{step.name} {pk}")
    _plan_anew()


def _plan_anew() -> None:
    """Let be planned what somebody waits for and no row stands for: its job was lost."""
    waiting = Enrollment.objects.filter(waiting_since__isnull=False, withdrawn_at__isnull=True)
    for pk, part in waiting.values_list("pk", "part"):
        if step := PREPARED_BY.get(Part(part)):
            look(step, pk, lock=f"{part} of {pk}")
    later = Turn.objects.filter(
        conversation=OuterRef("conversation"), position__gt=OuterRef("position")
    )
    messages = Turn.objects.filter(
        ~Exists(later),
        reply__isnull=True,
        speaker=Speaker.USER,
        source=TurnSource.TYPED,
        at__gt=timezone.now() - RECENT,
        conversation__finished_at__isnull=True,
    )
    for pk in messages.values_list("pk", flat=True):
        look("reply", pk, lock=f"message {pk}")
