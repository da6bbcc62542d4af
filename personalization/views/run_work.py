"""What a new run would do: items, calls, tokens, money, time; nothing is asked or saved for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.models import Study
from personalization.judge.estimate import estimate
from personalization.runs.estimates import Estimate
from personalization.runs.forecast import NOTHING, Range
from personalization.views.run_forms import RunForm


@dataclass(frozen=True, slots=True)
class Work:
    """What would be done: by the judge, by its twin without a persona, and by baselines."""

    judges: Sequence[Estimate]
    samples: int
    budget_micros: int | None
    baselines: int

    @property
    def judge(self) -> Estimate | None:
        """Return what the judge itself would do."""
        return self.judges[0] if self.judges else None

    @property
    def twins(self) -> bool:
        """Return whether a second judge is asked."""
        return len(self.judges) > 1

    @property
    def calls(self) -> int:
        """Return the calls of all judges."""
        return sum(one.calls for one in self.judges)

    @property
    def prompt_tokens(self) -> Range:
        """Return the tokens of all requests."""
        return sum([one.prompt_tokens for one in self.judges], NOTHING)

    @property
    def completion_tokens(self) -> Range:
        """Return the tokens of all answers."""
        return sum([one.completion_tokens for one in self.judges], NOTHING)

    @property
    def micros(self) -> Range | None:
        """Return what all of it costs; None without a price."""
        known = [one.micros for one in self.judges if one.micros is not None]
        return sum(known, NOTHING) if known else None

    @property
    def most_micros(self) -> int | None:
        """Return what it costs if every answer is as long as it may be; None without a price."""
        known = [one.most_micros for one in self.judges if one.most_micros is not None]
        return sum(known) if known else None

    @property
    def minutes(self) -> Range | None:
        """Return how long all of it takes; None where nobody knows."""
        known = [one.seconds for one in self.judges if one.seconds is not None]
        return sum(known, NOTHING) * (1 / 60) if known else None

    @property
    def short(self) -> bool:
        """Return whether the budget may be spent before all is asked: each judge has its own."""
        costs = [one.micros for one in self.judges]
        budget = self.budget_micros
        return budget is not None and any(one and one.high > budget for one in costs)


def work_of(study: Study, form: RunForm) -> Work:
    """Return what a run would do as the form stands."""
    data = form.cleaned_data
    baselines = len(data["baselines"])
    if data["endpoint"] is None:
        return Work([], 1, None, baselines)
    judges = [
        estimate(
            study,
            list(data["questions"]),
            data["endpoint"],
            data["model"],
            form.sampling,
            manner=manner,
            prompts=form.prompts,
            most_items=data["most_items"],
        )
        for manner in form.manners
    ]
    return Work(judges, form.manners[0].samples, form.budget_micros, baselines)
