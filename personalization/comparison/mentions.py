"""Which responses name which attributes: flags of a model, of people where no model was asked."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from annotation.models import Study
from annotation.models.question import Kind
from personalization.agreement.arms.mention import Model
from personalization.agreement.arrays import BoolArray, IntArray
from personalization.agreement.frames.coding import places
from personalization.agreement.report.judges import judge_name
from personalization.comparison.asked import Asked, asked, judges_of, translated
from personalization.comparison.pairs import Pairs, Rated

WIDE = 1 << 31


@dataclass(frozen=True, slots=True, eq=False)
class Mentions:
    """Flags of (pair, attribute), ascending by `key`; (M,) each: whether named, and by whose pair.

    pair: places among the pairs; owner: whose they are.
    """

    key: IntArray
    named: BoolArray
    pair: IntArray
    owner: IntArray

    def of(self, pairs: IntArray) -> tuple[BoolArray, IntArray]:
        """Return the flags of these pairs, and their owners."""
        kept = np.isin(self.pair, pairs)
        return self.named[kept], self.owner[kept]


def flagged(flags: Mentions | None, rated: Rated) -> tuple[Rated, BoolArray]:
    """Return the ratings that have a flag, and whether the attribute is named; none without flags."""
    keys = np.zeros(0, np.int64) if flags is None else flags.key
    place, known = places(keys, rated.pair * WIDE + rated.attribute)
    kept = Rated(rated.ratings.only(known), rated.pair[known], rated.attribute[known])
    named = np.zeros(0, bool) if flags is None else flags.named[place[known]]
    return kept, named


def mentions(study: Study, pairs: Pairs) -> Mentions | None:
    """Return the flags of the study's pairs; None where nobody was asked.

    Of several models the one that has flagged most; people's majority only where there is no model,
    strangers' before owners': a flag is what the text says, and no one's opinion.
    """
    question = asked(study, Kind.MENTION)
    codes = None if question is None else question.coded("no", "yes")
    if question is None or codes is None:
        return None
    said = translated(_flags(question), codes)
    place, known = places(pairs.pk, question.pair)
    known &= (said >= 0) & (question.attribute >= 0)
    key = (place * WIDE + question.attribute)[known]
    order = np.argsort(key)
    return Mentions(
        key[order],
        said[known][order] > 0,
        place[known][order],
        pairs.owner[place[known]][order],
    )


def models(
    pairs: Pairs, flags: Mentions, answers: Asked, by_panel: dict[str, Rated]
) -> list[Model]:
    """Return the models that have written personalized responses and judged such ones, too."""
    return list(_models(pairs, flags, answers, by_panel))


def _models(
    pairs: Pairs, flags: Mentions, answers: Asked, by_panel: dict[str, Rated]
) -> Iterator[Model]:
    judges: dict[str, Rated] = {}
    for judge in judges_of(answers.frame):
        model = str(answers.frame.raters[judge.rater_id].configuration.get("model", ""))
        own = by_panel.get(judge_name(answers.frame, judge))
        if model and own is not None:
            judges.setdefault(model, own)  # of several judges of one model the first one
    for name, written in sorted(pairs.models.items()):
        rated = judges.get(name)
        if rated is None:
            continue
        named, owner = flags.of(written)
        judged, judged_named = flagged(flags, rated)
        if len(named) and len(judged_named):
            yield Model(named, owner, judged.ratings, judged_named)


def _flags(question: Asked) -> IntArray:
    """Return the flag of each item, as the question's code; < 0 where there is none."""
    machines = judges_of(question.frame)
    if machines:
        return max(machines, key=lambda one: (int((one.value >= 0).sum()), -one.rater_id)).value
    role = next(
        (one for one in ("third_party", "first_person") if one in question.frame.panels), ""
    )
    return question.majority(role) if role else np.full(question.frame.n_items, -1)
