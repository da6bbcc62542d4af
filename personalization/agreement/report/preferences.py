"""Answers about two candidates as first, second or tie, whatever the question's options are."""

from dataclasses import dataclass, replace

import numpy as np

from annotation.models.question import Kind
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.frames import Frame, JudgeAnswers
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.judges.votes import credit_of_orders, credit_of_value
from personalization.agreement.report.numbers import option_scores

FIRST, SECOND, TIE = range(3)
CANDIDATES = (FIRST, SECOND)
# Their scales run from "the first is much better" to "the second is much better".
SCALES = (Kind.GAIN, Kind.OVERALL)
# They ask who wrote a text, not which one is better.
NO_PREFERENCE = (Kind.RECOGNITION, Kind.RECOGNITION_SINGLE)


@dataclass(frozen=True, slots=True, eq=False)
class Ballot:
    """What each option of a question means for the pair: FIRST, SECOND or TIE, (V,).

    middle: the score between the candidates where the options are a scale, else nan; low, high:
    what a score below and above it means.
    """

    sides: IntArray
    middle: float = np.nan
    low: int = FIRST
    high: int = SECOND

    def histogram(self, hist: IntArray) -> IntArray:
        """Return how many ratings prefer the first, prefer the second, and neither, (N, 3)."""
        counts: IntArray = hist @ np.eye(3, dtype=hist.dtype)[self.sides]
        return counts

    def values(self, value: IntArray) -> IntArray:
        """Return FIRST, SECOND or TIE for each value; INVALID and NOT_ASKED stay."""
        return np.where(value < 0, value, self.sides[np.maximum(value, 0)])

    def scores(self, score: FloatArray) -> IntArray:
        """Return the same for points of the scale, also between two options; nan is INVALID."""
        side = np.where(
            score < self.middle, self.low, np.where(score > self.middle, self.high, TIE)
        )
        return np.where(np.isnan(score), INVALID, side)


def ballot_of(frame: Frame) -> Ballot | None:
    """Return how to read the question's options as preferences; None where they are none.

    Where it asks which one is worse, naming a candidate prefers the other.
    """
    first, second = (SECOND, FIRST) if frame.question.worse else (FIRST, SECOND)
    if frame.question.kind in NO_PREFERENCE:
        return None
    if frame.candidates is not None:
        sides = np.full(frame.n_values, TIE)
        sides[list(frame.candidates)] = first, second
        return Ballot(sides)
    if frame.question.kind not in SCALES:
        return None
    points = option_scores(frame)
    scale = Ballot(np.zeros(0, np.int64), float(points.min() + points.max()) / 2, first, second)
    return replace(scale, sides=scale.scores(points))


def judge_sides(ballot: Ballot, judge: JudgeAnswers) -> IntArray:
    """Return the judge's settled preference per item, (N,); two orders that differ are none.

    On a scale the mean of both orders decides. Systems and their strengths are ranked by this: what
    is inconsistent is an outcome of its own, not a tie (agreement.md 4.12).
    """
    if np.isnan(ballot.middle) or judge.score is None:
        return ballot.values(judge.value)
    by_score = ballot.scores(judge.score)
    settled = np.where(by_score == INVALID, ballot.values(judge.value), by_score)
    return np.where(judge.value == NOT_ASKED, NOT_ASKED, settled)


def judge_credit(ballot: Ballot, judge: JudgeAnswers) -> FloatArray:
    """Return the judge's credit for the first candidate, (N,): both orders averaged where it has both.

    For self-preference alone (agreement.md 4.13), where what is chosen for its position has to cancel.
    """
    credit = credit_of_value(judge_sides(ballot, judge), CANDIDATES)
    if judge.orders is not None:
        ab, ba = ballot.values(judge.orders.ab), ballot.values(judge.orders.ba)
        credit[judge.orders.item] = credit_of_orders(ab, ba, CANDIDATES)
    return credit
