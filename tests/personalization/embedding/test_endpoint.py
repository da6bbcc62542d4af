"""Vectors of endpoints are saved before they are used, and none is asked for twice."""

import numpy as np
import pytest
from asgiref.sync import async_to_sync

from personalization.asking import lost_calls
from personalization.embedding import endpoint as endpoint_module
from personalization.embedding import saved
from personalization.embedding.choosing import embed_now, embedder_of, endpoint_of
from personalization.embedding.errors import EmbedError
from personalization.llm.backend import AskError, Message
from personalization.models import Endpoint, ModelCall, Vector
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import endpoint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(llm_server: LLMServer) -> Endpoint:
    return endpoint(llm_server)


def key(place: Endpoint) -> str:
    return f"endpoint:{place.name}/embed-small"


def test_a_call_is_saved_without_its_vectors(place: Endpoint, llm_server: LLMServer) -> None:
    """Model, texts, usage and count are in the call; the vectors lie beside it, once by text."""
    embedder = embedder_of(key(place))
    assert embedder.name == key(place)
    sea, lake, again = embed_now(embedder, ["the sea", "a lake", "the sea"])
    np.testing.assert_array_equal(sea, again)
    assert np.linalg.norm(lake) == pytest.approx(1)
    call = ModelCall.objects.get()
    assert (call.step, call.endpoint, call.model) == ("embedding", place.name, "embed-small")
    assert call.request["input"] == ["the sea", "a lake"]
    assert call.answer is not None
    assert (call.answer["count"], call.answer["usage"]["prompt_tokens"]) == (2, 2)
    assert (call.prompt_tokens, call.cost_micros) == (2, None)  # no price is known
    assert "data" not in call.answer
    assert Vector.objects.filter(embedder=embedder.name).count() == 2


def test_what_a_call_cost_is_kept(place: Endpoint) -> None:
    """By the price of the day, of what was read."""
    price = make.price(at=place, model="embed-small")
    embed_now(embedder_of(key(place)), ["the sea", "a lake"])
    assert ModelCall.objects.get().cost_micros == -(-2 * price.input_micros // 1_000_000)


def test_no_vector_is_asked_for_twice(place: Endpoint, llm_server: LLMServer) -> None:
    """Only the new text goes out; another model is another embedder."""
    first = embed_now(embedder_of(key(place)), ["the sea", "a lake"])
    second = embed_now(embedder_of(key(place)), ["a hill", "the sea"])
    np.testing.assert_array_equal(first[0], second[1])
    assert [one["input"] for one in llm_server.embedded] == [["the sea", "a lake"], ["a hill"]]
    embed_now(embedder_of(f"endpoint:{place.name}/embed-large"), ["the sea"])
    assert llm_server.embedded[-1]["model"] == "embed-large"


def test_many_texts_go_in_parts_and_a_part_that_fails_costs_no_other(
    place: Endpoint, llm_server: LLMServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next time only the part that failed is asked for."""
    monkeypatch.setattr(endpoint_module, "BATCH", 2)
    texts = ["one sea", "two seas", "three seas", "four seas", "five seas"]
    llm_server.misbehave("bad_request", times=None, matching="three seas")
    with pytest.raises(AskError) as caught:
        embed_now(embedder_of(key(place)), texts)
    assert caught.value.kind == "bad_request"
    assert Vector.objects.count() == 3
    failed = ModelCall.objects.get(answer__isnull=True)
    assert (failed.error or "").startswith("bad_request: ")
    llm_server.forget()
    assert embed_now(embedder_of(key(place)), texts).shape[0] == 5
    assert [one["input"] for one in llm_server.embedded] == [["three seas", "four seas"]]
    again = ModelCall.objects.filter(work_id=failed.work_id).order_by("attempt")
    assert [one.attempt for one in again] == [0, 1]


def test_an_endpoint_that_is_down_may_come_back(place: Endpoint, llm_server: LLMServer) -> None:
    """Steps try again after what may pass; nothing is saved of it but the error."""
    llm_server.misbehave("error_500", times=None)
    with pytest.raises(AskError) as caught:
        embed_now(embedder_of(key(place)), ["the sea"])
    assert caught.value.passing
    assert Vector.objects.count() == 0


def test_a_call_that_was_lost_is_counted_and_asked_again(
    place: Endpoint, llm_server: LLMServer
) -> None:
    """A worker ended between request and answer: the same texts, the next attempt."""
    lost = saved.begin(place, saved.EmbedAsk("embed-small", [Message("user", "the sea")]))
    embed_now(embedder_of(key(place)), ["the sea"])
    assert [one.pk for one in lost_calls()] == [lost.pk]
    answered = ModelCall.objects.exclude(pk=lost.pk).get()
    assert (answered.work_id, answered.attempt) == (lost.work_id, 1)


def test_texts_without_a_sign_are_not_asked_for(place: Endpoint, llm_server: LLMServer) -> None:
    rows = embed_now(embedder_of(key(place)), ["", "the sea", " "])
    assert [bool(row.any()) for row in rows] == [False, True, False]
    assert llm_server.embedded[0]["input"] == ["the sea"]
    assert embed_now(embedder_of(key(place)), [""]).shape == (1, 0)


def test_another_model_behind_the_same_name_is_noticed(
    place: Endpoint, llm_server: LLMServer
) -> None:
    """Vectors of another length cannot be compared with those that are saved."""
    embed_now(embedder_of(key(place)), ["the sea"])
    llm_server.vectors = lambda _text: [0.6, 0.8]
    with pytest.raises(EmbedError, match="several lengths \\(2, 256\\)"):
        embed_now(embedder_of(key(place)), ["the sea", "a lake"])


def test_within_a_loop_it_is_awaited(place: Endpoint, llm_server: LLMServer) -> None:
    embedder = embedder_of(key(place))

    async def both() -> list[float]:
        sea, sun = await embedder.embed(["sea and sun", "sun and sea"])
        return [float(sea @ sun)]

    assert async_to_sync(both)() == [pytest.approx(1)]


def test_the_stand_in_has_vectors_too() -> None:
    """Texts with the same words are near each other, without any network."""
    sea, same, other = embed_now(
        embedder_of("endpoint:offline-stand-in/offline-stand-in"),
        ["I love the sea", "the sea I love", "rice"],
    )
    assert sea @ same == pytest.approx(1)
    assert sea @ other < 0.5


def test_keys_that_name_nothing(place: Endpoint) -> None:
    assert endpoint_of(key(place)) == place
    assert endpoint_of("tfidf") is None
    for wrong, said in [
        ("word2vec", "is no embedder"),
        ("endpoint:nowhere/model", "no open endpoint 'nowhere'"),
        (f"endpoint:{place.name}", "Name the model"),
        (f"endpoint:{place.name}/ ", "Name the model"),
    ]:
        with pytest.raises(EmbedError, match=said):
            embedder_of(wrong)
    Endpoint.objects.filter(pk=place.pk).update(closed_at="2026-01-01T00:00Z")
    with pytest.raises(EmbedError, match="no open endpoint"):
        embedder_of(key(place))
