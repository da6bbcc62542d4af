"""Generation by the engine: runs of several arms, then their comparisons."""

import pytest

from annotation import models as m
from personalization.generation.laying import lay_comparisons
from personalization.generation.matching import manner_of
from personalization.generation.mentions import lay_mentions
from personalization.models import Generation
from personalization.pipeline import runs
from personalization.pipeline.estimate import estimate
from tests.llm_exchange import Body
from tests.llm_server import LLMServer, texts_of
from tests.personalization.generation.people import arm, boats, lay, strangers_say
from tests.personalization.machine import endpoint, person, study
from tests.personalization.pipeline.carried import to_the_end

pytestmark = pytest.mark.django_db(transaction=True)


def by_what_is_asked(body: Body) -> str:
    """Answer in as many words as are asked for, and otherwise than without attributes."""
    text = texts_of(body)
    if "as close to" in text:
        return "Row to the island today."
    return "Sail." if "The user has" in text else "Take the train at noon."


def test_arms_one_after_another(llm_server: LLMServer) -> None:
    """Without attributes, then length-matched with them; a second run finds nothing to do."""
    llm_server.say("Task: generation", by_what_is_asked)
    of = study(endpoint(llm_server), queries=2)
    for _somebody in range(2):
        somebody = person(of)
        for query in of.queries.all():
            strangers_say(lay(somebody, query, boats(somebody, 2)), (2, 0), (0, 2))
    none, matched = arm(of), arm(of, "relevant_majority", matched=True)
    for by in (none, matched):
        run = to_the_end(runs.start(by))
        assert (run.planned, run.settled, run.finished_at is None) == (4, 4, False)
    assert llm_server.count() == 8
    rows = Generation.objects.filter(arm=matched)
    assert {(row.words, row.failure, row.leaks == []) for row in rows} == {(5, None, True)}
    laid = lay_comparisons(of)
    assert (laid.sheets, laid.people, laid.items) == (4, 2, 8)
    assert lay_mentions(of).items == 4
    to_the_end(runs.start(none))
    assert llm_server.count() == 8


def test_a_dry_run_counts_what_would_be_asked(llm_server: LLMServer) -> None:
    of = study(endpoint(llm_server), queries=2)
    somebody = person(of)
    for query in of.queries.all():
        lay(somebody, query, boats(somebody, 2))
    by = arm(of, "all")
    assert by.endpoint is not None
    found = estimate(of, "generation", by.endpoint, by.model, {}, manner_of(by))
    assert found.calls == 2
    assert llm_server.count() == 0
    assert not m.Response.objects.exists()
