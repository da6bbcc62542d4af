"""The form of a study's pairing: how many queries for whom, and what a pair needs."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Rater, Study
from personalization.embedding.choosing import TFIDF, choices, embedder_of
from personalization.embedding.errors import EmbedError
from personalization.pairing.matchers import closeness_matcher, judges_of
from personalization.pairing.plan import Pairs
from personalization.pairing.rules import Rules

MOST_QUERIES = 1000
MOST_PEOPLE = 10_000
MOST_CANDIDATES = 100
LARGEST_SEED = 2**31 - 1
BM25, EMBEDDING, RATER = "bm25", "embedding:", "rater:"


class PairingForm(forms.Form):
    """RH's rules of assignment."""

    queries_min = forms.IntegerField(
        label=gettext_lazy("At least so many queries for each person"),
        min_value=1,
        max_value=MOST_QUERIES,
        help_text=gettext_lazy("Whoever gets fewer goes on all the same, and you see why."),
    )
    queries_max = forms.IntegerField(
        label=gettext_lazy("At most so many"), min_value=1, max_value=MOST_QUERIES
    )
    people_max = forms.IntegerField(
        label=gettext_lazy("At most so many people for each query"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=gettext_lazy("Leave it empty for any number."),
    )
    matcher = forms.ChoiceField(
        label=gettext_lazy("Which attributes may matter to a query"),
        required=False,
        help_text=gettext_lazy(
            "This only decides who gets which query. People are asked about all attributes, and see"
            " nothing of it."
        ),
    )
    candidates_min = forms.IntegerField(
        label=gettext_lazy("A pair of person and query needs so many of them"),
        min_value=1,
        max_value=MOST_CANDIDATES,
    )
    by_list = forms.BooleanField(
        label=gettext_lazy("Let the lists of queries advance evenly"), required=False
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=gettext_lazy("The same seed and the same people: the same choice."),
    )

    def __init__(self, data: QueryDict | None, *, study: Study, held: Pairs) -> None:
        rules = held.rules
        initial = {
            "queries_min": max(1, rules.queries_min),
            "queries_max": max(1, rules.queries_max),
            "people_max": rules.people_max,
            "matcher": _key(held.matcher),
            "candidates_min": held.least,
            "by_list": rules.by_list,
            "seed": rules.seed,
        }
        super().__init__(data, initial=initial)
        self.study, self.held = study, held
        field = self.fields["matcher"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = _choices(study, held.matcher)

    def clean(self) -> dict[str, Any]:
        """Hold the numbers against each other, and look whether the matcher can be used."""
        data = super().clean() or {}
        least, most = data.get("queries_min"), data.get("queries_max")
        if least is not None and most is not None and least > most:
            self.add_error("queries_max", _("This is less than the least number above."))
        key = data.get("matcher", "")
        if key.startswith(EMBEDDING):
            try:
                embedder_of(key.removeprefix(EMBEDDING))
            except EmbedError as error:
                self.add_error("matcher", str(error))
        return data

    def pairs(self) -> Pairs:
        """Return the rules as filled in; the block list stays as it is."""
        data = self.cleaned_data
        rules = Rules(
            data["queries_min"],
            data["queries_max"],
            data["people_max"],
            by_list=data["by_list"],
            seed=data["seed"],
        )
        matcher = self._matcher(data["matcher"])
        return Pairs(rules, data["candidates_min"], matcher, self.held.blocked, planned=True)

    def _matcher(self, key: str) -> Rater | None:
        if not key:
            return None
        if key.startswith(RATER):
            return Rater.objects.get(pk=int(key.removeprefix(RATER)))
        if key == BM25:
            return closeness_matcher(self.study, BM25)
        return closeness_matcher(self.study, "embedding", key.removeprefix(EMBEDDING))


def _choices(study: Study, now: Rater | None) -> list[tuple[str, Any]]:
    """Return what may say which attributes may matter; what is chosen now is always among it."""
    found: list[tuple[str, Any]] = [
        ("", _("All of them")),
        (BM25, _("BM25: those that share rare words with it")),
        (f"{EMBEDDING}{TFIDF}", _("Embedding (tf-idf): those that speak of the same")),
    ]
    said = _("Embedding (%(key)s)")
    found += [(f"{EMBEDDING}{key}", said % {"key": key}) for key in choices() if key != TFIDF]
    judged = _("Where %(rater)s said yes")
    found += [(f"{RATER}{one.pk}", judged % {"rater": one.name}) for one in judges_of(study)]
    if (key := _key(now)) not in dict(found) and now is not None:
        found.append((key, now.name))
    return found


def _key(matcher: Rater | None) -> str:
    """Return the choice that a matcher is."""
    if matcher is None:
        return ""
    match matcher.configuration.get("baseline"):
        case "bm25":
            return BM25
        case "embedding":
            return f"{EMBEDDING}{matcher.configuration.get('embedder', TFIDF)}"
    return f"{RATER}{matcher.pk}"


class BlockForm(forms.Form):
    """Somebody who is to get no queries, or who may get some again."""

    pseudonym = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        max_length=100,
        help_text=gettext_lazy("As the page People shows it."),
    )
