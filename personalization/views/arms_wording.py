"""What the numbers of the arms report are called on its page, and what they mean."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models.question import Kind
from annotation.questions import KINDS
from personalization.comparison.records import EVERY
from personalization.views import wording

STATISTICS: dict[str, tuple[str | Promise, str | Promise]] = {
    "accepted": (
        gettext_lazy("Accepted"),
        gettext_lazy(
            "Share of the labelled attributes that fit: by the owner's answer, or by what most"
            " strangers say. Attributes without such a majority are left out and counted."
        ),
    ),
    "uncertain": (gettext_lazy("Uncertain"), gettext_lazy("Share of those that may fit.")),
    "rejected": (gettext_lazy("Rejected"), gettext_lazy("Share of those that do not fit.")),
    "problematic": (gettext_lazy("Problematic"), gettext_lazy("Uncertain and rejected together.")),
    "error_code": (
        gettext_lazy("What is wrong"),
        gettext_lazy(
            "Shares of the reasons that people gave for attributes they rejected. One reason, one"
            " vote; together they are 1."
        ),
    ),
    "attributes_per_person": (
        gettext_lazy("Attributes per person"),
        gettext_lazy("How many attributes the profile of a person has, averaged over people."),
    ),
    "variants_per_attribute": (
        gettext_lazy("Wordings per attribute"),
        gettext_lazy("How many wordings were merged into one attribute."),
    ),
    "without_evidence": (
        gettext_lazy("No evidence"),
        gettext_lazy("Share of the attributes for which no turn of a conversation is named."),
    ),
    "below_floor": (
        gettext_lazy("Too unsure"),
        gettext_lazy(
            "Share of what the model said that was dropped because its confidence was below the"
            " floor of the arm."
        ),
    ),
    "yes_rate": (
        gettext_lazy("Yes rate"),
        gettext_lazy("Share of pairs of attribute and request that are said to matter."),
    ),
    "people_yes_rate": (
        gettext_lazy("People's yes rate"),
        gettext_lazy("The same share of people, on the same items."),
    ),
    "over_selection": (
        gettext_lazy("Over-selection"),
        gettext_lazy(
            "Yes rate of the matcher divided by that of people on the same items: 2 means twice as"
            " many as people find relevant."
        ),
    ),
    "precision": (
        gettext_lazy("Precision"),
        gettext_lazy("Share of what the matcher selects that people find relevant."),
    ),
    "recall": (
        gettext_lazy("Recall"),
        gettext_lazy("Share of what people find relevant that the matcher selects."),
    ),
    "f1": (gettext_lazy("F1"), gettext_lazy("Harmonic mean of precision and recall.")),
    "kappa": (
        gettext_lazy("Kappa"),
        gettext_lazy("Cohen's kappa with people: agreement beyond chance."),
    ),
    "gap": (
        gettext_lazy("Gap"),
        gettext_lazy(
            "Mean rating minus 3, for each attribute that matters: above zero the personalized"
            " response is better, below zero the one without attributes."
        ),
    ),
    "not_better": (
        gettext_lazy("Not better"),
        gettext_lazy("Share of the ratings that say no difference, or worse (3 or less)."),
    ),
    "inflation": (
        gettext_lazy("Inflation"),
        gettext_lazy(
            "Mean rating of the judge minus that of people, on the same items: above zero it"
            " flatters the personalized response."
        ),
    ),
    "mention_rate": (
        gettext_lazy("Names the attribute"),
        gettext_lazy("How often the response names the attribute that is rated."),
    ),
    "mention_effect": (
        gettext_lazy("Mention effect"),
        gettext_lazy(
            "Mean rating where the response names the attribute, minus where it does not. To name"
            " it is not in itself better."
        ),
    ),
    "mention_ranks": (
        gettext_lazy("Naming and rewarding"),
        gettext_lazy(
            "Over models: do those that name attributes when they write also reward naming when"
            " they judge? Spearman's correlation, from three models on."
        ),
    ),
    "length_ratio": (
        gettext_lazy("Length"),
        gettext_lazy(
            "How many times as long as the plain response, in characters; geometric mean over pairs."
        ),
    ),
    "length_adjusted_gap": (
        gettext_lazy("Gap at equal length"),
        gettext_lazy(
            "What is left of the gap for responses of the same length: b0 of rating - 3 = b0 + b1 ln"
            " (length personalized / length plain), with errors clustered by owner."
        ),
    ),
    "length_slope": (
        gettext_lazy("What length adds"),
        gettext_lazy("b1 of the same line: what the logarithm of the ratio of lengths adds."),
    ),
    "leaks": (
        gettext_lazy("Leaks"),
        gettext_lazy(
            "Share of the responses that give away that they were written from a list of attributes."
        ),
    ),
}
OVERALL = "_overall"
DIFFERENCE = "@difference"

REASONS = {
    "too_few_owners": gettext_lazy("too few people for an interval"),
    "no_interval": gettext_lazy("no interval"),
    "no_overlap": gettext_lazy("no labels"),
    "no_variation": gettext_lazy("nothing varies"),
    "too_few_raters": gettext_lazy("fewer than three models"),
}

COUNTS = {
    "people": gettext_lazy("people"),
    "conversations": gettext_lazy("conversations read"),
    "attributes": gettext_lazy("attributes"),
    "variants": gettext_lazy("wordings"),
    "without_majority": gettext_lazy("without a majority of strangers"),
    "failed": gettext_lazy("failed"),
    "withdrawn": gettext_lazy("withdrawn by the model"),
    "dropped": gettext_lazy("dropped after two rounds"),
    "refined": gettext_lazy("worded anew"),
    "pairs": gettext_lazy("pairs of responses"),
    "invalid": gettext_lazy("unreadable answers"),
}
BASELINES = {
    "baseline:always_yes": gettext_lazy("always yes"),
    "baseline:always_no": gettext_lazy("always no"),
}
CODES = {answer.key: answer.label for answer in KINDS[Kind.ERROR_CODE].answers}


def short(name: str) -> str:
    """Return the name of a number."""
    base, _at, variant = name.removesuffix(DIFFERENCE).partition("@")
    if base == "error_code":
        return _(CODES[variant]) if variant in CODES else variant
    text = str(STATISTICS.get(base.removesuffix(OVERALL), (base,))[0])
    if base.endswith(OVERALL):
        return _("%(number)s, response as a whole") % {"number": text}
    return text


def definition(name: str) -> str:
    """Return one sentence that says what the number is."""
    base = name.partition("@")[0].removesuffix(OVERALL)
    return str(STATISTICS.get(base, ("", ""))[1])


def reason(name: str | None) -> str:
    """Return why there is no number."""
    return str(REASONS.get(name or "") or wording.reason(name))


def count(name: str) -> str:
    """Return what was counted."""
    return str(COUNTS.get(name, name))


def panel(name: str) -> str:
    """Return who has labelled."""
    return {
        "first_person": _("Owners"),
        "third_party": _("Strangers"),
        "": "",
    }.get(name) or wording.panel(name)


def arm(name: str) -> str:
    """Return the name of an arm: its own, but for those that nobody named."""
    if name == EVERY:
        return _("All personalized responses")
    if name == "third_party":
        return _("Strangers, by majority")
    return str(BASELINES[name]) if name in BASELINES else wording.panel(name)
