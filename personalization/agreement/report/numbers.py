"""The answers of a frame as numbers."""

import numpy as np

from personalization.agreement.arrays import FloatArray
from personalization.agreement.frames import Frame, JudgeAnswers
from personalization.agreement.scales.numbers import Numbers, judge_numbers


def option_scores(frame: Frame) -> FloatArray:
    """Return the options' numbers: their scores, or 0, 1, 2, ... where an ordinal question has none."""
    return np.arange(frame.n_values, dtype=np.float64) if frame.scores is None else frame.scores


def numbers_of_judge(frame: Frame, judge: JudgeAnswers) -> Numbers:
    """Return the judge's score of each item where it has one, else its value's score."""
    return judge_numbers(judge.value, option_scores(frame), judge.score)
