"""Who may say which attributes may matter, before anybody was asked."""

import pytest
from asgiref.sync import async_to_sync

from annotation import models as m
from annotation.protocol import protocol
from annotation.sheets import lay_relevance
from personalization.embedding.errors import EmbedError
from personalization.judge.closeness import Threshold, near_rater
from personalization.models import Vector
from personalization.pairing.matchers import closeness_matcher, judges_of
from personalization.pairing.matching import ask, fit
from personalization.steps import HopelessError
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import endpoint

pytestmark = pytest.mark.django_db
SAILS, BOATS, COOKS = "The user sails.", "The user owns boats.", "The user cooks rice."


class World:
    """A person with three attributes, and two queries."""

    def __init__(self) -> None:
        self.person = make.enrolled()
        self.study = self.person.study
        of = self.person.participant
        texts = (SAILS, BOATS, COOKS)
        self.attributes = [make.attribute(study=self.study, of=of, text=text) for text in texts]
        asked = ("Where can one who sails see boats?", "How long does rice take?")
        self.queries = [make.query(study=self.study, text=text) for text in asked]

    def counts(self, matcher: m.Rater | None) -> list[int]:
        """Return how many attributes may matter to each query."""
        found = fit(matcher, self.attributes, self.queries)
        assert found.attributes == 3
        return [found.candidates[one.pk] for one in self.queries]


@pytest.fixture
def world() -> World:
    return World()


def test_without_a_matcher_every_attribute_counts(world: World) -> None:
    assert world.counts(None) == [3, 3]
    found = fit(None, world.attributes, world.queries)
    assert found.fitting(3) == {one.pk for one in world.queries}
    assert found.fitting(4) == set()
    assert fit(None, [], world.queries).fitting(0) == set()


@pytest.mark.parametrize("name", ["bm25", "embedding"])
def test_without_a_threshold_the_middle_of_a_persons_own_pairs(world: World, name: str) -> None:
    """Sailing and boats to the first query, rice to the second: the nearer half, and more than 0."""
    matcher = closeness_matcher(world.study, name)
    assert matcher.configuration["threshold"] is None
    assert world.counts(matcher) == [2, 1]
    assert fit(matcher, world.attributes, world.queries).fitting(2) == {world.queries[0].pk}


def test_from_the_threshold_on_where_there_is_one(world: World) -> None:
    """The newest one of the study; above what anything reaches, nothing may matter."""
    question = protocol(world.study).relevance
    high = near_rater("bm25", question, Threshold(99.0, "development"))
    assert closeness_matcher(world.study, "bm25") == high
    assert world.counts(high) == [0, 0]
    low = near_rater("bm25", question, Threshold(0.0, "development"))
    assert closeness_matcher(world.study, "bm25") == low
    assert world.counts(low) == [3, 3]


def test_what_a_judge_has_said(world: World) -> None:
    """Yes counts, no and unreadable answers do not; where it said nothing, all attributes count."""
    judge = make.judge()
    asked, silent = world.queries
    pairs = [make.relevance_pair(attribute=one, query=asked) for one in world.attributes]
    sheet = lay_relevance(world.person, pairs)
    items = {one.relevance_pair.attribute.text: one for one in sheet.items.all()}  # type: ignore[union-attr]
    make.judgment(item=items[SAILS], rater=judge, role="machine", value=1)
    make.judgment(item=items[BOATS], rater=judge, role="machine", value=0)
    make.judgment(item=items[COOKS], rater=judge, role="machine", value=None, reason="unparsed")
    found = fit(judge, world.attributes, world.queries)
    assert found.candidates == {asked.pk: 1, silent.pk: 3}
    assert found.silent == {silent.pk}
    assert list(judges_of(world.study)) == [judge]
    assert not judges_of(make.study()).exists()


def test_vectors_of_an_endpoint_are_got_before_and_only_with_consent(
    world: World, llm_server: LLMServer
) -> None:
    """Nothing is asked while a plan is looked at: until then the matcher is silent."""
    place = endpoint(llm_server, provider="Example AI")
    matcher = closeness_matcher(world.study, "embedding", f"endpoint:{place.name}/small")
    silent = fit(matcher, world.attributes, world.queries)
    assert silent.silent == {one.pk for one in world.queries}
    assert llm_server.embedded == []
    everything = (matcher, world.person, world.attributes, world.queries)
    with pytest.raises(HopelessError, match="no_consent"):
        async_to_sync(ask)(*everything)
    assert llm_server.embedded == []
    make.consent_text(study=world.study, version=2, provider="Example AI")
    world.person.consent_version = 2
    world.person.save()
    async_to_sync(ask)(*everything)
    assert Vector.objects.count() == 5
    found = fit(matcher, world.attributes, world.queries)
    assert not found.silent
    assert found.candidates[world.queries[0].pk] >= 2
    async_to_sync(ask)(*everything)
    assert len(llm_server.embedded) == 1


def test_an_embedder_that_is_gone_leaves_nothing_out(world: World, llm_server: LLMServer) -> None:
    """Whoever asks for its vectors is told; whoever looks at a plan sees that nobody has said."""
    place = endpoint(llm_server)
    matcher = closeness_matcher(world.study, "embedding", f"endpoint:{place.name}/small")
    place.delete()
    with pytest.raises(EmbedError, match="no open endpoint"):
        async_to_sync(ask)(matcher, world.person, world.attributes, world.queries)
    assert world.counts(matcher) == [3, 3]
    assert len(fit(matcher, world.attributes, world.queries).silent) == 2
