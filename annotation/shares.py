"""Shares of free places: who gets how much, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from annotation.free_places import Sharer
from annotation.models import Enrollment, Invite, Study
from annotation.models.consent import Way


@dataclass(frozen=True, slots=True)
class Share:
    """Who gets how much: a number, a part of all free places, just these sheets, or (none) the rest.

    A person is named by the pseudonym. The rest is what other shares leave, evenly among all of these.
    """

    who: str | Invite
    count: int | None = None
    percent: Decimal | None = None
    sheets: tuple[int, ...] = ()


class Fault(Enum):
    """Why a share cannot be."""

    UNKNOWN = "unknown"  # nobody of this name is in the study
    NOT_AGREED = "not_agreed"
    WITHDREW = "withdrew"
    FINISHED = "finished"
    OWN_ONLY = "own_only"  # goes the whole way, and labels own sheets alone
    TWICE = "twice"  # the same one has another share here
    PERCENT = "percent"  # more than a hundred together
    TOO_MANY = "too_many"  # more than there are, with the other shares
    ONE_EACH = "one_each"  # more than the sheets at which this person may have a place
    SHEETS = "sheets"  # some of the named sheets are not to be had


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: of which share (None = of all together), and how many would be possible."""

    at: int | None
    fault: Fault
    possible: int = 0
    sheets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of the free places; nothing was changed.

    `left_out` counts, for each share, the sheets with free places that are not for this person: own
    ones, and those that the person had before.
    """

    free: int
    sheets: int
    gets: tuple[int, ...]
    left_out: tuple[int, ...]
    problems: tuple[Problem, ...]

    @property
    def left(self) -> int:
        """Return how many places stay free for everybody."""
        return self.free - sum(self.gets)


def people_of(
    study: Study, shares: Sequence[Share], *, lock: bool = False
) -> dict[str, Enrollment]:
    """Return the people who are named, by pseudonym; locked, none of them gets a place meanwhile."""
    named = [one.who for one in shares if isinstance(one.who, str)]
    people = Enrollment.objects.select_related("study", "participant__rater").filter(
        study=study, participant__pseudonym__in=named, preview=False
    )
    if lock:
        people = people.select_for_update(of=("self",)).order_by("pk")
    return {one.participant.pseudonym: one for one in people}


def faults(study: Study, shares: Sequence[Share], people: dict[str, Enrollment]) -> list[Problem]:
    """Return what is wrong with those who are named."""
    problems: list[Problem] = []
    before: set[str | int] = set()
    for at, share in enumerate(shares):
        who = share.who
        key: str | int
        if isinstance(who, Invite):
            key, fault = who.pk, _of_invite(study, who)
        else:
            key, fault = who, _of_person(people.get(who))
        if key in before:
            fault = Fault.TWICE
        before.add(key)
        if fault is not None:
            problems.append(Problem(at, fault))
    return problems


def _of_invite(study: Study, invite: Invite) -> Fault | None:
    if invite.study_id != study.pk:
        return Fault.UNKNOWN
    return None if invite.way == Way.LABELS else Fault.OWN_ONLY


def _of_person(person: Enrollment | None) -> Fault | None:
    if person is None:
        return Fault.UNKNOWN
    if person.withdrawn_at is not None:
        return Fault.WITHDREW
    if person.consented_at is None:
        return Fault.NOT_AGREED
    if person.finished_at is not None:
        return Fault.FINISHED
    return None if person.way == Way.LABELS else Fault.OWN_ONLY


def sharer(share: Share, people: dict[str, Enrollment]) -> Sharer:
    if isinstance(share.who, Invite):
        return Sharer(None, share.who.pk, share.sheets)
    participant = people[share.who].participant
    rater = getattr(participant, "rater", None)  # nobody's before the first sheet
    return Sharer(rater.pk if rater else None, None, share.sheets)
