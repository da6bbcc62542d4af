"""Which model is asked, and with what sampling: fields of whatever asks one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personalization.models import Endpoint

MOST_TOKENS = 1_000_000
MOST_SEED = 2**31 - 1
SAMPLING = ("temperature", "max_tokens", "seed")


class ModelFields(forms.Form):
    """A model and its sampling; what is left empty is not said to it."""

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
    max_tokens = forms.IntegerField(
        label=gettext_lazy("Longest answer, in tokens"),
        required=False,
        min_value=1,
        max_value=MOST_TOKENS,
        help_text=gettext_lazy("Empty: as long as the model likes."),
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        required=False,
        min_value=0,
        max_value=MOST_SEED,
        help_text=gettext_lazy("Some models repeat themselves where it is the same."),
    )

    @property
    def sampling(self) -> dict[str, Any]:
        """Return what is said to the model about sampling."""
        said = {name: self.cleaned_data[name] for name in SAMPLING}
        return {name: _whole(value) for name, value in said.items() if value is not None}

    def clean_model_of(self, endpoint: Endpoint, data: dict[str, Any]) -> None:
        """Take the endpoint's usual model where none is named; say so where it has none."""
        if "model" in self.errors:
            return
        data["model"] = data["model"] or endpoint.model
        if not data["model"]:
            self.add_error("model", _("This endpoint has no usual model: name one."))


def _whole(number: float) -> float | int:
    """Return 0 rather than 0.0: the same configuration is the same judge, or arm."""
    return int(number) if number == int(number) else number
