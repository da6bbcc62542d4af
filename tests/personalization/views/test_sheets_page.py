"""The list of a study's sheets."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.assignment import claim_other, give_back
from annotation.hiding import hide
from annotation.models.slot import LapseReason
from annotation.preview import preview_place
from personalization.views import sheets_page
from tests import factories as make
from tests import laid
from tests.labelling import fill, labeller
from tests.personalization.views.cost import queries_of
from tests.personalization.views.pages import Node, next_of, read
from tests.visits import visiting

PATH = "/studies/one/sheets/"


@pytest.fixture
def owner(db: None) -> m.Enrollment:
    return make.enrolled(study=make.study(name="one"), part="done")


def shown(page: Node) -> list[int]:
    """Return the sheets of the page."""
    return [
        int(one.text.removeprefix("Sheet ")) for body in page.all("tbody") for one in body.all("th")
    ]


def cells(page: Node) -> list[str]:
    """Return the cells of the first row, without the button."""
    row = next(next(page.all("tbody")).all("tr"))
    return [cell.text for cell in row.all("td")][:-1]


def test_what_became_of_it(researcher: Client, user: m.User, owner: m.Enrollment) -> None:
    """Places and reasons of raters alone: a preview is none of them. Nothing that stands on it."""
    sheet = laid.relevance(owner, "The user hides a secret.")
    fill(labeller(owner))
    fill(labeller(owner), send=False)
    flags = labeller(owner)
    slot = fill(flags, send=False)
    give_back(flags, slot.pk, LapseReason.FLAGGED, "flagged: it is sad")
    preview_place(user, sheet)
    page = read(researcher.get(PATH))
    assert shown(page) == [sheet.pk]
    told = cells(page)
    assert told[:6] == ["Relevance", "Labels", str(owner.participant), "1", "1", "2"]
    assert told[6] == "Flagged: 1"
    assert told[7]
    assert "secret" not in page.text


def test_only_what_is_asked_for(researcher: Client, owner: m.Enrollment) -> None:
    """By stage, by use, and whether raters get it."""
    review, relevance = laid.review(owner), laid.relevance(owner)
    m.Sheet.objects.filter(pk=review.pk).update(use="gold")
    hide(relevance)
    laid.review(make.enrolled())
    for query, expected in (
        ({}, [relevance, review]),
        ({"stage": "review"}, [review]),
        ({"use": "label"}, [relevance]),
        ({"use": "gold"}, [review]),
        ({"use": "training"}, []),
        ({"state": "hidden"}, [relevance]),
        ({"state": "shown", "use": "gold"}, [review]),
        ({"stage": "", "use": "", "state": ""}, [relevance, review]),
    ):
        assert shown(read(researcher.get(PATH, query))) == [one.pk for one in expected]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "nowhere"),
        ("use", "label'--"),
        ("state", "gone\0"),
        ("after", "x"),
        ("after", "-1"),
        ("after", "9" * 30),
    ],
)
def test_no_such_list(researcher: Client, owner: m.Enrollment, name: str, value: str) -> None:
    assert researcher.get(PATH, {name: value}).status_code == 404


def test_page_by_page(
    researcher: Client, owner: m.Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest first, in the chosen kind; sheets laid meanwhile move none."""
    monkeypatch.setattr(sheets_page, "PAGE", 2)
    expected = [laid.relevance(owner, "It.").pk for _ in range(5)][::-1]
    seen: list[int] = []
    query: str | None = "stage=relevance"
    while query is not None:
        page = read(researcher.get(f"{PATH}?{query}"))
        seen += shown(page)
        query = next_of(page)
        laid.relevance(owner, "It.")
        laid.review(owner, "It.")
    assert seen == expected


def test_it_costs_the_same_for_many(researcher: Client, owner: m.Enrollment) -> None:
    laid.relevance(owner)
    before = queries_of(researcher, PATH)
    for _ in range(4):
        laid.review(make.enrolled(study=owner.study))
    for _ in range(2):
        slot = claim_other(one := labeller(owner))
        assert slot is not None
        give_back(one, slot.pk, LapseReason.SKIPPED)
    assert queries_of(researcher, PATH) == before


def test_none_yet(researcher: Client, owner: m.Enrollment) -> None:
    assert "No sheets yet" in read(researcher.get(PATH)).text
    assert "No such sheet" in read(researcher.get(PATH, {"use": "gold"})).text


def test_only_researchers_see_them(client: Client, researcher: Client, owner: m.Enrollment) -> None:
    assert "/signin/" in client.get(PATH)["Location"]
    assert "/signin/" in visiting(owner).get(PATH)["Location"]
    assert researcher.post(PATH).status_code == 405
    assert researcher.get("/studies/two/sheets/").status_code == 404


def test_sheets_of_imports_are_listed(researcher: Client, owner: m.Enrollment) -> None:
    """Under the name of their stage, without a preview."""
    make.sheet(study=owner.study, stage="<b>cards")
    page = read(researcher.get(PATH))
    assert cells(page)[0] == "<b>cards"
    assert not list(next(page.all("tbody")).all("form"))
