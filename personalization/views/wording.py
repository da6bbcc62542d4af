"""What panels, statistics, levels and reasons are called on pages, and what they mean."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PANELS = {
    "first_person": gettext_lazy("First person"),
    "third_party": gettext_lazy("Third party"),
    "reference": gettext_lazy("Reference"),
}

PAIR_MEAN = gettext_lazy("Mean over pairs of raters with at least 10 items in common.")
PAIR_MEAN_BY_OVERLAP = gettext_lazy(
    "Mean over pairs of raters; a pair weighs as many items as it shares."
)

STATISTICS: dict[str, tuple[str | Promise, str | Promise]] = {
    "raw_agreement": (
        gettext_lazy("Raw agreement"),
        gettext_lazy("Share of pairs of answers to an item that are equal, averaged over items."),
    ),
    "raw_agreement_micro": (
        gettext_lazy("Raw agreement, per pair"),
        gettext_lazy("Share of pairs of answers that are equal: one pair, one vote."),
    ),
    "krippendorff_alpha": (
        gettext_lazy("Krippendorff's alpha"),
        gettext_lazy("Agreement beyond chance at the question's level; 1 is perfect, 0 is chance."),
    ),
    "fleiss_kappa": (
        gettext_lazy("Fleiss' kappa"),
        gettext_lazy("Agreement beyond chance, item mean; chance from the shares of the labels."),
    ),
    "gwet_ac1": (
        gettext_lazy("Gwet's AC1"),
        gettext_lazy("Agreement beyond chance that stays steady where one label dominates."),
    ),
    "gwet_ac2_quadratic": (
        gettext_lazy("Gwet's AC2, quadratic"),
        gettext_lazy("Like AC1, with partial credit for answers that lie close together."),
    ),
    "cohen_kappa": (
        gettext_lazy("Cohen's kappa"),
        gettext_lazy("Agreement of two raters beyond what their own label shares would give."),
    ),
    "cohen_kappa_linear": (
        gettext_lazy("Cohen's kappa, linear"),
        gettext_lazy("Cohen's kappa; a disagreement costs by its distance in steps."),
    ),
    "cohen_kappa_quadratic": (
        gettext_lazy("Cohen's kappa, quadratic"),
        gettext_lazy("Cohen's kappa; a disagreement costs by its squared distance in steps."),
    ),
    "cohen_kappa_pair_mean": (
        gettext_lazy("Cohen's kappa, mean over pairs"),
        PAIR_MEAN,
    ),
    "cohen_kappa_pair_mean_by_overlap": (
        gettext_lazy("Cohen's kappa, mean over pairs by overlap"),
        PAIR_MEAN_BY_OVERLAP,
    ),
    "cohen_kappa_linear_pair_mean": (
        gettext_lazy("Cohen's kappa, linear, mean over pairs"),
        PAIR_MEAN,
    ),
    "cohen_kappa_linear_pair_mean_by_overlap": (
        gettext_lazy("Cohen's kappa, linear, mean over pairs by overlap"),
        PAIR_MEAN_BY_OVERLAP,
    ),
    "cohen_kappa_quadratic_pair_mean": (
        gettext_lazy("Cohen's kappa, quadratic, mean over pairs"),
        PAIR_MEAN,
    ),
    "cohen_kappa_quadratic_pair_mean_by_overlap": (
        gettext_lazy("Cohen's kappa, quadratic, mean over pairs by overlap"),
        PAIR_MEAN_BY_OVERLAP,
    ),
    "accuracy_valid": (
        gettext_lazy("Accuracy, readable answers"),
        gettext_lazy("Share of readable answers equal to the majority of the panel."),
    ),
    "accuracy_all": (
        gettext_lazy("Accuracy, all answers"),
        gettext_lazy("The same share when an answer without a value counts as wrong."),
    ),
    "consistency": (
        gettext_lazy("Consistent in both orders"),
        gettext_lazy("Share of pairs with the same answer in both orders; unreadable is never."),
    ),
    "consistency_valid": (
        gettext_lazy("Consistent, readable pairs"),
        gettext_lazy("Share of the same answer among pairs readable in both orders."),
    ),
    "flip_rate": (
        gettext_lazy("Flip rate"),
        gettext_lazy("Share of readable pairs whose answer changes with the order."),
    ),
    "first_position_share": (
        gettext_lazy("First position"),
        gettext_lazy("Share of answers for what was shown first; one half is neutral."),
    ),
    "kappa_between_orders": (
        gettext_lazy("Kappa between orders"),
        gettext_lazy("Cohen's kappa of the judge with itself in the other order."),
    ),
    "accuracy_order_ab_all": (
        gettext_lazy("Accuracy, first order"),
        gettext_lazy(
            "Share equal to the reference in the first order, unreadable counts as wrong."
        ),
    ),
    "accuracy_order_ba_all": (
        gettext_lazy("Accuracy, swapped order"),
        gettext_lazy("Share equal to the reference when swapped, unreadable counts as wrong."),
    ),
    "accuracy_orders_mean_all": (
        gettext_lazy("Accuracy, mean of both orders"),
        gettext_lazy("Mean of the two accuracies."),
    ),
    "accuracy_both_orders_all": (
        gettext_lazy("Right in both orders"),
        gettext_lazy("Share of pairs that equal the reference in both orders."),
    ),
}

REASONS = {
    "no_overlap": gettext_lazy("no item was answered by two of them"),
    "no_variation": gettext_lazy("everybody gave the same answer everywhere"),
    "too_few_items": gettext_lazy("too few items in common"),
    "too_few_raters": gettext_lazy("too few raters"),
    "no_valid_verdict": gettext_lazy("no readable answer"),
    "wrong_level": gettext_lazy("not for this level of measurement"),
    "no_rater_identity": gettext_lazy("raters are positions in a list, not people"),
}

MISSING = {
    "skipped": gettext_lazy("skipped"),
    "flagged": gettext_lazy("flagged"),
    "cannot_tell": gettext_lazy("cannot tell"),
    "inconsistent": gettext_lazy("inconsistent between orders"),
    "unparsed": gettext_lazy("unreadable"),
    "refused": gettext_lazy("refused"),
    "failed": gettext_lazy("failed"),
}

BASELINES = {
    "random": gettext_lazy("Random: any answer, drawn for each item"),
    "always_yes": gettext_lazy("Always yes"),
    "majority": gettext_lazy("Majority class: what strangers have answered most often so far"),
    "longer": gettext_lazy("Longer answer"),
    "first_position": gettext_lazy("First position: what stands first"),
}

# Why a run has paused, and what somebody can do about it.
TROUBLES = {
    "unauthorized": gettext_lazy("The endpoint does not accept the key. Enter a valid one."),
    "bad_request": gettext_lazy(
        "The endpoint does not take the request. Check the name of the model and the temperature;"
        " with other ones, start a new run."
    ),
    "forbidden_address": gettext_lazy(
        "The endpoint's address is not allowed. Correct it, or let the site's admin allow it."
    ),
    "closed": gettext_lazy("The endpoint was closed. Open it again."),
    "broken": gettext_lazy("Something broke on our side. The log of the worker says what."),
}

LEVELS = {
    "nominal": gettext_lazy("nominal"),
    "ordinal": gettext_lazy("ordinal"),
    "interval": gettext_lazy("interval"),
}


CONDITIONS = {
    "none": gettext_lazy("written without attributes"),
    "all": gettext_lazy("written with all attributes"),
    "relevant_majority": gettext_lazy("written with what matters by majority"),
    "relevant_owner": gettext_lazy("written with what matters to the owner"),
    "verified": gettext_lazy("written with verified attributes"),
    "human": gettext_lazy("written by a person"),
}


def panel(name: str | None) -> str:
    """Return the name of a panel for people; raters and judges keep their own names."""
    if name is None:
        return ""
    return str(PANELS.get(name, name.partition(":")[2] or name))


def statistic(name: str) -> str:
    """Return the name of a statistic for people."""
    return str(STATISTICS[name][0])


def definition(name: str) -> str:
    """Return one sentence that says what the statistic is."""
    return str(STATISTICS[name][1])


def reason(name: str | None) -> str:
    """Return why there is no number."""
    return str(REASONS.get(name or "", name or ""))


def missing(name: str) -> str:
    """Return why there is no value."""
    return str(MISSING.get(name, name))


def condition(name: str) -> str:
    """Return what the author of a response was given."""
    return str(CONDITIONS.get(name, name))


def baseline(name: str) -> str:
    """Return what a baseline does."""
    return str(BASELINES[name])


def trouble(kind: str) -> str:
    """Return why a run has paused and how to mend it."""
    return str(TROUBLES.get(kind, _("The endpoint refuses. See what it said.")))


def level(name: str) -> str:
    """Return the name of a level of measurement."""
    return str(LEVELS.get(name, _("unknown")))
