"""BM25 and embeddings as baselines: on pairs, on attributes and queries, and their thresholds."""

import pytest

from annotation import models as m
from annotation.sheets import lay_relevance
from personalization.judge.closeness import (
    DEVELOPMENT,
    LEAST,
    MEDIAN,
    Meter,
    chosen_raters,
    compared,
    near_rater,
    threshold,
)
from personalization.judge.material import Material, load
from personalization.judge.runs import start_baselines, start_embedding, try_again
from personalization.models import JudgeRun, ModelCall, Vector
from personalization.splits import split_of_person
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import answers, asked, baseline, go
from tests.personalization.judge.judged import compared as compare
from tests.personalization.machine import endpoint

pytestmark = pytest.mark.django_db
ASKS = "Where should I go sailing?"
NEAR, FAR = "The user goes sailing.", "The user cooks rice."


def person_in(split: str, study: m.Study) -> m.Enrollment:
    """Make a person of one part of the study."""
    while True:
        person = make.enrolled(study=study)
        if split_of_person(study.pk, person.participant.pseudonym) == split:
            return person


def relevance(person: m.Enrollment, *texts: str, query: str = ASKS) -> list[m.Item]:
    """Lay attributes of a person before a query."""
    study, of = person.study, person.participant
    to = make.query(study=study, text=query)
    attributes = [make.attribute(study=study, of=of, text=text) for text in texts]
    sheet = lay_relevance(
        person, [make.relevance_pair(attribute=one, query=to) for one in attributes]
    )
    return list(sheet.items.order_by("relevance_pair"))


def judged(items: list[m.Item], value: int) -> None:
    for item in items:
        make.judgment(item=item, value=value)


def labelled(study: m.Study, split: str, pairs: int) -> None:
    """Let strangers call what is near relevant, and what is far not: of a person of this part."""
    person = person_in(split, study)
    for _pair in range(pairs):
        near, far = relevance(person, NEAR, FAR)
        judged([near], 1)
        judged([far], 0)


@pytest.mark.parametrize("name", ["bm25", "embedding"])
def test_the_response_that_is_closer_to_the_person(name: str) -> None:
    """Three attributes about sailing and so on; response b speaks of them, a does not."""
    whole = compare(make.enrolled(), "Buy a lamp.", "Sails and boats: go where the user sails.")
    done = baseline(whole, name, "overall")
    assert answers(done) == [(3, None, 4.0)]
    assert done.rater.configuration["baseline"] == name
    assert done.rater.name == {"bm25": "BM25", "embedding": "embedding (tf-idf)"}[name]
    same = compare(make.enrolled(), "Nothing here.", "Nothing there.")
    assert answers(baseline(same, name, "overall"))[-1] == (2, None, 3.0)


def test_an_imported_pair_is_held_against_its_other_fields() -> None:
    """Which output is closer to the instruction; texts that are no candidates are what is asked."""
    pair = Material(
        "judge_record",
        {"instruction": "Name a boat", "output_1": "A lamp", "output_2": "A boat"},
        {"output_1": "output_2", "output_2": "output_1"},
        ("output_1", "output_2"),
    )
    assert compared(pair) == ("Name a boat", ("A lamp", "A boat"))
    assert compared(Material("judge_record", {"text": "One"})) is None


def test_a_threshold_is_the_median_before_anybody_has_judged() -> None:
    """Half of the answers are yes; the name says that nobody chose it."""
    study = make.study()
    items = relevance(make.enrolled(study=study), NEAR, FAR, "The user is late.")
    (question,) = asked(study, "relevance")
    found = threshold(question, "bm25")
    meter = Meter(question, "bm25")
    near = [meter.near(one) for one in load([one.pk for one in items]).values()]
    assert found.chosen == MEDIAN
    assert found.value == sorted(one[0] for one in near if one)[1] == 0
    done = baseline(study, "bm25", "relevance")
    assert done.rater.name == "BM25, yes from 0, the median"
    assert [value for value, _why, _score in answers(done)] == [1, 1, 1]


