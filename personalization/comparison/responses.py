"""Personalized responses on people's labels: gap, inflation, mention effect, length, leaks."""

from collections.abc import Iterator

import numpy as np

from annotation.models import Study
from annotation.models.question import Kind
from personalization.agreement.arms.difference import difference
from personalization.agreement.arms.length import length_controlled, length_ratio
from personalization.agreement.arms.mention import mention_effect, mention_ranks, mention_rate
from personalization.agreement.arms.ratings import gap, inflation, terms_of
from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.frames import HUMAN_ROLES
from personalization.agreement.frames.reading import rows
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.comparison.asked import Asked, asked
from personalization.comparison.mentions import Mentions, flagged, mentions, models
from personalization.comparison.pairs import Pairs, Rated, load, rated
from personalization.comparison.records import Line
from personalization.comparison.statements import LEAKS

# What a rating is of: the gain for one attribute, or the response as a whole.
OF_ATTRIBUTE, OVERALL = Kind.GAIN.value, Kind.OVERALL.value


class Responses:
    """The ratings of a study's personalized responses, and what is known of these."""

    def __init__(self, study: Study) -> None:
        self.pairs: Pairs = load(study)
        self.leaks = _leaks(study)
        self.flags: Mentions | None = mentions(study, self.pairs)
        found = {kind: asked(study, kind) for kind in (OF_ATTRIBUTE, OVERALL)}
        self.asked: dict[str, Asked] = {kind: one for kind, one in found.items() if one}
        self.rated = {kind: rated(one, self.pairs) for kind, one in self.asked.items()}

    @property
    def questions(self) -> dict[str, int]:
        """Return the numbers of the questions."""
        return {kind: one.pk for kind, one in self.asked.items()}

    def add(self, line: Line, arm: int | None) -> None:
        """Add all numbers of one arm; of None, of all personalized responses."""
        own = self.pairs.of_arm(arm)
        for kind, by_panel in self.rated.items():
            name = self.asked[kind].name
            for panel, every in by_panel.items():
                self._add_panel(line, kind, name, panel, every.of(own))
                if panel not in HUMAN_ROLES:
                    self._add_inflation(line, kind, panel, own)
        if len(own):
            ratio = length_ratio(
                self.pairs.log_ratio[own], self.pairs.owner[own], seed=self._seed(line, "length")
            )
            line.add("", "length_ratio", ratio)
        if self.flags is not None:
            named, owner = self.flags.of(own)
            rate = mention_rate(named, owner, seed=self._seed(line, "named"))
            line.add("", "mention_rate", rate)
        if arm in self.leaks:
            line.add("", "leaks", self._leaked(arm, self._seed(line, "leaks")))
        line.made["pairs"] = len(own)

    def add_ranks(self, line: Line) -> None:
        """Add whether models that name attributes reward naming them as judges."""
        if self.flags is None or OF_ATTRIBUTE not in self.asked:
            return
        gains = self.asked[OF_ATTRIBUTE]
        found = models(self.pairs, self.flags, gains, self.rated[OF_ATTRIBUTE])
        ranks = mention_ranks(found, seed=self._seed(line, "ranks"))
        line.add("", "mention_ranks", ranks, question=gains.name)

    def differences(self, one: int, other: int, seed: str) -> Iterator[tuple[str, str, Estimate]]:
        """Yield panel, statistic and difference of two arms, over the people whom both have."""
        for panel, every in self.rated.get(OF_ATTRIBUTE, {}).items():
            both = [every.of(self.pairs.of_arm(arm)).ratings for arm in (one, other)]
            for statistic in ("gap", "not_better"):
                terms = (terms_of(arm, not_better=statistic != "gap") for arm in both)
                yield panel, statistic, difference(*terms, seed=f"{seed}|{panel}|{statistic}")

    def _add_panel(self, line: Line, kind: str, name: str, panel: str, own: Rated) -> None:
        seed, overall = self._seed(line, panel, kind), "_overall" if kind == OVERALL else ""
        found = gap(own.ratings, seed=seed)
        line.add(panel, f"gap{overall}", found.gap, question=name)
        line.add(panel, f"not_better{overall}", found.not_better, question=name)
        if kind == OVERALL:
            return
        kept, named = flagged(self.flags, own)
        effect = mention_effect(kept.ratings, named, seed=seed)
        line.add(panel, "mention_effect", effect, question=name)
        control = length_controlled(own.ratings, self.pairs.log_ratio[own.pair])
        line.add(panel, "length_adjusted_gap", control.adjusted_gap, question=name)
        line.add(panel, "length_slope", control.slope, question=name)

    def _add_inflation(self, line: Line, kind: str, panel: str, own: IntArray) -> None:
        by_panel, overall = self.rated[kind], "_overall" if kind == OVERALL else ""
        judge = by_panel[panel].of(own).ratings
        for role in HUMAN_ROLES:
            if role in by_panel:
                human, seed = by_panel[role].of(own).ratings, self._seed(line, panel, role)
                more = inflation(judge, human, seed=seed)
                line.add(panel, f"inflation{overall}", more, role, self.asked[kind].name)

    def _leaked(self, arm: int | None, seed: str) -> Estimate:
        person, written, leaked = self.leaks[arm]
        terms = np.column_stack([leaked, written]).astype(np.float64)
        return of_sums(
            lambda sums: over(sums, 0, 1)[:, None], terms, person,
            [Sample(int(written.sum()), 0)], [Reason.NO_OVERLAP], seed=seed, draws=DRAWS,
        )[0]  # fmt: skip

    def _seed(self, line: Line, *words: str) -> str:
        stamps = ",".join(one.frame.seed for one in self.asked.values())
        return "|".join([stamps, line.name, *words])


def _leaks(study: Study) -> dict[int | None, list[IntArray]]:
    """Return by arm the persons, their responses that were written here, and those that leak."""
    table = np.array(rows(LEAKS, {"study": study.pk}), np.int64).reshape(-1, 4)
    return {int(arm): list(table[table[:, 0] == arm, 1:].T) for arm in np.unique(table[:, 0])}
