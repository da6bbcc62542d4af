"""How many calls a first check leads to: as it was so far, else as RH's figures let expect."""

from django.db.models import Count, Q

from personalization.arms.configuration import Revising
from personalization.models import Arm, Revision
from personalization.models.revision import RevisionKind

# RH: 58 % of attributes are accepted before verify-and-refine, over 90 % after it.
FLAGGED, AGAIN = 0.42, 0.1
ENOUGH = 20  # settled checks before an arm's own shares are used


def calls_after(arm: Arm) -> float:
    """Return how many rewrites and checks one first check leads to, on average."""
    rows = Revision.objects.filter(
        arm=arm.pk, trial=False, kind=RevisionKind.CHECK, flagged__isnull=False
    )
    counts = rows.aggregate(
        firsts=Count("pk", filter=Q(round=0)),
        flagged_once=Count("pk", filter=Q(round=0, flagged=True)),
        seconds=Count("pk", filter=Q(round=1)),
        flagged_twice=Count("pk", filter=Q(round=1, flagged=True)),
    )
    once = _share(counts["flagged_once"], counts["firsts"], FLAGGED)
    twice = _share(counts["flagged_twice"], counts["seconds"], AGAIN)
    rounds = Revising.read(arm.configuration).rounds
    # Each round is a rewrite and a check.
    return sum(2 * once * twice**number for number in range(rounds))


def _share(some: int, of: int, usual: float) -> float:
    return some / of if of >= ENOUGH else usual
