"""Whatever an item is about, a researcher reads it: on its own page and beside the votes."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotation import models as m
from personalization.views import subjects
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.pages import read

EVIL = '<script>alert("x")</script> & <b>bold</b>'


def reviewed(study: m.Study, text: str = "The user sails.") -> m.Item:
    """Return an item about an attribute, on a sheet that shows the conversation it was read from."""
    owner = make.person_rater()
    chat = make.conversation(study=study, of=owner.participant)
    turn = make.turn(conversation=chat, text="I sail every summer.")
    make.turn(conversation=chat, speaker="assistant", source="model", text="Where to?")
    attribute = m.Attribute.objects.create(
        study=study, participant=chat.participant, text=text, reason="It is said.", confidence=0.75
    )
    m.Evidence.objects.create(attribute=attribute, turn=turn)
    sheet = m.Sheet.objects.create(
        study=study, owner=owner, stage="review", shown={"conversations": [chat.pk]}
    )
    return make.item(subject=attribute, sheet=sheet, question=make.question(study=study))


def merged(study: m.Study) -> m.Item:
    """Return an item about an attribute without evidence that two wordings were merged into."""
    item = reviewed(study)
    assert item.attribute is not None
    item.attribute.evidence.all().delete()
    for text in ("The user sails.", "The user likes boats.", "The user likes boats."):
        m.AttributeVariant.objects.create(attribute=item.attribute, text=text)
    return item


def matched(study: m.Study) -> m.Item:
    pair = make.relevance_pair(attribute=make.attribute(study=study))
    return make.item(subject=pair, question=make.question(study=study))


def compared(study: m.Study) -> m.Item:
    pair = make.response_pair(query=make.query(study=study))
    return make.item(subject=pair, question=make.question(study=study))


def gained(study: m.Study) -> m.Item:
    item = compared(study)
    assert item.response_pair
    return make.item(
        subject=item.response_pair,
        gain_of=make.attribute(study=study),
        question=make.question(study=study),
    )


def answered(study: m.Study) -> m.Item:
    response = make.response(query=make.query(study=study))
    return make.item(subject=response, question=make.question(study=study))


KINDS: dict[Callable[[m.Study], m.Item], set[str]] = {
    reviewed: {"The user sails.", "confidence 0.75", "It is said.", "I sail every summer."},
    # Row 14: what was merged is seen on the card; row 15: that nobody named a turn as well.
    merged: {"Merged from", "The user likes boats.", "No evidence"},
    matched: {"The user sails.", "Where should I go?"},
    compared: {
        "Where should I go?",
        "Try Lake Constance.",
        "written without attributes",
        "written with all attributes",
    },
    gained: {"The user sails.", "Where should I go?", "Response A", "Response B"},
    answered: {"Where should I go?", "Try Lake Constance."},
}


@pytest.mark.parametrize("kind", KINDS)
def test_its_page_shows_the_texts(researcher: Client, kind: Callable[[m.Study], m.Item]) -> None:
    """Each kind of subject: what raters read, and what only researchers may know."""
    item = kind(make.study())
    page = read(researcher.get(f"/studies/{item.study.name}/items/{item.pk}/"))
    assert [text for text in KINDS[kind] if text not in page.text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_votes_show_the_texts(researcher: Client, kind: Callable[[m.Study], m.Item]) -> None:
    item = kind(make.study())
    make.judgment(item=item)
    path = f"/studies/{item.study.name}/questions/{item.question_id}/votes/?panel=third_party"
    card = next(read(researcher.get(path)).all("article"))
    assert [text for text in KINDS[kind] if text not in card.text] == []


def test_a_pair_names_its_authors_and_owner(researcher: Client) -> None:
    item = compared(make.study())
    assert item.response_pair
    m.Sheet.objects.filter(pk=item.sheet_id).update(owner=make.person_rater())
    page = read(researcher.get(f"/studies/{item.study.name}/items/{item.pk}/"))
    item.sheet.refresh_from_db()
    assert item.sheet.owner
    for name in (item.response_pair.a.author, item.response_pair.b.author, item.sheet.owner):
        assert str(name) in page.text


def test_evidence_is_marked_in_the_conversation(researcher: Client) -> None:
    item = reviewed(make.study())
    page = read(researcher.get(f"/studies/{item.study.name}/items/{item.pk}/"))
    assert [one.text for one in page.all("mark")] == ["I sail every summer."]
    assert "Where to?" in page.text


def test_conversations_of_another_study_stay_there(researcher: Client) -> None:
    """A sheet that names them wrongly shows nothing of them."""
    item = reviewed(make.study())
    elsewhere = make.turn(text="Said in another study.")
    m.Sheet.objects.filter(pk=item.sheet_id).update(
        shown={"conversations": [elsewhere.conversation_id]}
    )
    page = read(researcher.get(f"/studies/{item.study.name}/items/{item.pk}/"))
    assert "Said in another study." not in page.text


def test_texts_are_never_taken_for_html(researcher: Client) -> None:
    item = reviewed(make.study(), EVIL)
    response = researcher.get(f"/studies/{item.study.name}/items/{item.pk}/")
    assert EVIL not in response.content.decode()
    assert EVIL in read(response).text


def test_other_questions_about_the_same_thing(researcher: Client) -> None:
    """About a pair: its gains too; about an attribute: not the gains for it."""
    study = make.study()
    gain = gained(study)
    whole = m.Item.objects.get(response_pair=gain.response_pair, attribute=None)
    review = make.item(subject=gain.attribute, question=make.question(study=study))
    code = make.item(subject=gain.attribute, question=make.question(study=study))
    assert list(subjects.others(whole)) == [gain]
    assert list(subjects.others(gain)) == [whole]
    assert list(subjects.others(review)) == [code]


@pytest.mark.django_db
def test_a_title_is_short_and_a_record_keeps_its_key() -> None:
    study = make.study()
    long = subjects.title(reviewed(study, "The user sails. " * 40))
    assert len(long) <= subjects.TITLE_LENGTH
    record = make.item(subject=make.record(study=study, key="card-7"))
    assert subjects.title(record) == "card-7"


def test_the_cost_does_not_grow_with_the_items(researcher: Client) -> None:
    """Three pairs or nine on a page of votes: the same number of queries."""
    costs = []
    for count in (3, 9):
        study = make.study()
        question = make.question(study=study)
        for _ in range(count):
            pair = make.response_pair(query=make.query(study=study))
            make.judgment(item=make.item(subject=pair, question=question))
        costs.append(
            queries_of(
                researcher,
                f"/studies/{study.name}/questions/{question.pk}/votes/?panel=third_party",
            )
        )
    assert costs[0] == costs[1] <= 14
