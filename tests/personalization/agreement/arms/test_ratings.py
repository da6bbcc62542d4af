"""Gap, share <= 3, inflation, mention effect and length control."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import spearmanr

from personalization.agreement.arms.difference import difference
from personalization.agreement.arms.length import length_controlled, length_ratio
from personalization.agreement.arms.mention import (
    Model,
    mention_effect,
    mention_ranks,
    mention_rate,
)
from personalization.agreement.arms.ratings import (
    Ratings,
    gap,
    inflation,
    ratings_of,
    terms_of,
    unblinded,
)
from personalization.agreement.estimate import Reason

PEOPLE = ratings_of([2.0, 3, 3, 4, 5])
NAMED = np.array([True, True, True, False, False])


def by_users(n_users: int, each: int, seed: int = 1) -> Ratings:
    """Return ratings of people who differ: each has a mean of their own."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(n_users), each)
    rating = np.clip(
        np.round(3 + rng.normal(0, 1, n_users)[owner] + rng.normal(0, 0.5, len(owner))), 1, 5
    )
    return Ratings(rating, np.arange(len(owner)), owner, owner)


def test_gap_and_share_not_better() -> None:
    """Row 30: ratings 2, 3, 3, 4, 5 -> +.4, .6."""
    found = gap(PEOPLE, draws=0)
    assert found.gap.value == pytest.approx(0.4)
    assert found.not_better.value == pytest.approx(0.6)
    assert (found.gap.n_items, found.gap.n_ratings) == (5, 5)


def test_inflation() -> None:
    """Row 30: a judge with mean 4.4 on the same items -> +1.0."""
    judge = ratings_of([4.0, 4, 5, 4, 5])
    assert judge.rating.mean() == 4.4
    assert inflation(judge, PEOPLE, draws=0).value == pytest.approx(1.0)


def test_inflation_is_of_the_same_items() -> None:
    """What only one side rated, and how many people rated an item, moves nothing."""
    people = Ratings(np.array([2.0, 4, 5, 1]), np.array([0, 0, 1, 7]), np.full(4, -1), np.arange(4))
    judge = Ratings(np.array([4.0, 5, 5]), np.array([0, 1, 8]), np.full(3, -1), np.zeros(3, int))
    found = inflation(judge, people, draws=0)
    assert found.value == pytest.approx(((4 - 3) + (5 - 5)) / 2)
    assert (found.n_items, found.n_ratings) == (2, 3)
    assert inflation(judge, people.only(people.item == 7)).reason == Reason.NO_OVERLAP


def test_a_rating_is_toward_the_personalized_response() -> None:
    """Row 19: raw 5 with the personalized one first -> 1; the middle stays the middle."""
    score, b = np.array([5.0, 5, 3, 2]), np.array([True, False, False, False])
    assert unblinded(score, b).tolist() == [5, 1, 3, 4]


def test_no_ratings_are_undefined() -> None:
    found = gap(ratings_of([]))
    assert found.gap.reason == found.not_better.reason == Reason.NO_OVERLAP


def test_the_gap_of_two_arms_is_paired_by_person() -> None:
    """Half a point more for each person: the difference is .5 without any width."""
    one, whole = by_users(15, 6), by_users(15, 6)
    more = replace(one, rating=one.rating + 0.5, item=one.item + 1000)
    found = difference(terms_of(more), terms_of(whole))
    assert [found.value, found.low, found.high] == [pytest.approx(0.5)] * 3
    alone = gap(whole).gap
    assert alone.low is not None
    assert alone.high is not None
    assert alone.high - alone.low > 0.5


def test_mention_effect() -> None:
    """Row 31: named 4, 4, 3, not named 3, 3 -> +.667."""
    found = mention_effect(ratings_of([4.0, 4, 3, 3, 3]), NAMED, draws=0)
    assert found.value == pytest.approx(2 / 3)
    assert found.n_ratings == 5


def test_mention_effect_has_an_interval_by_user() -> None:
    """Row 31: people are drawn, not answers, so the interval is the wider one."""
    ratings = by_users(20, 30)
    named = ratings.owner % 2 == 0  # a person's responses name everything, or nothing
    by_user = mention_effect(ratings, named)
    by_answer = mention_effect(replace(ratings, owner=np.full(600, -1)), named)
    assert by_user.method == "owner bootstrap, B=1000"
    assert by_user.value == by_answer.value
    assert None not in (by_user.low, by_user.high, by_answer.low, by_answer.high)
    assert by_user.high - by_user.low > 2 * (by_answer.high - by_answer.low)  # type: ignore[operator]


def test_mention_effect_needs_both_kinds() -> None:
    every = np.ones(5, bool)
    assert mention_effect(PEOPLE, every).reason == Reason.NO_VARIATION
    assert mention_effect(ratings_of([]), every[:0]).reason == Reason.NO_OVERLAP


