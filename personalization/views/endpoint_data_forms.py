"""Forms for what is known of an endpoint: its limits, and what its models cost."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import User
from personalization.models import Endpoint, Price
from personalization.prices import LONGEST_MODEL, LONGEST_SOURCE, NewPrice, PriceError, add

MOST_A_MINUTE = 2_000_000_000
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
AMOUNT = {"step": "any", "inputmode": "decimal"}


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the provider allows in a minute, and where and when somebody read that."""

    requests_per_minute = forms.IntegerField(
        label=gettext_lazy("Requests a minute"),
        required=False,
        min_value=1,
        max_value=MOST_A_MINUTE,
        help_text=gettext_lazy("For all workers together. Leave it empty if there is no limit."),
    )
    tokens_per_minute = forms.IntegerField(
        label=gettext_lazy("Tokens a minute"),
        required=False,
        min_value=1,
        max_value=MOST_A_MINUTE,
        help_text=gettext_lazy("Of requests and answers together."),
    )

    class Meta:
        model = Endpoint
        fields = ["requests_per_minute", "tokens_per_minute", "limits_source", "limits_on"]
        labels = {
            "limits_source": gettext_lazy("Where that was read"),
            "limits_on": gettext_lazy("On which day"),
        }
        widgets = {
            "limits_source": forms.TextInput(attrs={"maxlength": LONGEST_SOURCE}),
            "limits_on": DAY,
        }

    def __init__(self, data: QueryDict | None, instance: Endpoint) -> None:
        super().__init__(data, instance=instance, auto_id="limits_%s")

    def clean_limits_source(self) -> str:
        """Refuse what is no source but a text."""
        source = str(self.cleaned_data["limits_source"]).strip()
        if len(source) > LONGEST_SOURCE:
            raise forms.ValidationError(_("Write at most 500 characters."))
        return source

    def clean_limits_on(self) -> date | None:
        """Refuse days that nobody has seen."""
        day: date | None = self.cleaned_data["limits_on"]
        if day is not None and day > timezone.now().date():
            raise forms.ValidationError(_("This day is yet to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """Require a source for numbers; without numbers there is nothing to have a source for."""
        data = super().clean() or {}
        if data.get("requests_per_minute") is None and data.get("tokens_per_minute") is None:
            if not self.errors:
                data |= {"limits_source": "", "limits_on": None}
        elif not data.get("limits_source") and "limits_source" not in self.errors:
            self.add_error("limits_source", _("Say where the limits were read."))
        elif data.get("limits_on") is None and "limits_on" not in self.errors:
            data["limits_on"] = timezone.now().date()
        return data

    def save(self, commit: bool = True) -> Endpoint:
        """Save the limits alone: other settings may be changed at the same moment."""
        endpoint: Endpoint = super().save(commit=False)
        endpoint.save(update_fields=self._meta.fields)
        return endpoint


class PriceForm(forms.Form):
    """A price of one model, from a day on."""

    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=LONGEST_MODEL,
        help_text=gettext_lazy("As the endpoint calls it."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "dir": "ltr"}),
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=DAY,
        help_text=gettext_lazy("The price holds from this day on (UTC), until a newer one does."),
    )
    input = forms.DecimalField(
        label=gettext_lazy("A million tokens of requests"),
        widget=forms.NumberInput(attrs=AMOUNT),
    )
    output = forms.DecimalField(
        label=gettext_lazy("A million tokens of answers"),
        widget=forms.NumberInput(attrs=AMOUNT),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Three letters, such as USD or EUR."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "dir": "ltr"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Where the price was read"),
        max_length=LONGEST_SOURCE,
        help_text=gettext_lazy("The address of a price list, or what else tells where it is from."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, data: QueryDict | None, endpoint: Endpoint) -> None:
        first = Price.objects.filter(endpoint=endpoint).order_by("-created_at").first()
        initial = {
            "model": endpoint.model,
            "since": timezone.now().date(),
            "currency": first.currency if first is not None else "USD",
        }
        super().__init__(data, initial=initial, auto_id="price_%s")
        self.endpoint = endpoint

    def clean_currency(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["currency"]).upper()

    def add(self, by: User) -> bool:
        """Add the price, or say at the fields why not."""
        if not self.is_valid():
            return False
        try:
            add(self.endpoint, NewPrice(**self.cleaned_data), by)
        except PriceError as error:
            for field, said in error.faults.items():
                self.add_error(field, said)
            return False
        return True
