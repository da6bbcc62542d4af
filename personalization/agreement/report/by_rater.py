"""The same numbers with the raters, too, as a sample: left out one by one, or drawn.

`@raters` and `@two_way` are the number without the suffix with another interval; a page leads with
the wider one. Where raters are positions in a list there are none.
"""

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.by_rater import (
    alpha_by_rater,
    gwet_ac1_by_rater,
    raw_agreement_two_way,
)
from personalization.agreement.estimate import Estimate, Interval, Level, with_interval
from personalization.agreement.frames import Frame
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.intervals.two_way import DRAWS
from personalization.agreement.judges.by_rater import (
    accuracy_majority_by_rater,
    judge_agreement_by_annotator,
    judge_agreement_two_way,
)
from personalization.agreement.keys import row_sums
from personalization.agreement.report.records import Collection, shown

# Two-way draws weigh every rating 200 times over: a second for 400,000.
MOST_RATINGS = 300_000


def add_panel_by_rater(out: Collection, frame: Frame, role: str) -> None:
    """Add a human panel's coefficients with the jackknife, its agreement with the two-way draws."""
    ratings, seed = ratings_of(frame, role), out.seed_of(role)
    if row_sums(ratings.histogram).max(initial=0) < 2:
        return
    level = Level(frame.question.level)
    agreement = raw_agreement_two_way(ratings, frame.owner, seed=seed, draws=_draws(ratings))
    numbers = {
        "raw_agreement@two_way": _told(agreement, ratings),
        "krippendorff_alpha@raters": alpha_by_rater(ratings, level, frame.scores),
        "gwet_ac1@raters": gwet_ac1_by_rater(ratings),
    }
    for statistic, estimate in numbers.items():
        out.add(role, None, statistic, shown(estimate))


def add_judge_by_rater(
    out: Collection, frame: Frame, name: str, role: str, answers: IntArray
) -> None:
    """Add how a judge agrees with people when other people of their kind had been asked.

    An owner is alone with his items: drawing owners draws the raters there.
    """
    if role == "first_person":
        return
    ratings, seed = ratings_of(frame, role), out.seed_of(name, role)
    drawn = judge_agreement_two_way(ratings, answers, frame.owner, seed=seed, draws=_draws(ratings))
    numbers = {
        "raw_agreement@raters": judge_agreement_by_annotator(ratings, answers, seed=seed),
        "raw_agreement@two_way": _told(drawn, ratings),
    }
    if frame.panels[role].everybody is None:
        # Labels beyond the first ones of an item shape its majority, and are not among the ratings.
        numbers["accuracy_valid@raters"] = accuracy_majority_by_rater(ratings, answers)
    for statistic, estimate in numbers.items():
        out.add(name, role, statistic, shown(estimate))


def ratings_of(frame: Frame, role: str) -> Ratings:
    """Return the ratings of a human panel as kernels take them."""
    labels = frame.panels[role]
    return Ratings(
        labels.item,
        labels.rater,
        labels.value,
        frame.n_items,
        len(labels.rater_ids),
        frame.n_values,
    )


def _draws(ratings: Ratings) -> int:
    return DRAWS if len(ratings.item) <= MOST_RATINGS else 0


def _told(estimate: Estimate, ratings: Ratings) -> Estimate:
    """Say why there is no interval of more ratings than we draw."""
    if len(ratings.item) <= MOST_RATINGS:
        return estimate
    return with_interval(
        estimate, Interval(method=f"no two-way bootstrap: more than {MOST_RATINGS} ratings")
    )
