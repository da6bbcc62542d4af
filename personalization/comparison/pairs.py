"""Personalized responses beside plain ones: which arm wrote them, how long both are."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from annotation.models import Author, Study
from personalization.agreement.arms.ratings import Ratings, unblinded
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.frames import HUMAN_ROLES
from personalization.agreement.frames.coding import places
from personalization.agreement.frames.reading import columns
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.numbers import numbers_of_judge, option_scores
from personalization.comparison.asked import Asked, judges_of
from personalization.comparison.statements import PAIRS, RESPONSES


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The pairs of a study with exactly one personalized response, by their number; (P,) each.

    response: the personalized one, author: who wrote it, owner: whose it is, b: whether it is the
    second of the two; log_ratio: ln(its length / length of the plain one).
    """

    pk: IntArray
    response: IntArray
    author: IntArray
    owner: IntArray
    b: IntArray
    log_ratio: FloatArray
    by_arm: dict[int, IntArray]

    def of_arm(self, arm: int | None) -> IntArray:
        """Return the places of an arm's pairs; of None, all."""
        if arm is None:
            return np.arange(len(self.pk))
        written = self.by_arm.get(arm, np.zeros(0, np.int64))
        places_of: IntArray = np.flatnonzero(np.isin(self.response, written))
        return places_of

    @property
    def models(self) -> dict[str, IntArray]:
        """Return the places of the pairs by the name of the model that wrote the personalized one."""
        names = Author.objects.filter(pk__in=np.unique(self.author).tolist()).values_list(
            "name", "pk"
        )
        # A model that was asked in several ways (sampling) is several authors.
        authors: dict[str, list[int]] = defaultdict(list)
        for name, pk in names:
            authors[name].append(pk)
        return {name: np.flatnonzero(np.isin(self.author, pks)) for name, pks in authors.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Ratings of one panel, un-blinded, and of each the place of its pair and its attribute."""

    ratings: Ratings
    pair: IntArray
    attribute: IntArray

    def of(self, pairs: IntArray) -> "Rated":
        """Return the ratings of these pairs."""
        kept = np.isin(self.pair, pairs)
        return Rated(self.ratings.only(kept), self.pair[kept], self.attribute[kept])


def load(study: Study) -> Pairs:
    """Return the study's pairs, and which responses each arm has written."""
    given = {"study": study.pk}
    pk, response, author, owner, b, long, plain = columns(PAIRS, given, 7)
    arm, written = columns(RESPONSES, given, 2)
    by_arm = {int(one): written[arm == one] for one in np.unique(arm)}
    return Pairs(pk, response, author, owner, b, np.log(long / plain), by_arm)


def rated(answers: Asked, pairs: Pairs) -> dict[str, Rated]:
    """Return by panel the ratings of these pairs, toward the personalized response."""
    frame, scores = answers.frame, option_scores(answers.frame)
    if frame.scores is None:
        scores = scores + 1  # the middle of five options is 3
    found = {}
    for role in HUMAN_ROLES:
        if (labels := frame.panels.get(role)) is not None:
            given = scores[labels.value]
            found[role] = _rated(answers, pairs, given, labels.item, labels.rater)
    for judge in judges_of(frame):
        values = numbers_of_judge(frame, judge).values
        if frame.scores is None:
            values = values + 1
        item = np.flatnonzero(~np.isnan(values))
        name = judge_name(frame, judge)
        found[name] = _rated(answers, pairs, values[item], item, np.zeros(len(item), np.int64))
    return {panel: one for panel, one in found.items() if len(one.pair)}


def _rated(
    answers: Asked, pairs: Pairs, score: FloatArray, item: IntArray, rater: IntArray
) -> Rated:
    place, known = places(pairs.pk, answers.pair[item])
    score, item, rater, place = score[known], item[known], rater[known], place[known]
    toward = unblinded(score, pairs.b[place] > 0)
    owner = np.where(pairs.owner[place] >= 0, pairs.owner[place], answers.owner[item])
    ratings = Ratings(toward, item, owner, rater)
    return Rated(ratings, place, answers.attribute[item])