def test_mention_rate() -> None:
    assert mention_rate(NAMED, draws=0).value == 0.6
    assert mention_rate(NAMED[:0], draws=0).reason == Reason.NO_OVERLAP


def model(rate: float, effect: float, owners: int = 1) -> Model:
    """Return a model that names `rate` of 20 attributes and rates what is named `effect` higher."""
    half = np.tile([True, False], 10)
    owner = np.arange(20) % owners
    rated = Ratings(3 + effect * half, np.arange(20), owner, np.zeros(20, int))
    return Model(np.arange(20) < 20 * rate, owner, rated, half)


def test_mention_ranks_are_spearmans() -> None:
    """As scipy computes it, ties included; n is the number of models."""
    rates, effects = [0.2, 0.5, 0.5, 0.9, 0.1], [0.1, 0.0, 0.6, 0.4, -0.3]
    models = [model(*one) for one in zip(rates, effects, strict=True)]
    found = mention_ranks(models, draws=0)
    assert found.value == pytest.approx(spearmanr(rates, effects).statistic)
    assert found.n_items == 5


def test_mention_ranks_need_three_models() -> None:
    few = mention_ranks([model(0.2, 0.1), model(0.5, 0.2)])
    assert (few.reason, few.n_items) == (Reason.TOO_FEW_RATERS, 2)
    same = mention_ranks([model(0.5, 0.1), model(0.5, 0.2), model(0.5, 0.3)])
    assert same.reason == Reason.NO_VARIATION
    assert mention_ranks([]).reason == Reason.TOO_FEW_RATERS


def test_length_control_of_exact_data() -> None:
    """Row 32: exact data .2 + .5 ln ratio -> b0 .2, b1 .5, and no error."""
    log = np.log(np.linspace(0.5, 3, 60))
    ratings = replace(ratings_of((3.2 + 0.5 * log).tolist()), owner=np.arange(60) % 12)
    found = length_controlled(ratings, log)
    assert found.adjusted_gap.value == pytest.approx(0.2)
    assert found.slope.value == pytest.approx(0.5)
    assert found.adjusted_gap.low == pytest.approx(0.2)
    assert found.adjusted_gap.high == pytest.approx(0.2)


def test_length_control_is_as_in_statsmodels() -> None:
    """Coefficients and intervals of OLS with errors clustered by owner, to 1e-9."""
    ratings = by_users(14, 7)
    log = np.random.default_rng(2).normal(0.2, 0.4, len(ratings.rating))
    found = length_controlled(ratings, log)
    theirs = sm.OLS(ratings.rating - 3, sm.add_constant(log)).fit(
        cov_type="cluster", cov_kwds={"groups": ratings.owner}, use_t=True
    )
    ours = [found.adjusted_gap, found.slope]
    assert [one.value for one in ours] == pytest.approx(theirs.params)
    ends = [[one.low, one.high] for one in ours]
    assert np.allclose(np.array(ends, float), theirs.conf_int(), atol=1e-9)
    assert found.slope.method == "OLS, errors clustered by owner, G=14"


def test_length_control_without_owners_has_no_interval_of_owners() -> None:
    """Three people are too few; answers about nobody are clusters of their own."""
    log = np.linspace(0, 1, 12)
    ratings = replace(ratings_of([3.0, 4, 5] * 4), owner=np.arange(12) % 3)
    few = length_controlled(ratings, log).slope
    assert (few.low, few.method) == (None, "no clustered errors: 3 of 10 owners")
    alone = length_controlled(replace(ratings, owner=np.full(12, -1)), log).slope
    assert alone.method == "OLS, errors clustered by owner, G=12"


def test_length_control_undefined() -> None:
    """The same ratio everywhere tells nothing of length."""
    assert length_controlled(PEOPLE, np.full(5, 0.3)).slope.reason == Reason.NO_VARIATION
    none = length_controlled(ratings_of([]), np.zeros(0))
    assert none.adjusted_gap.reason == Reason.NO_OVERLAP


def test_length_ratio() -> None:
    """Twice as long and half as long cancel; the mean is of pairs."""
    assert length_ratio(np.log([2.0, 0.5]), draws=0).value == pytest.approx(1)
    found = length_ratio(np.log([1.2] * 24), np.arange(24) % 12)
    assert [found.value, found.low] == [pytest.approx(1.2)] * 2
    assert length_ratio(np.zeros(0)).reason == Reason.NO_OVERLAP


def test_a_reload_moves_nothing() -> None:
    """The same seed, the same interval; shuffled rows, the same number."""
    ratings = by_users(12, 5)
    ends = [(one.low, one.high) for one in (gap(ratings, seed=4).gap for _ in range(2))]
    assert all(one == other for one, other in pairwise(ends))
    order = np.random.default_rng(0).permutation(60)
    assert gap(ratings.only(order), seed=4).gap.value == pytest.approx(gap(ratings).gap.value)
