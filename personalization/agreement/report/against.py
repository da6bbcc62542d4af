"""One answer per item (a judge's, an owner's, a majority) against the people of a panel."""

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.cohen import confusions_by_rater
from personalization.agreement.estimate import Interval, Level, Reason, with_interval
from personalization.agreement.frames import Frame, identity_known
from personalization.agreement.judges.accuracy import (
    accuracy_majority,
    accuracy_plurality,
    accuracy_shared,
)
from personalization.agreement.judges.judge_agreement import judge_agreement, judge_agreement_micro
from personalization.agreement.judges.judge_kappa import (
    mean_rater_kappa,
    pooled_kappa,
    pooled_kappa_by_annotator,
)
from personalization.agreement.minimums import current
from personalization.agreement.report.people import KAPPAS, single_values
from personalization.agreement.report.records import Collection, nothing, shown

# Three ways of being right: with most people, with more than any other value has, or in part.
ACCURACIES = {
    "accuracy": accuracy_majority,
    "accuracy_plurality": accuracy_plurality,
    "accuracy_shared": accuracy_shared,
}
# A table for each rater: 1,000 raters of a scale of 100 would be 80 MB of mostly empty cells.
MOST_CELLS = 1 << 23


def add_accuracy(
    out: Collection, frame: Frame, panel: str, against: str, answers: IntArray
) -> None:
    """Add accuracy of one answer per item against a human panel, three ways, both readings each."""
    labels, seed = frame.panels[against], out.seed_of(panel, against)
    n_raters = len(labels.rater_ids) if identity_known(frame, against) else None
    for name, kernel in ACCURACIES.items():
        found = kernel(labels.majorities, answers, frame.owner, n_raters, seed=seed)
        out.add(panel, against, f"{name}_valid", shown(found.valid_only))
        out.add(panel, against, f"{name}_all", shown(found.invalid_wrong))


def add_against_panel(
    out: Collection, frame: Frame, panel: str, against: str, answers: IntArray
) -> None:
    """Add how many of a panel's ratings equal the answer: item mean, and one rating, one vote."""
    labels, seed = frame.panels[against], out.seed_of(panel, against)
    n_raters = len(labels.rater_ids) if identity_known(frame, against) else None
    for statistic, kernel in {
        "raw_agreement": judge_agreement,
        "raw_agreement_micro": judge_agreement_micro,
    }.items():
        found = kernel(labels.histogram, answers, frame.owner, n_raters, seed=seed)
        out.add(panel, against, statistic, shown(found.valid_only))


def add_kappa_with_ratings(
    out: Collection, frame: Frame, panel: str, against: str, answers: IntArray
) -> None:
    """Add kappa of one answer per item with all ratings in one table, and its mean over raters."""
    labels, seed = frame.panels[against], out.seed_of(panel, against)
    known = identity_known(frame, against)
    n_raters = len(labels.rater_ids) if known else None
    kappas = KAPPAS[Level(frame.question.level)]
    pooled = {
        statistic: pooled_kappa(
            labels.histogram, answers, weights, frame.owner, n_raters, seed=seed
        )
        for statistic, weights in kappas.items()
    }
    for statistic, estimate in pooled.items():
        out.add(panel, against, f"{statistic}_pooled", shown(estimate))
    if not known:
        out.add(panel, against, "cohen_kappa_rater_mean", nothing(Reason.NO_RATER_IDENTITY))
        return
    if len(labels.rater_ids) * frame.n_values**2 > MOST_CELLS:
        return
    tables = confusions_by_rater(
        labels.rater, labels.value, answers[labels.item], len(labels.rater_ids), frame.n_values
    )
    enough = tables[tables.sum(axis=(1, 2)) >= current().pair_items]
    for statistic, weights in kappas.items():
        if against != "first_person":
            drawn = pooled_kappa_by_annotator(tables, weights, seed=seed)
            again = with_interval(pooled[statistic], Interval(drawn.low, drawn.high, drawn.method))
            out.add(panel, against, f"{statistic}_pooled@raters", shown(again))
        mean = mean_rater_kappa(enough, weights, seed=seed).kappa
        if tables.any() and not len(enough):
            mean = nothing(Reason.TOO_FEW_ITEMS, int(tables.sum()), int(tables.sum()))
        out.add(panel, against, f"{statistic}_rater_mean", mean)


def add_third_party_against_owner(out: Collection, frame: Frame) -> None:
    """Add third party against first person: two panels, never one (C7)."""
    guess, own = single_values(frame, "third_party"), single_values(frame, "first_person")
    add_accuracy(out, frame, "third_party", "first_person", guess)
    add_against_panel(out, frame, "first_person", "third_party", own)
