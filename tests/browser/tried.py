"""Trials of prompts for the pages: two versions on the same items, and an injection check."""

from django.utils import timezone

from annotation.models import Question, Rater, User
from personalization.judge.injections import CORPUS
from personalization.judge.planning import PLANTED, TRIAL
from personalization.judge.raters import judge_rater
from personalization.models import Endpoint, JudgeRun, PromptVersion
from personalization.prompt_versions import add, newest, use
from personalization.prompts import body_of
from tests.personalization.views.kept_runs import called_run, reading

NAME = "judge_record"
ITEMS = 3


def tried(
    question: Question, user: User, endpoint: Endpoint, model: str = "small-1"
) -> dict[str, int]:
    """Make an own version of a prompt, used in a trial and in a check, and a trial of the shipped one."""
    new = written(user, model)
    old = newest(NAME)
    raters = [judge_rater(endpoint, model, {}, prompts={NAME: one.version}) for one in (new, old)]
    use(raters[0].configuration)
    trials = [_run(question, endpoint, rater, user, planned=10) for rater in raters]
    for place, run in enumerate(trials):
        for n, item in enumerate(question.items.order_by("pk")[:ITEMS]):
            unread = {"value": None, "reason": "unparsed"} if n == 2 else {"value": place}
            reading(run, item, "none", f"{model} says so.", occasion=TRIAL, **unread)
    check = _run(question, endpoint, raters[0], user, planted=True, planned=10)
    item = question.items.earliest("pk")
    for sample in range(1 + len(CORPUS)):
        reading(check, item, "none", "", occasion=PLANTED, sample=sample, value=sample % 2)
    return {"trial": trials[0].pk, "trial_other": trials[1].pk, "check": check.pk}


def written(user: User, said: str) -> PromptVersion:
    """Make a version of one's own, with what somebody wrote in its text and its note."""
    body = body_of(newest(NAME).text).replace("\n\n## user", f"\n\nMind: {said}.\n\n## user")
    return add(NAME, body, f"It minds {said}", user)


def _run(
    question: Question, endpoint: Endpoint, rater: Rater, user: User, **columns: object
) -> JudgeRun:
    return called_run(
        question.study, endpoint=endpoint, rater=rater, by=user, questions=[question.pk], trial=True,
        most_items=10, finished_at=timezone.now(), **columns,
    )  # fmt: skip
