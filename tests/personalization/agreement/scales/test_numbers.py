import numpy as np

from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.scales.numbers import human_means, judge_numbers, numbers_of

POINTS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


def test_means_of_the_same_ratings_are_one_level() -> None:
    """Steps of a tenth do not add up exactly: 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1."""
    scores = np.array([0.1, 0.2, 0.3, 0.4])
    # 2 x .1 + .4, 3 x .2, .1 + .2 + .3: all have the mean .2, as have .1 and .3
    hist = np.array([[2, 0, 0, 1], [0, 3, 0, 0], [1, 1, 1, 0], [1, 0, 1, 0]])
    assert len(np.unique(hist @ scores / hist.sum(axis=1))) > 1
    means = human_means(hist, scores)
    assert means.code.tolist() == [0, 0, 0, 0]
    assert np.allclose(means.levels, 0.2)


def test_close_numbers_stay_two_numbers() -> None:
    assert numbers_of(np.array([1000.0, 1000.0 + 1e-8])).code.tolist() == [0, 1]


def test_equal_scores_of_two_options_are_one_number() -> None:
    judged = judge_numbers(np.array([0, 1, 2]), np.array([1.0, 1.0, 3.0]))
    assert (judged.levels.tolist(), judged.code.tolist()) == ([1, 3], [0, 0, 1])


def test_the_score_counts_before_the_value() -> None:
    """Orders 4 and 5: score 4.5 and no value; a value alone counts as its score."""
    value = np.array([INVALID, 4, 3, INVALID, NOT_ASKED])
    score = np.array([4.5, np.nan, 3.5, np.nan, np.nan])
    judged = judge_numbers(value, POINTS, score)
    assert judged.code.tolist()[3:] == [INVALID, NOT_ASKED]
    assert judged.values[:3].tolist() == [4.5, 5.0, 3.5]
    assert np.isnan(judged.values[3:]).all()


def test_without_an_answer() -> None:
    nothing = judge_numbers(np.array([INVALID, NOT_ASKED]), POINTS, np.array([np.nan, np.nan]))
    assert nothing.code.tolist() == [INVALID, NOT_ASKED]
    assert np.isnan(nothing.values).all()
    assert human_means(np.zeros((2, 5), int), POINTS).code.tolist() == [NOT_ASKED, NOT_ASKED]
