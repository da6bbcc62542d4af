"""How far the people and the sheets of a study have come.

Places are not counted here: the database keeps their numbers with each change of a place, and
`annotation.counters` compares them with the places themselves.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Min, Q, QuerySet, Sum, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from annotation.models import Enrollment, Study, Tally
from annotation.models.person import Part
from annotation.models.places import Purpose, SlotRole
from annotation.models.sheet import Stage


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
# What is put to raters beside the quota, in the order of the page; previews never count.
BESIDE = (Purpose.EXTRA, Purpose.REPEAT, Purpose.TRAINING, Purpose.GOLD, Purpose.ATTENTION)
COUNTERS = ("free", "leased", "submitted", "withheld", "lapsed")


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one standing: how many, and since when the longest of them waits."""

    standing: Standing
    count: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many places are in which state, and how many leases ended without an answer.

    A lease whose time is over counts as leased until its place is freed, each minute. Withheld
    places are at sheets that nobody may open now, whether they were submitted or not.
    """

    free: int = 0
    leased: int = 0
    submitted: int = 0
    withheld: int = 0
    lapsed: int = 0

    @property
    def total(self) -> int:
        """Return how many places there are, apart from those that are withheld."""
        return self.free + self.leased + self.submitted

    def __bool__(self) -> bool:
        """Return whether there is anything to tell."""
        return any((self.total, self.withheld, self.lapsed))


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one role at the sheets of one stage: the quota, and what is beside it."""

    stage: str
    role: SlotRole
    quota: Figures = Figures()
    beside: dict[Purpose, Figures] = field(default_factory=dict)

    @property
    def is_busy(self) -> bool:
        """Return whether somebody has a sheet now."""
        return any(one.leased for one in (self.quota, *self.beside.values()))


def taking_part(study: Study) -> QuerySet[Enrollment]:
    """Return who takes part in a study; a researcher who only looks at sheets does not."""
    return Enrollment.objects.filter(study=study, preview=False)


def with_standing(people: QuerySet[Enrollment]) -> QuerySet[Any]:
    """Return the people with their `standing`."""
    cases = [When(fits, then=Value(standing.value)) for fits, standing in _FITS]
    return people.annotate(standing=Case(*cases, default=Value(Standing.DONE.value)))


def groups(study: Study) -> list[Group]:
    """Return the people of a study by standing, in the order of the way; nobody is no group."""
    counted = (
        with_standing(taking_part(study))
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
    """Return the places at a study's sheets by stage and role, as they were counted all along.

    It costs the same however many sheets, places and answers there are.
    """
    kept = Tally.objects.filter(lane__study=study).exclude(lane__purpose=Purpose.PREVIEW)
    sums = (
        kept.values_list("lane__stage", "lane__role", "lane__purpose")
        .annotate(*map(Sum, COUNTERS))
        .order_by()
    )
    found: dict[tuple[str, str], dict[str, Figures]] = {}
    for stage, role, purpose, *numbers in sums:
        if figures := Figures(*numbers):
            found.setdefault((stage, role), {})[purpose] = figures
    return [
        Places(
            stage,
            SlotRole(role),
            of.get(Purpose.LABEL, Figures()),
            {purpose: of[purpose] for purpose in BESIDE if purpose in of},
        )
        for (stage, role), of in sorted(found.items(), key=_way_order)
    ]


def _way_order(one: tuple[tuple[str, str], object]) -> tuple[int, str, str]:
    """Return the stages in the order in which people go through them, then the others by name."""
    (stage, role), _figures = one
    known = _STAGES.index(stage) if stage in _STAGES else len(_STAGES)
    return known, stage, role
