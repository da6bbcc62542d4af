"""What a new run of an arm would do: rows, calls, tokens, money, time; nothing is asked or saved."""

from dataclasses import dataclass

from annotation.models import Study
from personalization.pipeline.estimate import estimate
from personalization.runs.estimates import Estimate
from personalization.runs.forecast import Range
from personalization.views.arm_forms import ArmForm


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be done, as the parts of the page read it."""

    whole: Estimate
    budget_micros: int | None

    @property
    def calls(self) -> int:
        """Return the calls of all kinds of rows."""
        return self.whole.calls

    @property
    def prompt_tokens(self) -> Range:
        """Return the tokens of all requests."""
        return self.whole.prompt_tokens

    @property
    def completion_tokens(self) -> Range:
        """Return the tokens of all answers."""
        return self.whole.completion_tokens

    @property
    def micros(self) -> Range | None:
        """Return what all of it costs; None without a price."""
        return self.whole.micros

    @property
    def most_micros(self) -> int | None:
        """Return what it costs if every answer is as long as it may be; None without a price."""
        return self.whole.most_micros

    @property
    def minutes(self) -> Range | None:
        """Return how long all of it takes; None where nobody knows."""
        seconds = self.whole.seconds
        return None if seconds is None else seconds * (1 / 60)

    @property
    def short(self) -> bool:
        """Return whether the budget may be spent before all is asked."""
        cost, budget = self.micros, self.budget_micros
        return budget is not None and cost is not None and cost.high > budget


def planned(study: Study, form: ArmForm) -> Planned:
    """Return what a run would do as the form stands."""
    data = form.cleaned_data
    found = estimate(
        study,
        form.step,
        data["endpoint"],
        data["model"],
        form.sampling,
        form.chosen,
        prompts=form.prompts,
        base=form.begins_with,
        most_items=data["most_items"],
    )
    return Planned(found, form.budget_micros)
