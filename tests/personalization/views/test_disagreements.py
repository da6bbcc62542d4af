"""Items on which people differ, and items where a judge differs from most of them."""

import pytest
from django.test import Client

from annotation import models as m
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.labelled import Labelled, labelled
from tests.personalization.views.pages import cards, read

NOWHERE = [
    {"judge": "nobody"},
    {"judge": "judge:nobody"},
    {"judge": "judge:\0"},
    {"judge": "first_person"},
    {"judge": "rater:Ann"},
    {"judge": "judge:single", "role": "machine"},
    {"judge": "judge:single", "role": "third_party' OR 1=1 --"},
    {"after": "1e5"},
]


def listed(client: Client, data: Labelled, **asked: str) -> set[str]:
    return set(cards(client, data.path("disagreements/"), **asked))


def key_of(item: m.Item) -> str:
    assert item.record is not None
    return item.record.key


def test_people_among_themselves(researcher: Client, small: Labelled) -> None:
    """Exactly the items with two different readable answers of third parties."""
    expected = {
        key_of(item)
        for item in small.question.items.all()
        if len({one.value for one in item.judgments.filter(role="third_party", reason=None)}) > 1
    }
    assert listed(researcher, small) == expected
    assert 0 < len(expected) < 24


@pytest.mark.parametrize("role", ["third_party", "first_person"])
def test_judge_against_most_people(researcher: Client, small: Labelled, role: str) -> None:
    """Exactly the items with a strict majority from which the judge's answer differs."""
    expected = set()
    for item in small.question.items.all():
        said = [one.value for one in item.judgments.filter(role=role, reason=None)]
        top = max(said, key=said.count, default=None)
        judge = item.judgments.get(rater__name="single")
        if top is not None and 2 * said.count(top) > len(said) and judge.value != top:
            expected.add(key_of(item))
    assert listed(researcher, small, judge="judge:single", role=role) == expected
    assert expected


def test_texts_and_votes_stand_side_by_side(researcher: Client, small: Labelled) -> None:
    """A card shows the item's text, people's answers, the owner's and the judges'."""
    page = read(researcher.get(small.path("disagreements/")))
    card = next(page.all("article"))
    assert {"First person", "Third party", "single", "swapper", "text"} <= {
        one.text for one in card.all("dt")
    }
    assert "Text" in card.text


def test_the_chosen_judge_stays_chosen(researcher: Client, small: Labelled) -> None:
    """The form shows whose disagreements these are."""
    page = read(researcher.get(small.path("disagreements/"), {"judge": "judge:single"}))
    (chosen,) = [one for one in page.all("option") if "selected" in one.attributes]
    assert chosen.attributes["value"] == "judge:single"
    assert "Items where single differs from the majority of: Third party." in page.text


def test_its_cost_does_not_grow(researcher: Client) -> None:
    """Ten times the items, the same number of queries, with and without a judge."""
    few, many = (labelled(items=items) for items in (12, 120))
    for query in ("", "?judge=judge:single"):
        costs = [
            queries_of(researcher, data.path("disagreements/") + query) for data in (few, many)
        ]
        assert costs[0] == costs[1] <= 13


def test_pages_follow_each_other(researcher: Client) -> None:
    """Nothing is shown twice."""
    data = labelled(items=60)
    found = cards(researcher, data.path("disagreements/"))
    assert len(set(found)) == len(found) > 25


def test_agreement_says_so(researcher: Client) -> None:
    """Where nobody differs, the page says that there is none."""
    item = make.item()
    make.judgment(item=item)
    data = Labelled(item.study, item.question)
    assert "No disagreement" in read(researcher.get(data.path("disagreements/"))).text


def test_not_for_a_stranger(client: Client, small: Labelled) -> None:
    path = small.path("disagreements/")
    assert client.get(path)["Location"] == f"/signin/?next={path}"


def test_not_for_an_inactive_account(researcher: Client, user: m.User, small: Labelled) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(small.path("disagreements/")).status_code == 302


def test_wrong_method(researcher: Client, small: Labelled) -> None:
    assert researcher.post(small.path("disagreements/")).status_code == 405


@pytest.mark.parametrize("asked", NOWHERE, ids=str)
def test_what_does_not_exist_is_not_found(
    researcher: Client, small: Labelled, asked: dict[str, str]
) -> None:
    """A person is no judge, and text is no number: 404."""
    assert researcher.get(small.path("disagreements/"), asked).status_code == 404


def test_a_question_of_another_study_is_not_found(researcher: Client, small: Labelled) -> None:
    path = f"/studies/{make.study().name}/questions/{small.question.pk}/disagreements/"
    assert researcher.get(path).status_code == 404
