"""One item: its text, every answer with its history, every raw reading."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.arms.holding import hold_response
from personalization.imports import specification
from personalization.imports.verb import import_labels
from personalization.models import Generation, ModelCall
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.labelled import MAPPING, Labelled, labelled, lines
from tests.personalization.views.pages import Node, read


def path_of(item: m.Item) -> str:
    return f"/studies/{item.study.name}/items/{item.pk}/"


def rows_of(page: Node, heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    (table,) = [one for one in page.all("div") if one.attributes.get("aria-labelledby") == heading]
    return [
        [cell.text for tag in ("th", "td") for cell in row.all(tag)] for row in table.all("tr")
    ][1:]


def test_it_shows_every_answer(researcher: Client, small: Labelled) -> None:
    """Owner, strangers and judges, each with role and answer."""
    item = small.question.items.get(record__key="item-0001")
    rows = rows_of(read(researcher.get(path_of(item))), "answers")
    said = {row[0]: row[1] for row in rows}
    assert said == {
        "Owner 1": "First person", "Ann": "Third party", "Ben": "Third party",
        "Cem": "Third party", "single": "Judge", "swapper": "Judge",
    }  # fmt: skip


def test_it_shows_every_raw_reading(researcher: Client, small: Labelled) -> None:
    """The judge asked in both orders has two readings, one of them unreadable."""
    item = small.question.items.get(record__key="item-0007")
    rows = rows_of(read(researcher.get(path_of(item))), "readings")
    assert [row[:3] for row in rows] == [
        ["single", "single", "second"],
        ["swapper", "first order", "second"],
        ["swapper", "swapped", "unreadable"],
    ]


def test_it_shows_history(researcher: Client, small: Labelled) -> None:
    """A replaced answer stays to be read, and is marked."""
    row = {"item": "item-0001", "rater": "Ann", "value": "tie"}
    spec = specification.from_mapping(MAPPING)
    import_labels(small.study, spec, human=lines("labels.jsonl", [row]))
    item = small.question.items.get(record__key="item-0001")
    rows = rows_of(read(researcher.get(path_of(item))), "answers")
    assert [one[2] for one in rows if one[0] == "Ann"] == ["first replaced", "tie"]


def test_it_shows_the_reference_and_other_questions(researcher: Client, small: Labelled) -> None:
    """What is accepted as right, and links to the same item under other questions."""
    item = small.question.items.get(record__key="item-0002")
    other = make.item(
        subject=item.record, sheet=item.sheet, question=make.question(study=small.study, key="why")
    )
    page = read(researcher.get(path_of(item)))
    assert [one.text for one in page.all("h2")][:2] == ["Reference", "Answers"]
    assert path_of(other) in [one.attributes["href"] for one in page.all("a")]


def test_texts_are_text(researcher: Client) -> None:
    """Imported HTML is shown as it was written."""
    evil = "<img src=x onerror=alert(1)>"
    item = make.item(subject=m.Record.objects.create(
        study=make.study(), key=evil, fields={evil: evil}
    ))  # fmt: skip
    response = researcher.get(path_of(item))
    assert evil not in response.content.decode()
    assert read(response).text.count(evil) >= 3


def test_its_cost_does_not_grow(researcher: Client) -> None:
    """Ten times the items, and many answers: the same number of queries."""
    few, many = (labelled(items=items) for items in (12, 120))
    item = many.question.items.earliest("pk")
    for _number in range(20):
        make.judgment(item=item, value=0)
    costs = [
        queries_of(researcher, path_of(one.question.items.earliest("pk"))) for one in (few, many)
    ]
    assert costs[0] == costs[1] <= 10


def test_an_item_without_a_record(researcher: Client) -> None:
    """Items about attributes or answers have a page as well."""
    item = make.item(subject=make.attribute())
    assert researcher.get(path_of(item)).status_code == 200


def test_not_for_a_stranger(client: Client, small: Labelled) -> None:
    path = path_of(small.question.items.earliest("pk"))
    assert client.get(path)["Location"] == f"/signin/?next={path}"


def test_not_for_an_inactive_account(researcher: Client, user: m.User, small: Labelled) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path_of(small.question.items.earliest("pk"))).status_code == 302


def test_wrong_method(researcher: Client, small: Labelled) -> None:
    assert researcher.post(path_of(small.question.items.earliest("pk"))).status_code == 405


@pytest.mark.parametrize("pk", [0, 10**9, 10**30])
def test_what_does_not_exist_is_not_found(researcher: Client, small: Labelled, pk: int) -> None:
    assert researcher.get(f"/studies/{small.study.name}/items/{pk}/").status_code == 404


def test_an_item_of_another_study_is_not_found(researcher: Client, small: Labelled) -> None:
    item = small.question.items.earliest("pk")
    assert researcher.get(f"/studies/{make.study().name}/items/{item.pk}/").status_code == 404


def test_it_shows_where_responses_come_from(researcher: Client) -> None:
    """The arm, what its author was told and the request; of an imported one, that there is none."""
    here = make.study()
    pair = make.response_pair(query=make.query(study=here))
    hold_response(make.arm(study=here, step="generation", name="lab, none"), pair.a)
    ours = make.arm(study=here, step="generation", name="ours, all")
    hold_response(ours, pair.b)
    sails = make.attribute(study=here, text="The user <b>sails</b>.")
    call = ModelCall.objects.create(
        step="generation", work_id=1, endpoint="fake", model="fake", request_hash="",
        request={"messages": [{"role": "user", "content": "Say where."}], "temperature": 0.5},
    )  # fmt: skip
    Generation.objects.create(
        arm=ours, enrollment=make.enrolled(study=here), query=pair.query, condition="all",
        attributes=[sails.pk], words=40, leaks=["machine"], response=pair.b, call=call,
        settled_at=timezone.now(),
    )  # fmt: skip
    page = read(researcher.get(path_of(make.item(subject=pair))))
    first, second = [one.text for one in page.all("details") if "Response " in one.text]
    assert "lab, none" in first
    assert "no model was asked for it here" in first
    for text in (
        "ours, all",
        "The user <b>sails</b>.",
        "40",
        "says that it is an AI",
        "Say where.",
    ):
        assert text in second
    assert "0.5" in second


def test_without_arms_nothing_is_said_of_responses(researcher: Client) -> None:
    page = researcher.get(path_of(make.item(subject=make.response_pair())))
    assert "Where the responses come from" not in page.text
