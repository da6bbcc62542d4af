"""Judges who answer together: what several answers to an item come to; pure, no Django."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, get_args

from personalization.judge.choices import Scale
from personalization.judge.settlement import EQUAL, INCONSISTENT, UNPARSED, expected, most_probable

Aggregate = Literal["majority", "mean"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
FEWEST, MOST = 2, 12
# Where members' distributions come from several sources, the panel's is called the weakest of them.
WEAKEST_FIRST = ("verbalized", "samples", "logprobs", "counts")


@dataclass(frozen=True, slots=True)
class Vote:
    """What one member has answered: its settled judgment."""

    value: int | None
    reason: str | None = None
    score: float | None = None
    certainty: int | None = None
    distribution: tuple[float, ...] | None = None
    source: str | None = None


def together(votes: Sequence[Vote], aggregate: Aggregate, scale: Scale) -> Vote:
    """Return what all members of a panel say together."""
    return majority(votes, scale) if aggregate == "majority" else mean(votes, scale)


def majority(votes: Sequence[Vote], scale: Scale) -> Vote:
    """Return what more than half of all members say; a member without a value says nothing.

    Otherwise there is no value: `inconsistent` where members differ, or, where enough of them lack
    a value that these could have decided, why they lack it (one reason, else `unparsed`). Certainty
    is the mean over those who say it, where each of them states one (protocols, PJ).

    >>> from personalization.judge.choices import Choice
    >>> two = Scale((Choice(0, "a", "A"), Choice(1, "b", "B")), ordered=False, pairs=True)
    >>> majority([Vote(0), Vote(0), Vote(1)], two).value, majority([Vote(0), Vote(1)], two).reason
    (0, 'inconsistent')
    >>> majority([Vote(0), Vote(None, "refused")], two).reason
    'refused'
    """
    counts = Counter(one.value for one in votes if one.value is not None)
    value, most = max(counts.items(), key=lambda one: one[1], default=(None, 0))
    if value is None or 2 * most <= len(votes):
        missing = len(votes) - counts.total()
        undecided = 2 * (most + missing) > len(votes)
        return Vote(None, _why(votes) if missing and undecided else INCONSISTENT)
    stated = [one.certainty for one in votes if one.value == value]
    given = [one for one in stated if one is not None]
    certain = round(fmean(given)) if len(given) == len(stated) else None
    return Vote(value, score=scale.score(value) if scale.ordered else None, certainty=certain)


def mean(votes: Sequence[Vote], scale: Scale) -> Vote:
    """Return the mean of the members' distributions, or of their scores; all of them must have one.

    Distributions: the value is the option with the largest mean share; of two that are equal there
    is none (`inconsistent`). Scores: the value is an option only where the mean is exactly its
    score, else null `inconsistent`, and the score is kept.

    >>> from personalization.judge.choices import Choice
    >>> five = Scale(tuple(Choice(code, str(code + 1), "", score=code + 1.0) for code in range(5)),
    ...     ordered=True, pairs=False)
    >>> mean([Vote(3, score=4), Vote(4, score=5)], five)
    Vote(value=None, reason='inconsistent', score=4.5, certainty=None, distribution=None, source=None)
    >>> mean([Vote(0, score=1), Vote(2, score=3)], five).value
    1
    """
    rows = [one.distribution for one in votes if one.distribution is not None]
    if len(rows) == len(votes):
        return _of_distributions(votes, rows, scale)
    scores = [one.score for one in votes if one.score is not None]
    if not scale.ordered or len(scores) < len(votes):
        return Vote(None, _why([one for one in votes if one.value is None]))
    score = fmean(scores)
    near = [one.code for one in scale.choices if abs(scale.score(one.code) - score) <= EQUAL]
    return Vote(near[0], score=score) if near else Vote(None, INCONSISTENT, score)


def _of_distributions(
    votes: Sequence[Vote], rows: Sequence[tuple[float, ...]], scale: Scale
) -> Vote:
    shares = tuple(fmean(column) for column in zip(*rows, strict=True))
    value = most_probable(shares, scale)
    sources = {one.source for one in votes}
    return Vote(
        value,
        None if value is not None else INCONSISTENT,
        expected(shares, scale) if scale.ordered else None,
        distribution=shares,
        source=next((one for one in WEAKEST_FIRST if one in sources), None),
    )


def _why(votes: Sequence[Vote]) -> str:
    """Return why members have no value: their one reason, else `unparsed`."""
    reasons = {one.reason for one in votes if one.value is None and one.reason}
    return reasons.pop() if len(reasons) == 1 else UNPARSED


def named(names: Sequence[str], aggregate: Aggregate) -> str:
    """Return what a panel is called.

    >>> named(["big", "small"], "majority")
    'panel of 2 judges, majority: big + small'
    """
    return f"panel of {len(names)} judges, {aggregate}: {' + '.join(names)}"
