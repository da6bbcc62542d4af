"""What a new run would do: items, readings, calls, tokens, money, time; nothing is asked for it."""

from dataclasses import dataclass

from annotation.models import Study
from personalization.judge.planning import Plan, preview
from personalization.judge.raters import known_judge
from personalization.views.run_forms import RunForm


@dataclass(frozen=True, slots=True)
class Work:
    """What would be done: a judge's plan, where a model is asked; how many baselines."""

    plan: Plan | None
    baselines: int


def work_of(study: Study, form: RunForm) -> Work:
    """Return what a run would do as the form stands."""
    data = form.cleaned_data
    endpoint, questions = data["endpoint"], list(data["questions"])
    if endpoint is None:
        return Work(None, len(data["baselines"]))
    manner = form.manners[0]
    judge = known_judge(endpoint, data["model"], form.sampling, manner, form.prompts)
    plan = preview(
        study,
        questions,
        provider=endpoint.provider,
        rater=judge.pk if judge else None,
        samples=manner.samples,
        most=data["most_items"],
        held_out=bool(manner.shots),
    )
    return Work(plan, len(data["baselines"]))
