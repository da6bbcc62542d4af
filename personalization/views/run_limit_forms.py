"""What a run may spend, and until when: fields of a new run, and the form for one under way."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personalization.llm.pricing import MILLION
from personalization.models import ArmRun, JudgeRun

MOST_BUDGET = 1_000_000
LOCAL = "%Y-%m-%dT%H:%M"  # as browsers send and want times of a place


class LimitFields(forms.Form):
    """A budget and a deadline; both may be left out."""

    budget = forms.DecimalField(
        label=gettext_lazy("Budget"),
        required=False,
        min_value=0,
        max_value=MOST_BUDGET,
        decimal_places=6,
        help_text=gettext_lazy(
            "In the currency of the model's price. When it is spent, the run pauses; nothing is"
            " lost. Empty: no limit."
        ),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    deadline = forms.DateTimeField(
        label=gettext_lazy("Deadline"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - as Django types it
        super().__init__(*args, **settings)
        self.fields["deadline"].help_text = _(
            "What is not asked by then is not asked: the run pauses. Empty: no limit. Time zone:"
            " %(zone)s."
        ) % {"zone": timezone.get_current_timezone_name()}

    def clean_deadline(self) -> Any:  # noqa: ANN401 - a time, or None
        """Refuse a time that is over."""
        deadline = self.cleaned_data["deadline"]
        if deadline is not None and deadline <= timezone.now():
            raise ValidationError(_("This time is over. Name a later one."))
        return deadline

    @property
    def budget_micros(self) -> int | None:
        """Return the budget in millionths of its currency."""
        budget: Decimal | None = self.cleaned_data["budget"]
        return None if budget is None else int(budget * MILLION)


class LimitsForm(LimitFields):
    """The limits of a run that is under way."""

    def __init__(self, data: Any = None, *, run: JudgeRun | ArmRun) -> None:  # noqa: ANN401 - as Django types it
        budget = run.budget_micros
        amount = None if budget is None else (Decimal(budget) / MILLION).normalize()
        super().__init__(
            data,
            initial={
                "budget": None if amount is None else f"{amount:f}",
                "deadline": run.deadline,
            },
            auto_id="id_limits_%s",
        )
