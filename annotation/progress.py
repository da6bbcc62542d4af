"""How far the people and the sheets of a study have come, counted by the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotation.models import Enrollment, Slot, Study
from annotation.models.person import Part
from annotation.models.sheet import Stage
from annotation.models.slot import Purpose, SlotRole


class Standing(TextChoices):
    """Where a person is, in words for researchers: the part, and what may stand in its way."""

    READING = "reading", _("Reads the consent text")
    CHATTING = "chatting", _("Chats")
    WAITING = "waiting", _("Waits for the machine")
    REVIEWING = "reviewing", _("Reviews")
    RELEVANCE = "relevance", _("Judges relevance")
    COMPARING = "comparing", _("Compares")
    REPEATING = "repeating", _("Answers some again")
    LABELLING = "labelling", _("Labels for others")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped early")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrew")


# Who may still come back and go on.
UNDER_WAY = (
    Standing.READING,
    Standing.CHATTING,
    Standing.WAITING,
    Standing.REVIEWING,
    Standing.RELEVANCE,
    Standing.COMPARING,
    Standing.REPEATING,
    Standing.LABELLING,
)
# The first one that fits is a person's standing.
_FITS: tuple[tuple[Q, Standing], ...] = (
    (Q(withdrawn_at__isnull=False), Standing.WITHDRAWN),
    (Q(declined_at__isnull=False), Standing.DECLINED),
    (Q(finished_at__isnull=False, part=Part.DONE), Standing.DONE),
    (Q(finished_at__isnull=False), Standing.STOPPED),
    (Q(consented_at__isnull=True), Standing.READING),
    (Q(waiting_since__isnull=False), Standing.WAITING),
    (Q(part=Part.CHAT), Standing.CHATTING),
    (Q(part=Part.REVIEW), Standing.REVIEWING),
    (Q(part=Part.RELEVANCE), Standing.RELEVANCE),
    (Q(part=Part.COMPARISON), Standing.COMPARING),
    (Q(part=Part.REPEAT), Standing.REPEATING),
    (Q(part=Part.OTHERS), Standing.LABELLING),
    (Q(part=Part.DONE), Standing.DONE),
)
_STAGES = [*Stage.values]


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one standing: how many, and since when the longest of them waits."""

    standing: Standing
    count: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one role at the sheets of one stage."""

    stage: str
    role: SlotRole
    submitted: int
    leased: int
    open: int

    @property
    def total(self) -> int:
        """Return the quota: all places."""
        return self.submitted + self.leased + self.open


def with_standing(people: QuerySet[Enrollment]) -> QuerySet[Any]:
    """Return the people with their `standing`."""
    cases = [When(fits, then=Value(standing.value)) for fits, standing in _FITS]
    return people.annotate(standing=Case(*cases, default=Value(Standing.DONE.value)))


def groups(study: Study) -> list[Group]:
    """Return the people of a study by standing, in the order of the way; nobody is no group."""
    counted = (
        with_standing(Enrollment.objects.filter(study=study))
        .values("standing")
        .annotate(people=Count("pk"), since=Min("waiting_since"))
        .order_by()
    )
    found = {row["standing"]: row for row in counted}
    return [
        Group(
            standing,
            found[standing]["people"],
            found[standing]["since"] if standing == Standing.WAITING else None,
        )
        for standing in Standing
        if standing in found
    ]


def places(study: Study) -> list[Places]:
    """Return the places at a study's sheets by stage and role; withdrawn sheets do not count."""
    submitted, leased = Q(submitted_at__isnull=False), Q(submitted_at=None, leased_until__gt=Now())
    counted = (
        Slot.objects.filter(sheet__study=study, sheet__hidden_at=None, purpose=Purpose.LABEL)
        .values("role", stage=F("sheet__stage"))
        .annotate(
            all=Count("pk"),
            submitted=Count("pk", filter=submitted),
            leased=Count("pk", filter=leased),
        )
        .order_by()
    )
    return sorted(
        (
            Places(
                row["stage"],
                SlotRole(row["role"]),
                row["submitted"],
                row["leased"],
                row["all"] - row["submitted"] - row["leased"],
            )
            for row in counted
        ),
        key=_way_order,
    )


def _way_order(one: Places) -> tuple[int, str, str]:
    """Return the stages in the order in which people go through them, then the others by name."""
    known = _STAGES.index(one.stage) if one.stage in _STAGES else len(_STAGES)
    return known, one.stage, one.role
