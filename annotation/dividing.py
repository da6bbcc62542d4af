"""Divide free places among those who share them: how many each gets, and from which kind of sheets.

Sheets that are alike to everybody who shares are one group, so that a million sheets are a few
numbers here. Within a group the places stand in rounds, first one place of each sheet, then a second
one; whoever gets places gets those that follow each other, and so never two of one sheet.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Group:
    """Sheets that are alike: how many, with how many free places each, and for whom they are not."""

    sheets: int
    places: int
    closed: frozenset[int] = frozenset()
    # Who asked for just these sheets, and gets one place at each.
    asked: frozenset[int] = frozenset()

    @property
    def free(self) -> int:
        """Return how many places these sheets have free."""
        return self.sheets * self.places


def parts(total: int, percents: Sequence[Decimal]) -> list[int]:
    """Return whole numbers of the total for each percentage, by largest remainders.

    >>> parts(14, [Decimal(50), Decimal(30), Decimal(20)])
    [7, 4, 3]
    >>> parts(10, [Decimal(33), Decimal(33), Decimal(34)])
    [3, 3, 4]
    >>> parts(7, [Decimal(10)])
    [0]
    """
    exact = [total * Fraction(one) / HUNDRED for one in percents]
    whole = [int(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])
    for at in by_remainder[: int(sum(exact)) - sum(whole)]:
        whole[at] += 1
    return whole


@dataclass(slots=True)
class Division:
    """Who gets how many places of which group: the flow of a small network, always the greatest.

    `several` says of each who shares whether more than one place at a sheet may be theirs: many
    people are behind an invite, and a person is one.
    """

    groups: Sequence[Group]
    several: Sequence[bool]
    given: list[list[int]] = field(default_factory=list)
    used: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give first what was asked for by name: that is never moved."""
        self.used = [0] * len(self.groups)
        self.given = [[0] * len(self.groups) for _one in self.several]
        for at, group in enumerate(self.groups):
            for who in sorted(group.asked - group.closed):
                if self.used[at] + group.sheets <= group.free:
                    self._add(who, at, group.sheets)

    def got(self, who: int) -> int:
        """Return how many places somebody has so far."""
        return sum(self.given[who])

    def most(self, who: int) -> int:
        """Return how many places somebody could have if nobody else got any."""
        return sum(self._most(who, at) for at in range(len(self.groups)))

    def fill(self, demands: Sequence[int]) -> list[int]:
        """Give everybody as much of what they want as there is; return how much each has.

        Nobody gets a second place at a sheet that another has a place at while there is another way.
        """
        for deep in range(1, max((one.places for one in self.groups), default=0) + 1):
            for who, wanted in enumerate(demands):
                self._push(who, wanted - self.got(who), deep)
        return [self.got(who) for who in range(len(demands))]

    def _push(self, who: int, wanted: int, deep: int) -> None:
        """Give up to so many more places, from all groups alike as far as that goes."""
        direct = [self._direct(who, at, deep) for at in range(len(self.groups))]
        total = sum(direct)
        if wanted > 0 and total:
            share = [min(wanted, total) * one // total for one in direct]
            rest = min(wanted, total) - sum(share)
            for at, most in enumerate(direct):
                more = min(rest, most - share[at])
                rest -= more
                self._add(who, at, share[at] + more)
            wanted -= min(wanted, total)
        while wanted > 0 and (moved := self._augment(who, wanted, deep)):
            wanted -= moved

    def _augment(self, who: int, wanted: int, deep: int) -> int:
        """Make room by moving others to other groups; return how many places that gave."""
        came: dict[int, tuple[int, int]] = {}  # group -> who stepped in, from which group before
        seen, queue = {who}, deque([(who, -1)])
        while queue:
            one, before = queue.popleft()
            for at in range(len(self.groups)):
                if at in came or self._most(one, at) <= self.given[one][at]:
                    continue
                came[at] = (one, before)
                if self._room(at, deep) > 0:
                    return self._move(at, came, wanted, deep)
                for other in range(len(self.several)):
                    if other not in seen and self._movable(other, at):
                        seen.add(other)
                        queue.append((other, at))
        return 0

    def _move(self, end: int, came: dict[int, tuple[int, int]], wanted: int, deep: int) -> int:
        """Move along the way that leads to a free place."""
        way, at = [], end
        while at >= 0:
            one, before = came[at]
            way.append((one, at, before))
            at = before
        many = min(wanted, self._room(end, deep))
        for one, at, before in way:
            many = min(many, self._most(one, at) - self.given[one][at])
            if before >= 0:
                many = min(many, self.given[one][before])
        for one, at, before in way:
            self._add(one, at, many)
            if before >= 0:
                self._add(one, before, -many)
        return many

    def _most(self, who: int, at: int) -> int:
        group = self.groups[at]
        if who in group.closed:
            return 0
        return group.free if self.several[who] else group.sheets

    def _room(self, at: int, deep: int) -> int:
        group = self.groups[at]
        return min(deep, group.places) * group.sheets - self.used[at]

    def _direct(self, who: int, at: int, deep: int) -> int:
        return max(0, min(self._most(who, at) - self.given[who][at], self._room(at, deep)))

    def _movable(self, who: int, at: int) -> bool:
        return self.given[who][at] > 0 and who not in self.groups[at].asked

    def _add(self, who: int, at: int, many: int) -> None:
        self.given[who][at] += many
        self.used[at] += many


def evenly(
    groups: Sequence[Group], several: Sequence[bool], demands: Sequence[int], rest: Sequence[int]
) -> list[int]:
    """Return the demands with those of `rest` set: what is left, as evenly as the sheets allow.

    Whoever cannot have as much as the others has what is possible, and the others share what is left.
    """
    found = [0 if who in rest else wanted for who, wanted in enumerate(demands)]

    def fits(wanted: Sequence[int]) -> bool:
        return Division(groups, several).fill(wanted) == list(wanted)

    left = sum(one.free for one in groups) - sum(found)
    if not rest or left <= 0 or not fits(found):
        return found
    each, more = divmod(left, len(rest))
    even = list(found)
    for turn, who in enumerate(rest):
        even[who] = each + (turn < more)
    if fits(even):
        return even
    active = list(rest)
    while active:
        low, high = min(found[who] for who in active), left
        while low < high:  # the highest level that all can have
            middle = (low + high + 1) // 2
            tried = [max(middle, n) if who in active else n for who, n in enumerate(found)]
            low, high = (middle, high) if fits(tried) else (low, middle - 1)
        found = [max(low, n) if who in active else n for who, n in enumerate(found)]
        still = []
        for who in active:
            if fits(tried := [n + (at == who) for at, n in enumerate(found)]):
                found = tried
                still.append(who)
        active = still
    return found
