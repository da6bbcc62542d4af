"""Does naming an attribute raise its rating, for people and for judges?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personalization.agreement.arms.ratings import Ratings
from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed

# Rank correlations of fewer models say nothing at all.
LEAST_MODELS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model as generator and as judge.

    named: (N,) whether each (response, attribute) of its own names the attribute, owner: (N,);
    rated: its ratings as a judge, of anybody's responses; rated_named: whether those named it.
    """

    named: BoolArray
    owner: IntArray
    rated: Ratings
    rated_named: BoolArray


def mention_rate(
    named: BoolArray, owner: IntArray | None = None, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return the share of (response, attribute) in which the response names the attribute (RH).

    named, owner: (N,). Bootstrap by owner. Undefined: nothing was flagged (`no_overlap`).

    >>> mention_rate(np.array([True, False, False, False]), draws=0).value
    0.25
    """
    return of_sums(
        lambda sums: over(sums, 0, 1)[:, None],
        np.column_stack([named, np.ones(len(named))]).astype(np.float64),
        owner,
        [Sample(len(named), len(named))],
        [Reason.NO_OVERLAP],
        seed=stable_seed(seed, "mention rate"),
        draws=draws,
    )[0]


def mention_effect(
    ratings: Ratings, named: BoolArray, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return mean(rating | named) - mean(rating | not named), of one kind of rater (RH, gap_m).

    named: (N,), of each rating whether the response names the attribute that was rated. Bootstrap by
    owner ("user"); draws in which all or none are named are left out and counted. Undefined: no
    ratings (`no_overlap`); all are of named ones, or all of others (`no_variation`).

    >>> from personalization.agreement.arms.ratings import ratings_of
    >>> named = np.array([True, True, True, False, False])
    >>> round(mention_effect(ratings_of([4.0, 4, 3, 3, 3]), named, draws=0).value, 3)
    0.667
    """
    missing = Reason.NO_VARIATION if len(named) else Reason.NO_OVERLAP
    return of_sums(
        lambda sums: _effect(sums)[:, None],
        _terms(ratings.rating, named),
        ratings.owner,
        [ratings.sample],
        [missing],
        seed=stable_seed(seed, "mention effect"),
        draws=draws,
    )[0]


def mention_ranks(models: Sequence[Model], *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Spearman's correlation over models of mention rate and mention effect (RH).

    Do models that name attributes as generators reward naming them as judges? Pearson on mid-ranks
    of (mention rate of its own responses, mention effect of its own ratings). n_items: models.
    Bootstrap by owner, all models in each draw. Undefined: fewer than 3 models
    (`too_few_raters`); the rates or the effects of all models are equal, or one model has none
    (`no_variation`).

    >>> from personalization.agreement.arms.ratings import ratings_of
    >>> half, whose = np.array([True, True, False, False]), np.full(4, -1)
    >>> def model(named, high):
    ...     return Model(np.array(named), whose, ratings_of([high, high, 3.0, 3.0]), half)
    >>> mention_ranks([model([0, 0, 0, 1], 3.0), model([0, 0, 1, 1], 4.0), model([1, 1, 1, 1], 5.0)],
    ...     draws=0).value
    1.0
    """
    answers = sum(len(one.rated.rating) for one in models)
    sample = Sample(len(models), answers, len(models))
    columns = 6 * len(models)
    terms: list[FloatArray] = [np.zeros((0, columns))]
    owners: list[IntArray] = [np.zeros(0, np.int64)]
    for place, one in enumerate(models):
        named = np.column_stack([one.named, np.ones(len(one.named))]).astype(np.float64)
        rated = _terms(one.rated.rating, one.rated_named)
        for first, rows, owner in ((0, named, one.owner), (2, rated, one.rated.owner)):
            at = np.zeros((len(rows), columns))
            at[:, 6 * place + first : 6 * place + first + rows.shape[1]] = rows
            terms.append(at)
            owners.append(owner)
    few = len(models) < LEAST_MODELS
    return of_sums(
        lambda sums: _spearman(sums, few)[:, None],
        np.concatenate(terms),
        np.concatenate(owners),
        [sample],
        [Reason.TOO_FEW_RATERS if few else Reason.NO_VARIATION],
        seed=stable_seed(seed, "mention ranks"),
        draws=draws,
    )[0]


def _terms(rating: FloatArray, named: BoolArray) -> FloatArray:
    terms = [rating * named, named, rating * ~named, ~named]
    return np.stack(terms, axis=1).astype(np.float64)


def _effect(sums: FloatArray) -> FloatArray:
    effect: FloatArray = over(sums, 0, 1) - over(sums, 2, 3)
    return effect


def _spearman(sums: FloatArray, few: bool) -> FloatArray:
    by_model = sums.reshape(len(sums), -1, 6)
    if few:
        return np.full(len(sums), np.nan)
    models = range(by_model.shape[1])
    rate = np.stack([over(by_model[:, one], 0, 1) for one in models], axis=1)
    effect = np.stack([_effect(by_model[:, one, 2:]) for one in models], axis=1)
    x, y = (_centred_ranks(column) for column in (rate, effect))
    below = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    found = np.full(len(sums), np.nan)
    # Not a number in a rank makes the root one too, and the comparison false.
    np.divide((x * y).sum(axis=1), below, out=found, where=below > 0)
    return found


def _centred_ranks(column: FloatArray) -> FloatArray:
    """Return twice the mid-ranks from the middle of each row (B, M); nan where one is missing."""
    higher = np.sign(np.round(column[:, :, None] - column[:, None, :], 12))
    ranks: FloatArray = higher.sum(axis=2)
    return ranks
