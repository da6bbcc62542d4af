"""BM25 and embeddings as baselines: on pairs, on attributes and queries, and their thresholds."""

import pytest

from annotation import models as m
from annotation.sheets import lay_relevance
from personalization.judge.closeness import (
    DEVELOPMENT,
    LEAST,
    MEDIAN,
    Meter,
    compared,
    near_rater,
    threshold,
)
from personalization.judge.material import Material, load
from personalization.judge.runs import start_baselines
from personalization.splits import split_of_person
from tests import factories as make
from tests.personalization.judge.judged import answers, asked, baseline, go
from tests.personalization.judge.judged import compared as compare

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
    return list(sheet.items.order_by("pk"))


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
    assert [value for value, _why, _score in answers(done)] == [1, 0] * (LEAST // 2 + 3)
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
