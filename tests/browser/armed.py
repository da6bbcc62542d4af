"""Arms of the pipeline for the pages: runs that are done, paused or under way, and two tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from annotation.models import Enrollment, Study, User
from personalization.models import Arm, ArmRun, Endpoint, Extraction
from personalization.prompt_versions import add, newest
from personalization.prompts import body_of
from tests import factories as make
from tests.personalization.views import kept_arms as kept

TRAITS = (
    "The user sails every summer.",
    "The user keeps bees on the roof of an office building.",
    "The user is learning to read sheet music.",
)
Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Armed:
    """Where everything is: a study, an arm, its runs with a row of one, and two tests."""

    study: str
    arm: int
    run: int
    done: int
    row: int
    trial: int
    other: int


def armed(user: User, refusing: Endpoint, *, name: str = "harbour", text: Text = str) -> Armed:
    """Make a study with arms of every step; return where everything is."""
    study = make.study(name=name)
    Study.objects.filter(pk=study.pk).update(title=text("Harbour"))
    study.refresh_from_db()
    people = [make.enrolled(study=study, part="done") for _n in range(3)]
    finder = kept.arm(study, at=refusing, name=text("Careful extractor"), by=user)
    run = _paused(finder, user, people, text)
    done = kept.run_of(finder, by=user, settled=3, planned=3, finished_at=timezone.now())
    row = kept.extraction(
        done, people[0], *(text(one) for one in TRAITS), dropped={"below_floor": 2}
    )
    kept.called(row, 0, error=f"timeout: {text('nothing came')}")
    kept.called(row, 1, text("[]"), of=text("I sail every summer."))
    reviser = kept.arm(study, "revision", at=refusing, base=finder, name=text("Second look"))
    revising = kept.run_of(reviser, planned=6, settled=2)
    for one in people[0].participant.attributes.all()[:2]:
        kept.revision(revising, one, flagged=True, why=text("Too general."))
    writer = kept.arm(study, "generation", at=refusing, name=text("Plain author"))
    written = kept.run_of(writer, planned=3, settled=3, finished_at=timezone.now())
    query = make.query(study=study, text=text("Where should I go in May?"))
    for person in people:
        kept.generation(written, person, text("Try the lake."), query=query)
    trial, other = _tried(study, user, refusing, people, text)
    return Armed(study.name, finder.pk, run.pk, done.pk, row.pk, trial, other)


def _paused(finder: Arm, user: User, people: list[Enrollment], text: Text) -> ArmRun:
    """Make a run that an endpoint stopped, with failures, errors and costs."""
    now = timezone.now()
    run = kept.run_of(
        finder, by=user, planned=24, settled=9, withheld=2, paused_at=now, budget_micros=2_000_000,
        spent_micros=431_250, currency="EUR", trouble=f"unauthorized: {text('This key is unknown')}",
    )  # fmt: skip
    for ago in range(8):
        kept.noted(
            run, now - timedelta(minutes=ago), answered=30 + 7 * ago % 20, timeout=ago % 3,
            rate_limited=2,
        )  # fmt: skip
    kept.extraction(run, people[1], text(TRAITS[0]), dropped={"no_such_turn": 1})
    for why in ("unavailable: no connection", "refused: the model did not want to answer"):
        kept.extraction(run, people[2], failure=f"{why} {text('')}".strip())
    kept.extraction(run, people[2], settled_at=None)
    return run


def _tried(
    study: Study, user: User, at: Endpoint, people: list[Enrollment], text: Text
) -> tuple[int, int]:
    """Make two tests on the same conversations, with two versions of a prompt."""
    body = body_of(newest("extraction").text).replace("## system\n", "## system\nBe brief.\n", 1)
    own = add("extraction", body, text("It is brief"), user)
    arms = [
        kept.arm(study, at=at, name=text("Brief extractor"), prompts={"extraction": own.version}),
        kept.arm(study, at=at, name=text("Usual extractor"), sampling={"temperature": 0.8}),
    ]
    found = []
    for place, arm in enumerate(arms):
        run = kept.run_of(arm, trial=True, most_items=10, planned=3, settled=3,
                          finished_at=timezone.now(), by=user)  # fmt: skip
        found.append(run)
        for n, person in enumerate(people):
            traits = [
                {"text": text(one), "reason": text("They say so."), "confidence": 0.9,
                 "evidence": [1, 3]}
                for one in TRAITS[: n + place]
            ]  # fmt: skip
            row = kept.extraction(
                run, person, result={"attributes": traits, "dropped": {"below_floor": n}}
            )
            kept.called(row, text=text("[raw]"), of=text("I sail every summer."))
            if place:
                before = Extraction.objects.filter(run=found[0]).order_by("pk")[n]
                Extraction.objects.filter(pk=row.pk).update(conversation=before.conversation)
    return found[0].pk, found[1].pk
