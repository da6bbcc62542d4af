"""The form of a new run: who judges, and what."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.apart import apart
from annotation.models import Question, Study
from annotation.models.question import Kind
from personalization.agreement.report import question_name
from personalization.endpoints import usual
from personalization.judge.baselines import BASELINES
from personalization.judge.raters import USUAL_SAMPLING
from personalization.models import Endpoint
from personalization.views import wording


class _Questions(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Question) -> str:
        """Return the question's name and what it asks."""
        asked = obj.wording_third_party or obj.wording
        return format_html("{}: {}", apart(question_name(obj)), apart(asked))


class RunForm(forms.Form):
    """A model at an endpoint, or baselines, or both; and the questions they are to answer."""

    endpoint = forms.ModelChoiceField(
        Endpoint.objects.filter(closed_at=None),
        label=gettext_lazy("Endpoint of the judge"),
        required=False,
        empty_label=gettext_lazy("No model: baselines only"),
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Leave it empty for the endpoint's usual model."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    temperature = forms.FloatField(
        label=gettext_lazy("Temperature"),
        required=False,
        min_value=0,
        max_value=2,
        help_text=gettext_lazy("0 is steady. Leave it empty for models that take no temperature."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    baselines = forms.MultipleChoiceField(
        label=gettext_lazy("Baselines"),
        required=False,
        choices=lambda: [(name, wording.baseline(name)) for name in BASELINES],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Raters that know nothing; a judge should do better. They are free."
        ),
    )
    questions = _Questions(
        Question.objects.none(),
        label=gettext_lazy("Questions"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, study: Study) -> None:  # noqa: ANN401 - as Django types it
        asked = Question.objects.filter(study=study).order_by("pk")
        super().__init__(data, initial=_first_values(asked))
        field = self.fields["questions"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        field.queryset = asked

    def clean(self) -> dict[str, Any]:
        """Require somebody who judges, and a model where a model is to be asked."""
        data = super().clean() or {}
        endpoint: Endpoint | None = data.get("endpoint")
        if self.errors:
            return data
        if endpoint is None and not data.get("baselines"):
            raise forms.ValidationError(_("Choose an endpoint, or at least one baseline."))
        if endpoint is not None:
            data["model"] = data["model"] or endpoint.model
            if not data["model"]:
                self.add_error("model", _("This endpoint has no usual model: name one."))
        return data

    @property
    def sampling(self) -> dict[str, Any]:
        """Return what is said to the model about sampling."""
        temperature = self.cleaned_data["temperature"]
        return {} if temperature is None else {"temperature": _whole(temperature)}


def _first_values(questions: "QuerySet[Question]") -> dict[str, Any]:
    """Return what the form starts with: the usual endpoint, and all that is worth asking."""
    endpoint = usual()
    return {
        "endpoint": endpoint.pk,
        "model": endpoint.model,
        "temperature": USUAL_SAMPLING["temperature"],
        "questions": [one.pk for one in questions if one.kind != Kind.ERROR_CODE],
    }


def _whole(number: float) -> float | int:
    """Return 0 rather than 0.0: the same configuration is the same judge."""
    return int(number) if number == int(number) else number
