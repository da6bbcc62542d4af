"""How a judge is asked: the fields of a new run that make one judge another."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import ProfileField, Study
from annotation.profiles import open_fields
from personalization.judge.manner import LONGEST_RUBRIC, MOST_SAMPLES, Manner

MOST_EXAMPLES = 20  # for each question
ANSWERS = {
    "value": gettext_lazy("One answer"),
    "certainty": gettext_lazy("One answer, and how certain it is (1 to 100)"),
    "shares": gettext_lazy("A share for each answer, in words"),
    "logprobs": gettext_lazy(
        "The probabilities of the answers, from the model itself (log-probabilities)"
    ),
    "samples": gettext_lazy("Several answers to the same question; their shares count"),
}
PERSONAS = {
    "none": gettext_lazy("Nothing"),
    "all": gettext_lazy("All that they share"),
    "some": gettext_lazy("Some of it"),
}
CONTEXTS = {
    "attributes": gettext_lazy("What is known about the person (attributes)"),
    "conversation": gettext_lazy("The conversation"),
    "both": gettext_lazy("Both"),
    "none": gettext_lazy("Neither"),
}
# The field that a fault of a manner belongs to, by the fault's first word.
FIELD_OF = {
    "Answer": "answer", "Samples": "samples", "Log-probabilities": "reasons",
    "Persona": "answer", "Context": "context", "Rubric": "rubric", "Examples": "shots",
    "temperature": "temperature",
}  # fmt: skip


class MannerFields(forms.Form):
    """What is read from the answers, and what the judge is told. `study` is set before fields are."""

    answer = forms.ChoiceField(
        label=gettext_lazy("The judge gives"),
        choices=list(ANSWERS.items()),
        widget=forms.RadioSelect,
    )
    samples = forms.IntegerField(
        label=gettext_lazy("Answers for each order"),
        required=False,
        min_value=2,
        max_value=MOST_SAMPLES,
        help_text=gettext_lazy("Each is a call of its own. Use a temperature above 0."),
    )
    tie = forms.BooleanField(
        label=gettext_lazy("It may say “neither” or “about the same” where two are compared"),
        required=False,
    )
    reasons = forms.BooleanField(
        label=gettext_lazy("It gives reasons first"),
        required=False,
        help_text=gettext_lazy("Longer answers; they cost more, and you can read why."),
    )
    rubric = forms.CharField(
        label=gettext_lazy("Rubric"),
        required=False,
        max_length=LONGEST_RUBRIC,
        help_text=gettext_lazy("What counts as a good answer, in your own words."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    persona = forms.ChoiceField(
        label=gettext_lazy("Of what people say about themselves, the judge reads"),
        choices=list(PERSONAS.items()),
        widget=forms.RadioSelect,
    )
    persona_fields = forms.MultipleChoiceField(
        label=gettext_lazy("These"), required=False, widget=forms.CheckboxSelectMultiple
    )
    twin = forms.BooleanField(
        label=gettext_lazy("Start a second run that is told nothing about the person"),
        required=False,
        help_text=gettext_lazy(
            "It shows what knowing the person is worth. It costs as much again."
        ),
    )
    context = forms.ChoiceField(
        label=gettext_lazy("To compare and to weigh, it also reads"),
        choices=list(CONTEXTS.items()),
        widget=forms.RadioSelect,
    )
    shots = forms.IntegerField(
        label=gettext_lazy("Examples for each question"),
        required=False,
        min_value=0,
        max_value=MOST_EXAMPLES,
        help_text=gettext_lazy(
            "So many items with the people's answers are shown to the judge. They are taken from"
            " those kept for development, and are not judged."
        ),
    )

    def offer_persona(self, study: Study) -> None:
        """Offer what the study asks its people about themselves; nothing is asked where it does not."""
        known: Iterable[ProfileField] = open_fields(study)
        choices = [(one.key, one.label) for one in known]
        field = self.fields["persona_fields"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices
        if not choices:
            for name in ("persona", "persona_fields", "twin"):
                del self.fields[name]

    def clean_manner(self, data: Mapping[str, Any]) -> None:
        """Say what is wrong beside its field; what is not asked in the chosen way is no fault."""
        if data.get("answer") == "samples":
            if data.get("samples") is None and "samples" not in self.errors:
                self.add_error("samples", _("Say how many."))
        else:
            self.errors.pop("samples", None)
        if data.get("persona") != "some":
            self.errors.pop("persona_fields", None)
        elif not data.get("persona_fields") and "persona_fields" not in self.errors:
            self.add_error("persona_fields", _("Choose at least one."))

    def manner(self, shots: Iterable[tuple[int, int]] = ()) -> Manner:
        """Return what was chosen; values of what was not asked for are those of nobody's choice."""
        data = self.cleaned_data
        persona = data.get("persona", "none")
        return Manner(
            answer=data["answer"],
            samples=data["samples"] if data["answer"] == "samples" else 1,
            tie=data["tie"],
            reasons=data["reasons"] and data["answer"] != "logprobs",
            rubric=data["rubric"],
            persona=tuple(data["persona_fields"]) if persona == "some" else persona,
            context=data["context"],
            shots=tuple(shots),
        )

    @staticmethod
    def usual() -> dict[str, Any]:
        """Return what the fields start with."""
        plain = Manner()
        return {
            "answer": plain.answer,
            "samples": 5,
            "tie": plain.tie,
            "reasons": plain.reasons,
            "persona": "none",
            "context": plain.context,
            "shots": 0,
        }
