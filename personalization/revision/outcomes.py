"""What became of the attributes that an arm has revised, also round by round."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q

from personalization.models import Arm, ArmAttribute, Revision
from personalization.models.revision import RevisionKind
from personalization.revision.following import DROPPED, REFINED, WITHDRAWN


@dataclass(frozen=True, slots=True)
class Round:
    """One round: checked (round 0: as they were found), flagged, written anew, withdrawn, failed.

    `pending` and `failed` count rewrites and checks of this round together.
    """

    number: int
    checked: int
    flagged: int
    rewritten: int
    withdrawn: int
    pending: int
    failed: int

    @property
    def passed(self) -> int:
        """Return how many were found to be in order."""
        return self.checked - self.flagged


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many attributes of the base arm were kept, refined, withdrawn, dropped; or are not done.

    `refined` counts the old attributes; two of them may have become one. What failed is in no profile.
    """

    kept: int
    refined: int
    withdrawn: int
    dropped: int
    failed: int
    pending: int
    rounds: list[Round]

    @property
    def all(self) -> int:
        """Return how many attributes the arm has begun with."""
        return self.kept + self.refined + self.withdrawn + self.dropped + self.failed + self.pending


def outcomes(arm: Arm) -> Outcomes:
    """Return what became of the attributes that an arm has begun with; trials do not count."""
    rounds = _rounds(arm)
    left_out = Counter(
        ArmAttribute.objects.filter(arm=arm, left_out__isnull=False).values_list(
            "left_out", flat=True
        )
    )
    return Outcomes(
        kept=rounds[0].passed if rounds else _held(arm),
        refined=left_out[REFINED],
        withdrawn=left_out[WITHDRAWN],
        dropped=left_out[DROPPED],
        failed=sum(one.failed for one in rounds),
        pending=sum(one.pending for one in rounds),
        rounds=rounds,
    )


def _held(arm: Arm) -> int:
    """Return how many attributes an imported arm has left as they were."""
    return ArmAttribute.objects.filter(arm=arm, left_out=None, attribute__refined_from=None).count()


def _rounds(arm: Arm) -> list[Round]:
    check, rewrite = Q(kind=RevisionKind.CHECK), Q(kind=RevisionKind.REWRITE)
    rows = (
        Revision.objects.filter(arm=arm, trial=False)
        .values(number=F("round"))
        .annotate(
            checked=Count("pk", filter=check & Q(flagged__isnull=False)),
            flagged=Count("pk", filter=check & Q(flagged=True)),
            rewritten=Count("pk", filter=rewrite & ~Q(new_text="") & Q(new_text__isnull=False)),
            withdrawn=Count("pk", filter=rewrite & Q(new_text="")),
            pending=Count("pk", filter=Q(settled_at=None)),
            failed=Count("pk", filter=Q(settled_at__isnull=False, failure__isnull=False)),
        )
        .order_by("number")
    )
    return [Round(**row) for row in rows]
