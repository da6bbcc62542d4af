"""Two versions of a text against each other, line by line and, within a line, word by word; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

Change = Literal["same", "removed", "added"]
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Lines that share less are other lines, and no words are marked in them.
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line, and whether the other version lacks them."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number in the old text, the new one, or both."""

    change: Change
    old: int | None
    new: int | None
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Return the whole line."""
        return "".join(one.text for one in self.pieces)


def difference(old: str, new: str) -> list[Line]:
    """Return all lines of both texts: those of the old one that went before those that came.

    >>> for line in difference("Be fair.\\nAnswer.", "Be very fair.\\nAnswer."):
    ...     print(line.change, line.old, line.new, [one.text for one in line.pieces if one.changed])
    removed 1 None []
    added None 1 [' very']
    same 2 2 []
    """
    before, after = old.splitlines(), new.splitlines()
    found = SequenceMatcher(None, before, after, autojunk=False)
    lines: list[Line] = []
    for what, i1, i2, j1, j2 in found.get_opcodes():
        if what == "equal":
            lines += (
                Line("same", i + 1, j + 1, (Piece(before[i]),))
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
            )
        else:
            lines += _changed(before[i1:i2], after[j1:j2], i1 + 1, j1 + 1)
    return lines


def counts(lines: Sequence[Line]) -> tuple[int, int]:
    """Return how many lines were removed and added."""
    changes = [one.change for one in lines]
    return changes.count("removed"), changes.count("added")


def _changed(before: Sequence[str], after: Sequence[str], old: int, new: int) -> Iterator[Line]:
    pairs = [_words(a, b) for a, b in zip_longest(before, after)]
    for place, (pieces, _new) in enumerate(pairs[: len(before)]):
        yield Line("removed", old + place, None, pieces)
    for place, (_old, pieces) in enumerate(pairs[: len(after)]):
        yield Line("added", None, new + place, pieces)


def _words(a: str | None, b: str | None) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return two lines in pieces; where they have little in common, each in one."""
    if a is None or b is None:
        return (Piece(a or ""),), (Piece(b or ""),)
    left, right = WORDS.findall(a), WORDS.findall(b)
    found = SequenceMatcher(None, left, right, autojunk=False)
    if found.ratio() < ALIKE:
        return (Piece(a),), (Piece(b),)
    old, new = [], []
    for what, i1, i2, j1, j2 in found.get_opcodes():
        old.append(Piece("".join(left[i1:i2]), what != "equal"))
        new.append(Piece("".join(right[j1:j2]), what != "equal"))
    return tuple(one for one in old if one.text), tuple(one for one in new if one.text)