def test_a_threshold_is_chosen_on_the_development_part() -> None:
    """By the majority of strangers of its people alone: those of the other part change nothing."""
    study = make.study()
    labelled(study, "development", LEAST // 2)
    (question,) = asked(study, "relevance")
    before = threshold(question, "bm25")
    assert before.chosen == DEVELOPMENT
    assert before.value is not None
    assert before.value > 0
    other = person_in("test", study)
    for _pair in range(3):
        near, far = relevance(other, NEAR, FAR)
        judged([near], 0)
        judged([far], 1)
    done = baseline(study, "embedding", "relevance")
    assert done.rater.configuration["chosen"] == DEVELOPMENT
    assert len(answers(done)) == LEAST + 6
    said = m.Judgment.objects.filter(rater=done.rater)
    assert set(said.values_list("item__relevance_pair__attribute__text", "value")) == {
        (NEAR, 1),
        (FAR, 0),
    }
    again = threshold(question, "bm25")
    assert again.chosen == DEVELOPMENT


def test_too_few_judged_items_are_no_ground_for_a_threshold() -> None:
    study = make.study()
    labelled(study, "development", LEAST // 2 - 1)
    (question,) = asked(study, "relevance")
    assert threshold(question, "bm25").chosen == MEDIAN


def test_another_threshold_is_another_rater() -> None:
    """The same one is the same rater; the configuration says threshold, question and space."""
    study = make.study()
    relevance(make.enrolled(study=study), NEAR, FAR)
    (question,) = asked(study, "relevance")
    one = near_rater("embedding", question)
    assert near_rater("embedding", question) == one
    assert one.kind == "baseline"
    assert one.configuration.keys() == {"baseline", "space", "question", "threshold", "chosen"}
    relevance(make.enrolled(study=study), NEAR, NEAR, NEAR)
    assert near_rater("embedding", question) != one


def test_people_who_left_lend_no_words() -> None:
    """Texts of hidden sheets are not counted."""
    study = make.study()
    relevance(make.enrolled(study=study), NEAR)
    gone = relevance(make.enrolled(study=study), "The user collects zithers.")
    m.Sheet.objects.filter(pk=gone[0].sheet_id).update(hidden_at="2026-01-01T00:00Z")
    (question,) = asked(study, "relevance")
    assert "zithers" not in Meter(question, "embedding").lexicon.holding


def test_a_question_of_each_gets_a_run_of_its_own() -> None:
    """A threshold belongs to one question, a preference to none."""
    study = compare(make.enrolled(), "One.", "Two.")
    relevance(make.enrolled(study=study), NEAR)
    started = start_baselines(study, asked(study, "relevance", "overall", "gain"), ["bm25"])
    assert len(started) == 3
    assert len({one.rater_id for one in started}) == 2
    for one in started:
        assert go(one).finished_at is not None


def with_embedder(study: m.Study, embedder: str) -> JudgeRun:
    """Let the embedding of another embedder answer the relevance question."""
    (question,) = asked(study, "relevance")
    return go(start_embedding(study, question, embedder))


def test_another_embedder_is_another_rater() -> None:
    """Its name is in the configuration; the usual one stays the rater that it was."""
    study = make.study()
    items = relevance(make.enrolled(study=study), NEAR, FAR, "The user is late.")
    (question,) = asked(study, "relevance")
    usual = near_rater("embedding", question)
    assert near_rater("embedding", question, embedder="tfidf") == usual
    done = with_embedder(study, "endpoint:offline-stand-in/offline-stand-in")
    assert done.rater != usual
    space = "endpoint:offline-stand-in/offline-stand-in"
    assert done.rater.configuration["space"] == done.rater.configuration["embedder"] == space
    assert done.rater.name.startswith(f"embedding ({space}), yes from ")
    said = dict(m.Judgment.objects.filter(rater=done.rater).values_list("item", "value"))
    assert said.keys() == {one.pk for one in items}
    assert said[items[0].pk] == 1
    assert ModelCall.objects.filter(step="embedding").exists()
    # What is new later is not looked after by itself: only the usual embedding is.
    assert done.rater not in chosen_raters("embedding", question)


def test_texts_go_only_where_their_people_agreed_to(llm_server: LLMServer) -> None:
    """An endpoint of somebody else gets the texts of those alone who said so."""
    place = endpoint(llm_server, provider="Example AI")
    study = make.study()
    make.consent_text(study=study, provider="Example AI")
    agreed, silent = make.enrolled(study=study), make.enrolled(study=study)
    m.Enrollment.objects.filter(pk=agreed.pk).update(scopes=["use", "provider"])
    m.Enrollment.objects.filter(pk=silent.pk).update(scopes=["use"])
    relevance(agreed, NEAR, FAR)
    relevance(silent, "The user hides a secret.")
    done = with_embedder(study, f"endpoint:{place.name}/embed-small")
    assert done.withheld == 1
    assert m.Judgment.objects.filter(rater=done.rater).count() == 2
    sent = {text for body in llm_server.embedded for text in body["input"]}
    assert NEAR in sent
    assert "The user hides a secret." not in sent


def test_an_endpoint_that_is_down_pauses_the_run(llm_server: LLMServer) -> None:
    """Somebody lets it go on; what was measured before is not asked for again."""
    place = endpoint(llm_server)
    study = make.study()
    relevance(make.enrolled(study=study), NEAR, FAR)
    (question,) = asked(study, "relevance")
    run = start_embedding(study, question, f"endpoint:{place.name}/embed-small")
    Vector.objects.all().delete()
    llm_server.misbehave("unauthorized", times=None)
    assert (go(run).trouble or "").startswith("unauthorized: ")
    llm_server.behave()
    assert try_again(run)
    assert go(run).finished_at is not None
    assert m.Judgment.objects.filter(rater=run.rater).count() == 2
