"""People with conversations to be read, and what must be true once they have been."""

import random
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from annotation.models import ConsentText, Conversation, Enrollment, Participant, Study, Turn
from annotation.models.person import Scope
from benchmarks.judge_study import WORDS
from personalization.arms.configuration import Extracting
from personalization.arms.making import make
from personalization.models import Arm, ArmLedger, ArmRun, Endpoint, Extraction, Merging, ModelCall
from personalization.models.arm import ArmStep

EACH = 4  # conversations of a person
TURNS = 8
STEP = "extraction"


@transaction.atomic
def lay(name: str, conversations: int) -> Study:
    """Make a study with so many finished conversations, each with other words."""
    chance = random.Random(name)  # noqa: S311 - made-up texts
    study = Study.objects.create(name=name, synthetic=True)
    ConsentText.objects.create(study=study, version=1, text="We read chats.")
    for number in range(conversations):
        if number % EACH == 0:
            person = Participant.objects.create()
            Enrollment.objects.create(
                participant=person, study=study, consent_version=1,
                consented_at=timezone.now(), scopes=list(Scope.values),
            )  # fmt: skip
        chat = Conversation.objects.create(
            study=study, participant=person, finished_at=timezone.now()
        )
        Turn.objects.bulk_create(
            Turn(
                conversation=chat,
                position=position,
                speaker=("user", "assistant")[position % 2],
                source=("typed", "model")[position % 2],
                text=f"{number}: {' '.join(chance.choices(WORDS, k=40))}",
            )
            for position in range(TURNS)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return study


def extractor(study: Study, at: Endpoint) -> Arm:
    """Make an arm with the usual manner."""
    return make(study, ArmStep.EXTRACTION, at, at.model, {"temperature": 0}, Extracting())


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database says when a run has ended."""

    conversations: int
    settled_once: int  # conversations with one settled extraction that found something
    failed: int
    mergings: int
    calls: int
    answered: int
    lost: int
    again: int  # calls made after a saved answer to the same row
    unnoted: int  # calls less what the ledger has
    planned: int
    settled: int


def count(run: ArmRun) -> Counted:
    """Count what came of a run."""
    rows = Extraction.objects.filter(run=run, trial=False)
    good = rows.filter(settled_at__isnull=False, failure=None).values("conversation")
    calls = ModelCall.objects.filter(step=STEP, work_id__in=rows.values("pk"))
    before = ModelCall.objects.filter(
        step=STEP, work_id=OuterRef("work_id"), attempt__lt=OuterRef("attempt"),
        answer__isnull=False,
    )  # fmt: skip
    noted = sum(ArmLedger.objects.filter(run=run).values_list("calls", flat=True))
    run.refresh_from_db()
    return Counted(
        conversations=Conversation.objects.filter(study=run.study).count(),
        settled_once=good.annotate(n=Count("pk")).filter(n=1).count(),
        failed=rows.filter(failure__isnull=False).count(),
        mergings=Merging.objects.filter(run=run, settled_at__isnull=False, failure=None).count(),
        calls=calls.count(),
        answered=calls.filter(answer__isnull=False).count(),
        lost=calls.filter(error__startswith="lost").count(),
        again=calls.filter(Exists(before)).count(),
        unnoted=calls.count() - noted,
        planned=run.planned,
        settled=run.settled,
    )


def longest_gap(run: ArmRun) -> float:
    """Return the longest time, in seconds, in which no call was begun."""
    rows = Extraction.objects.filter(run=run).values("pk")
    begun = ModelCall.objects.filter(step=STEP, work_id__in=rows).order_by("started_at")
    times = [at.timestamp() for at in begun.values_list("started_at", flat=True)]
    return max((later - sooner for sooner, later in pairwise(times)), default=0)
