"""The answers that a judge may give, and what they mean when the two candidates are swapped; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["ab", "ba", "none"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question: its code, what it is called, which candidate it chooses."""

    code: int
    key: str
    label: str
    audience: str = "all"
    candidate: str | None = None  # a or b
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """All options of a question in their order; `ordered` where they lie on a scale."""

    choices: tuple[Choice, ...]
    ordered: bool
    pairs: bool  # the question compares two candidates

    @property
    def offered(self) -> tuple[Choice, ...]:
        """Return the options that judges are offered: a form for people may hold more."""
        return tuple(one for one in self.choices if one.audience != "people")

    def offered_for(self, tie: bool) -> tuple[Choice, ...]:
        """Return the options that a judge is offered; without ties, it has to choose on a pair.

        On a scale the point in the middle is left out, elsewhere all that choose no candidate.

        >>> five = Scale(tuple(Choice(code, str(code), "") for code in range(5)), True, True)
        >>> [one.code for one in five.offered_for(tie=False)]
        [0, 1, 3, 4]
        """
        offered = self.offered
        if tie or not self.pairs:
            return offered
        if not self.ordered:
            return tuple(one for one in offered if one.candidate) or offered
        middle = len(offered) // 2 if len(offered) % 2 else None
        return tuple(one for place, one in enumerate(offered) if place != middle)

    def score(self, code: int) -> float:
        """Return the position of an option on the scale."""
        score = next(one.score for one in self.choices if one.code == code)
        return float(code) if score is None else score

    def seen_as(self, code: int, side: Side) -> int:
        """Return the canonical code of what was chosen, or the other way round.

        In the order `ba`, what the judge saw as A is candidate b: a scale is turned round, and of
        options that choose a candidate the other one is meant.

        >>> three = Scale(tuple(Choice(code, str(code), "") for code in range(3)), True, True)
        >>> three.seen_as(0, "ba"), three.seen_as(1, "ba"), three.seen_as(0, "ab")
        (2, 1, 0)
        """
        if side != "ba" or not self.pairs:
            return code
        if self.ordered:
            # An option for people alone, such as "I can't say", is no point of the judges' scale.
            codes = [one.code for one in self.offered]
            codes = codes if code in codes else [one.code for one in self.choices]
            return codes[len(codes) - 1 - codes.index(code)]
        chosen = next(one for one in self.choices if one.code == code)
        others = (one.code for one in self.choices if chosen.candidate and one.candidate)
        return next((other for other in others if other != code), code)

    def spread(self, shares: Mapping[int, float], side: Side) -> tuple[float, ...]:
        """Return shares of what was seen, by code, as shares of what was meant: one per option.

        >>> three = Scale(tuple(Choice(code, str(code), "") for code in range(3)), True, True)
        >>> three.spread({0: 0.75, 1: 0.25}, "ba")
        (0.0, 0.25, 0.75)
        """
        meant = {self.seen_as(code, side): share for code, share in shares.items()}
        return tuple(meant.get(one.code, 0.0) for one in self.choices)


def swapped_fields(names: Sequence[str]) -> dict[str, str] | None:
    """Return which field of a record holds what, when its two candidates change places.

    Candidates are fields whose names differ in one mark alone, such as response_a and response_b.
    None where there are none: then the record has one order only.

    >>> swapped_fields(["instruction", "output_1", "output_2"])
    {'output_1': 'output_2', 'output_2': 'output_1'}
    >>> swapped_fields(["text", "answer"]) is None
    True
    """
    known = set(names)
    found: dict[str, str] = {}
    for name in names:
        for first, second in MARKS:
            for other in _replaced(name, first, second):
                if other in known and other != name:
                    found |= {name: other, other: name}
    return found or None


MARKS = (("a", "b"), ("A", "B"), ("1", "2"), ("first", "second"), ("left", "right"))


def _replaced(name: str, first: str, second: str) -> list[str]:
    """Return the names in which `second` stands where `name` has `first` as a word of its own."""
    found = []
    at = name.find(first)
    while at >= 0:
        end = at + len(first)
        before, after = name[:at], name[end:]
        alone = not (before and before[-1].isalpha() and first.isalpha()) and not (
            after and after[0].isalnum()
        )
        if alone:
            found.append(before + second + after)
        at = name.find(first, end)
    return found
