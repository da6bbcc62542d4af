"""Forms of a study's settings: what people do and get, and which models the machine asks."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation import money
from annotation.models import Study
from annotation.models.study import PayRule
from personalization.models import Endpoint, StepModel
from personalization.models.endpoint import Step

MOST_TURNS = 100
MOST_QUERIES_EACH = 50
MOST_STRANGERS = 20
MOST_SHEETS_EACH = 500
MOST_LEASE_MINUTES = 7 * 24 * 60
MOST_PAY = Decimal(1_000_000)
MOST_TEXT = 100_000

AMOUNT = {"step": "any", "inputmode": "decimal"}
SECTIONS = (
    (gettext_lazy("About"), ("title", "description")),
    (gettext_lazy("Chat"), ("chat_task", "turns_min", "turns_max")),
    (gettext_lazy("Labels"), ("queries_each", "strangers", "sheets_each", "lease_minutes")),
    (gettext_lazy("Pay"), ("pay", "pay_rule", "pay_partial", "pay_currency")),
)


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people do in a study, how often, and what they get for it."""

    turns_min = forms.IntegerField(
        label=gettext_lazy("Fewest messages"),
        help_text=gettext_lazy("So many messages a person writes before the chat may end."),
        min_value=1,
        max_value=MOST_TURNS,
    )
    turns_max = forms.IntegerField(
        label=gettext_lazy("Most messages"),
        help_text=gettext_lazy("Then the chat ends."),
        min_value=1,
        max_value=MOST_TURNS,
    )
    queries_each = forms.IntegerField(
        label=gettext_lazy("Queries for each person"),
        help_text=gettext_lazy(
            "New requests: a person says which attributes matter, and compares two responses."
        ),
        min_value=1,
        max_value=MOST_QUERIES_EACH,
    )
    strangers = forms.IntegerField(
        label=gettext_lazy("Strangers for each sheet"),
        help_text=gettext_lazy(
            "So many other people label each sheet, if its owner lets others see the texts."
        ),
        min_value=0,
        max_value=MOST_STRANGERS,
    )
    sheets_each = forms.IntegerField(
        label=gettext_lazy("Sheets for each labeller"),
        help_text=gettext_lazy("For people who only label other people's sheets."),
        min_value=1,
        max_value=MOST_SHEETS_EACH,
    )
    lease_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes for a sheet"),
        help_text=gettext_lazy("After that, somebody else may take a sheet without an answer."),
        min_value=1,
        max_value=MOST_LEASE_MINUTES,
    )
    pay = forms.DecimalField(
        label=gettext_lazy("Pay for the whole study"),
        help_text=gettext_lazy("Shown to people before they begin."),
        required=False,
        min_value=Decimal(0),
        max_value=MOST_PAY,
        decimal_places=3,
        widget=forms.NumberInput(attrs=AMOUNT),
    )
    pay_rule = forms.ChoiceField(
        label=gettext_lazy("Whoever stops early gets"),
        help_text=gettext_lazy(
            "People see the amount before they stop. Whoever finds no sheet any more gets a share under"
            " either rule, because it is not their fault."
        ),
        choices=[
            (PayRule.FIXED, gettext_lazy("the amount below, however much is done")),
            (
                PayRule.SHARE,
                gettext_lazy(
                    "a share of the pay: sheets sent of the sheets asked for, or on the whole way the"
                    " usual minutes of the parts that are finished; at least the amount below"
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )
    pay_partial = forms.DecimalField(
        label=gettext_lazy("Pay for a part"),
        help_text=gettext_lazy("What somebody gets at least who stops early. Empty is nothing."),
        required=False,
        min_value=Decimal(0),
        max_value=MOST_PAY,
        decimal_places=3,
        widget=forms.NumberInput(attrs=AMOUNT),
    )
    pay_currency = forms.CharField(
        label=gettext_lazy("Currency"),
        required=False,
        max_length=3,
        help_text=gettext_lazy("Three letters, such as EUR, USD or GBP."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = Study
        fields = [
            "title", "description", "chat_task", "turns_min", "turns_max",
            "queries_each", "strangers", "sheets_each", "lease_minutes", "pay_rule", "pay_currency",
        ]  # fmt: skip
        labels = {
            "title": gettext_lazy("Title"),
            "description": gettext_lazy("Description"),
            "chat_task": gettext_lazy("Task for the chat"),
        }
        help_texts = {
            "title": gettext_lazy("What people read."),
            "description": gettext_lazy("For researchers."),
            "chat_task": gettext_lazy("What people are asked to talk about with the assistant."),
        }
        widgets = {
            "title": forms.TextInput,
            "description": forms.Textarea(attrs={"rows": 3, "maxlength": MOST_TEXT}),
            "chat_task": forms.Textarea(attrs={"rows": 5, "maxlength": MOST_TEXT}),
        }

    def __init__(self, data: QueryDict | None = None, *, instance: Study) -> None:
        currency = instance.pay_currency
        pays = {"pay": instance.pay_minor, "pay_partial": instance.pay_partial_minor}
        initial = {
            name: money.to_amount(minor, currency)
            for name, minor in pays.items()
            if minor is not None and currency
        }
        super().__init__(data, instance=instance, initial=initial)

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Yield the fields under their headings."""
        for heading, names in SECTIONS:
            yield str(heading), [self[name] for name in names]

    def clean_pay_currency(self) -> str:
        """Return the currency in capitals, if there is such a one."""
        code = str(self.cleaned_data["pay_currency"]).strip().upper()
        if code and not money.is_currency(code):
            raise forms.ValidationError(_("There is no currency of this name."))
        return code

    def clean(self) -> dict[str, Any]:
        """Check what several answers say together."""
        data = super().clean() or {}
        fewest, most = data.get("turns_min"), data.get("turns_max")
        if fewest is not None and most is not None and fewest > most:
            self.add_error("turns_max", _("This is less than the fewest messages."))
        pay, part = data.get("pay"), data.get("pay_partial")
        if part is not None and "pay" in data and part > (pay or 0):
            self.add_error("pay_partial", _("This is more than the pay for the whole study."))
        for name in ("pay", "pay_partial"):
            self._minor(name, data)
        return data

    def _minor(self, name: str, data: dict[str, Any]) -> None:
        """Put an amount into the study in its currency's smallest unit."""
        given, currency = data.get(name), data.get("pay_currency")
        if given is not None and currency == "":
            self.add_error("pay_currency", _("Say in which currency."))
            return
        try:
            minor = None if given is None or not currency else money.to_minor(given, currency)
        except ValueError:
            self.add_error(name, _("This currency has no coin so small."))
            return
        setattr(self.instance, f"{name}_minor", minor)


class ModelsForm(forms.Form):
    """Which model each step asks, and where; empty means the usual one of this site."""

    def __init__(self, data: QueryDict | None = None, *, study: Study) -> None:
        super().__init__(data)
        self.study = study
        self.chosen = {one.step: one for one in study.step_models.all()}
        # A closed endpoint stays on the list only where it is chosen already.
        offered = Q(closed_at=None) | Q(pk__in=[one.endpoint_id for one in self.chosen.values()])
        endpoints = list(Endpoint.objects.filter(offered))
        self.endpoints = {str(one.pk): one for one in endpoints}
        for step in Step:
            now = self.chosen.get(step)
            self.fields[f"{step}_endpoint"] = forms.ChoiceField(
                label=_("Endpoint"),
                required=False,
                choices=[
                    ("", _("The usual one")),
                    *((str(one.pk), _named(one)) for one in endpoints),
                ],
                initial=str(now.endpoint_id) if now else "",
            )
            self.fields[f"{step}_model"] = forms.CharField(
                label=_("Model"),
                required=False,
                max_length=200,
                initial=now.model if now else "",
                help_text=_("Leave it empty for the usual model of the endpoint."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def steps(self) -> Iterator[tuple[Step, BoundField, BoundField]]:
        """Yield the two fields of each step."""
        for step in Step:
            yield step, self[f"{step}_endpoint"], self[f"{step}_model"]

    def clean(self) -> dict[str, Any]:
        """Require a model's name for each endpoint, and an endpoint for each model's name."""
        data = super().clean() or {}
        for step in Step:
            endpoint = self.endpoints.get(data.get(f"{step}_endpoint", ""))
            model = data.get(f"{step}_model", "")
            if model and endpoint is None and not self.has_error(f"{step}_endpoint"):
                self.add_error(f"{step}_endpoint", _("Choose where this model is asked."))
            elif endpoint is not None and not model and not endpoint.model:
                self.add_error(f"{step}_model", _("This endpoint has no usual model: name one."))
        return data

    @transaction.atomic
    def save(self) -> None:
        """Keep what was chosen; the sampling of a step stays as it is."""
        for step in Step:
            endpoint = self.endpoints.get(self.cleaned_data[f"{step}_endpoint"])
            if endpoint is None:
                self.study.step_models.filter(step=step).delete()
                continue
            StepModel.objects.update_or_create(
                study=self.study,
                step=step,
                defaults={
                    "endpoint": endpoint,
                    "model": self.cleaned_data[f"{step}_model"] or endpoint.model,
                },
            )


def _named(endpoint: Endpoint) -> str:
    """Return an endpoint with the name of whoever runs it."""
    return f"{endpoint.name} ({endpoint.provider})" if endpoint.provider else endpoint.name
