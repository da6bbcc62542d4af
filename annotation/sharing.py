"""Share the free places of a stage: named people, or who came by one invite, get a number or a part.

No place is made and none is taken away here, so the quota stays what it is. What is not shared goes
to everybody, as always; and what was shared goes back to everybody when it is given back.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from annotation import free_places
from annotation.dividing import HUNDRED, Division, evenly, parts
from annotation.free_places import Kind, Sharer
from annotation.models import Enrollment, Invite, Study
from annotation.shares import Fault, Preview, Problem, Share, faults, people_of, sharer
from annotation.sheets import rater_of

TRIES = 3
SEED_BITS = 31


class ChangedError(Exception):
    """So many of the places that a preview promised are not to be had any more."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} places were taken meanwhile")
        self.missing = missing


class _TakenError(ChangedError):
    """Somebody took places in the moment between looking and giving: others may do as well."""


def preview(study: Study, stage: str, shares: Sequence[Share]) -> Preview:
    """Return who would get how many places, and what stands in the way."""
    return _divide(study, stage, shares, people_of(study, shares)).preview


def assign(study: Study, stage: str, shares: Sequence[Share], seen: Sequence[int]) -> int:
    """Give the places away as a preview has shown it, all or none; return how many.

    `seen` are the numbers of that preview. Which places it will be is drawn anew.
    """
    for _try in range(TRIES - 1):
        with suppress(_TakenError), transaction.atomic():
            return _give(study, stage, shares, seen)
    with transaction.atomic():
        return _give(study, stage, shares, seen)


@dataclass(frozen=True, slots=True)
class _Divided:
    """A preview, and what it takes to make it true."""

    preview: Preview
    who: list[Sharer]
    kinds: list[Kind]
    division: Division


def _give(study: Study, stage: str, shares: Sequence[Share], seen: Sequence[int]) -> int:
    people = people_of(study, shares, lock=True)
    for person in people.values():
        # Somebody's first sheet may have made the rater while this waited for the person.
        person.participant.rater = rater_of(person)
    promised = [
        one if one.sheets else Share(one.who, count=many)
        for one, many in zip(shares, seen, strict=True)
    ]
    now = _divide(study, stage, promised, people)
    if now.preview.problems or now.preview.gets != tuple(seen):
        raise ChangedError(_missing(seen, now.preview.gets))
    seed = secrets.randbits(SEED_BITS)
    given = free_places.give(study, stage, now.who, now.kinds, now.division, seed)
    if given != list(seen):
        raise _TakenError(_missing(seen, given))
    return sum(seen)


def _missing(seen: Sequence[int], there: Sequence[int]) -> int:
    return sum(max(0, one - now) for one, now in zip(seen, there, strict=True))


def _divide(
    study: Study, stage: str, shares: Sequence[Share], people: dict[str, Enrollment]
) -> _Divided:
    """Divide the free places as far as they go, and say what is wrong with what was asked for."""
    problems = faults(study, shares, people)
    wrong = {one.at for one in problems}
    right = [at not in wrong for at in range(len(shares))]
    who = [
        sharer(one, people) if fine else Sharer(None)
        for one, fine in zip(shares, right, strict=True)
    ]
    found = free_places.count(study, stage, who)
    kinds, groups = list(found), list(found.values())
    several = [isinstance(one.who, Invite) for one in shares]
    division = Division(groups, several)
    free = sum(one.free for one in groups)
    wanted, over = _wanted(shares, right, free)
    if over:
        problems.append(Problem(None, Fault.PERCENT))
    rest = [at for at, one in enumerate(shares) if right[at] and _is_rest(one)]
    most = [division.most(at) for at in range(len(shares))]
    possible = [
        division.got(at) if one.sheets else min(wanted[at], most[at])
        for at, one in enumerate(shares)
    ]
    gets = division.fill(evenly(groups, several, possible, rest))
    for at, one in enumerate(shares):
        if gets[at] < wanted[at]:
            problems.append(_short(study, stage, at, one, who[at], gets[at], most[at] < wanted[at]))
    left_out = [sum(one.sheets for one in groups if at in one.closed) for at in range(len(shares))]
    sheets = sum(one.sheets for one in groups)
    shown = Preview(free, sheets, tuple(gets), tuple(left_out), tuple(problems))
    return _Divided(shown, who, kinds, division)


def _wanted(shares: Sequence[Share], right: Sequence[bool], free: int) -> tuple[list[int], bool]:
    """Return how many places each wants (the rest: none yet), and whether percents are over 100."""
    percents = [
        share.percent or Decimal(0) if fine else Decimal(0)
        for share, fine in zip(shares, right, strict=True)
    ]
    over = sum(percents) > HUNDRED
    of_parts = [0] * len(shares) if over else parts(free, percents)
    wanted = []
    for share, fine, part in zip(shares, right, of_parts, strict=True):
        named = len(set(share.sheets)) or share.count
        wanted.append(0 if not fine else part if named is None else named)
    return wanted, over


def _is_rest(share: Share) -> bool:
    return share.count is None and share.percent is None and not share.sheets


def _short(
    study: Study, stage: str, at: int, share: Share, who: Sharer, possible: int, alone: bool
) -> Problem:
    """Say why somebody cannot have so many: even alone, or beside the others."""
    if share.sheets:
        there = free_places.sheets_for(study, stage, who)
        return Problem(at, Fault.SHEETS, possible, tuple(sorted(set(share.sheets) - there)))
    one_each = alone and not isinstance(share.who, Invite)
    return Problem(at, Fault.ONE_EACH if one_each else Fault.TOO_MANY, possible)
