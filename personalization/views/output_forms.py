"""The form by which outputs that were made elsewhere come in."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Study
from annotation.models.rater import RaterKind
from annotation.models.response import AuthorKind, Condition
from personalization.imports.errors import ImportRefusedError
from personalization.imports.output_arms import LONGEST_NAME, check_name, read_sampling
from personalization.imports.outputs import ATTRIBUTES, RELEVANCE, RESPONSES, REVISION
from personalization.models.arm import ArmStep

WHAT = {
    ATTRIBUTES: gettext_lazy("Attributes, from an extractor"),
    REVISION: gettext_lazy("Attributes of an arm, verified and rewritten"),
    RELEVANCE: gettext_lazy("Answers on relevance, from a matcher"),
    RESPONSES: gettext_lazy("Responses, from a generator"),
}
AUTHORS = {
    AuthorKind.MODEL.value: gettext_lazy("A model"),
    AuthorKind.HUMAN.value: gettext_lazy("People"),
}
MATCHERS = {
    RaterKind.MODEL.value: gettext_lazy("A trained model"),
    RaterKind.JUDGE.value: gettext_lazy("An LLM judge"),
    RaterKind.BASELINE.value: gettext_lazy("A baseline"),
}
CONDITIONS = {
    Condition.NONE.value: gettext_lazy("none of the attributes"),
    Condition.ALL.value: gettext_lazy("all attributes"),
    Condition.RELEVANT_MAJORITY.value: gettext_lazy("those that most people find relevant"),
    Condition.RELEVANT_OWNER.value: gettext_lazy("those that the owner finds relevant"),
    Condition.VERIFIED.value: gettext_lazy("verified attributes"),
    Condition.HUMAN.value: gettext_lazy("written by people"),
}


class OutputsForm(forms.Form):
    """A file, what it holds, and what is known of how it was made."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=[*WHAT.items()], widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("JSONL, CSV or TSV, in UTF-8, of any size."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy(
            "What to call it in reports and exports. People who label never see it."
        ),
    )
    author = forms.ChoiceField(
        label=gettext_lazy("Who made it?"),
        choices=[*AUTHORS.items()],
        widget=forms.RadioSelect,
        initial=AuthorKind.MODEL.value,
    )
    model = forms.CharField(label=gettext_lazy("Model"), required=False, max_length=LONGEST_NAME)
    sampling = forms.CharField(
        label=gettext_lazy("Sampling"),
        required=False,
        help_text=gettext_lazy('How the model was asked, as JSON: {"temperature": 0.8}'),
    )
    revises = forms.ChoiceField(
        label=gettext_lazy("Of rewritten attributes: the arm that they come from"), required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Of answers on relevance: what is the matcher?"),
        choices=[*MATCHERS.items()],
        initial=RaterKind.MODEL.value,
    )
    condition = forms.ChoiceField(
        label=gettext_lazy("Of responses: what was the author given?"),
        choices=[("", gettext_lazy("Each line says it")), *CONDITIONS.items()],
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        study: Study,
    ) -> None:
        super().__init__(data, files)
        names = study.arms.filter(step=ArmStep.EXTRACTION).values_list("name", flat=True)
        revises = self.fields["revises"]
        assert isinstance(revises, forms.ChoiceField)  # noqa: S101 - for the type checker
        revises.choices = [("", _("not said")), *((name, name) for name in names)]

    def clean_name(self) -> str:
        """Return a name that an arm can have."""
        try:
            return check_name(self.cleaned_data["name"], _("The arm"))
        except ImportRefusedError as error:
            raise forms.ValidationError(list(error.messages)) from error

    def clean_sampling(self) -> dict[str, Any]:
        """Return the sampling that somebody typed."""
        try:
            return read_sampling(self.cleaned_data["sampling"])
        except ImportRefusedError as error:
            raise forms.ValidationError(list(error.messages)) from error

    def chosen(self) -> dict[str, Any]:
        """Return all but the file, as an import keeps it."""
        return {key: value for key, value in self.cleaned_data.items() if key != "file"}
