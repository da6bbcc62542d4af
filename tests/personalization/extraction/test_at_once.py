"""Two workers settle rows of the same person at the same moment: they see each other's work."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections

from annotation import models as m
from personalization.arms.step import ArmStepOf
from personalization.asking import ask_once
from personalization.models import ArmRun, Extraction, Merging, ModelCall
from personalization.steps import Request, attempt
from personalization.work import claim
from tests.llm_server import LLMServer
from tests.personalization.extraction.extracted import (
    CHAIN,
    answer,
    extractor,
    finished,
    run_of,
    said,
)
from tests.personalization.machine import endpoint, person, study

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 3  # that it is tried: who comes first is chance


def asked(run: ArmRun) -> list[tuple[Extraction, ModelCall]]:
    """Return the rows of a run with their answers, not settled."""
    found = []
    for row in claim(Extraction.objects.select_related("arm__endpoint").filter(run=run), 10):
        request = CHAIN[0].request(row)
        assert request is not None
        ask = async_to_sync(ask_once)
        found.append((row, ask("extraction", row.pk, 0, request.endpoint, request.ask)))
    return found


def at_once(*rows: tuple[Extraction, ModelCall]) -> None:
    together = Barrier(len(rows))
    step: ArmStepOf[Any] = CHAIN[0]

    def one(row: Extraction, call: ModelCall) -> None:
        async def there_already(_request: Request) -> ModelCall:
            return call

        together.wait()
        try:
            async_to_sync(attempt)(step, row, there_already)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(rows)) as pool:
        for done in [pool.submit(one, *row) for row in rows]:
            done.result()


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    llm_server.say("Task: extraction", answer(said("The user sails."), said("The user cooks.")))
    return study(endpoint(llm_server), queries=0)


@pytest.mark.parametrize("_time", range(TIMES))
def test_a_text_of_two_arms_is_one_attribute(of: m.Study, _time: int) -> None:
    """Whoever comes second finds what the first one has written."""
    finished(person(of), "I sail.")
    runs = [run_of(extractor(of, live=False, model=model)) for model in ("ours", "theirs")]
    at_once(*[row for run in runs for row in asked(run)])
    assert m.Attribute.objects.count() == 2
    assert m.AttributeVariant.objects.count() == 4


@pytest.mark.parametrize("_time", range(TIMES))
def test_the_last_two_conversations_lead_to_one_merging(of: m.Study, _time: int) -> None:
    """Neither none nor two: the second one to settle sees that it is the last."""
    somebody = person(of)
    finished(somebody, "I sail.")
    finished(somebody, "I cook.")
    run = run_of(extractor(of, live=False))
    at_once(*asked(run))
    assert Merging.objects.count() == 1
    run.refresh_from_db()
    assert (run.planned, run.settled) == (3, 2)
