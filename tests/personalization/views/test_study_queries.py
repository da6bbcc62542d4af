"""The queries of a study."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.sheets import rater_of
from personalization.models import Generation
from personalization.views import study_queries
from tests import factories as make
from tests.personalization.views.pages import next_of, read

PATH = "/studies/one/queries/"


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def test_many_at_once(researcher: Client, study: m.Study) -> None:
    """With the line breaks of a browser's form; what is there already is not added again."""
    make.query(study=study, text="Old?")
    texts = "Old?\r\nWhere to?\r\n  What to eat?  \r\n"
    sent = {"texts": texts, "source": "us", "licence": "CC0"}
    page = read(researcher.post(PATH, sent, follow=True))
    assert "2 queries were added. 1 was there already." in page.text
    added = study.queries.filter(source="us", licence="CC0").order_by("pk")
    assert [(one.key, one.text) for one in added] == [("q1", "Where to?"), ("q2", "What to eat?")]
    assert "us · CC0" in page.text


def test_queries_of_several_lines(researcher: Client, study: m.Study) -> None:
    researcher.post(PATH, {"texts": "Dear all,\r\nwhere to?\r\n\r\n\r\nWhat to eat?"})
    texts = study.queries.order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["Dear all,\nwhere to?", "What to eat?"]


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ("", "This field is required."),
        (" \n ", "This field is required."),
        ("\n".join(f"q{number}" for number in range(1001)), "Add at most 1000 queries at once."),
        ("x" * 10_001, "A query has at most 10000 letters."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_added(researcher: Client, study: m.Study, texts: str, why: str) -> None:
    """The page says why, and keeps the rest of the form."""
    response = researcher.post(PATH, {"texts": texts, "source": "a paper"})
    assert response.status_code == 422
    page = read(response)
    assert why in page.text
    assert "a paper" in [one.attributes.get("value") for one in page.all("input")]
    assert not m.Query.objects.exists()


def test_an_unused_query_goes(researcher: Client, study: m.Study) -> None:
    query = make.query(study=study)
    page = read(researcher.post(f"{PATH}{query.pk}/delete/", follow=True))
    assert "The query is deleted." in page.text
    assert not m.Query.objects.exists()


def test_a_used_query_stays(researcher: Client, study: m.Study) -> None:
    """Whether people, responses, or the machine use it; it has no button."""
    pair = make.relevance_pair(query=make.query(study=study))
    response = make.response(query=make.query(study=study))
    enrollment = make.enrollment(study=study)
    rater_of(enrollment)
    planned = Generation.objects.create(
        enrollment=enrollment,
        query=make.query(study=study),
        condition="none",
        arm=make.arm(step="generation"),
    )
    page = read(researcher.get(PATH))
    assert page.text.count("In use") == 3
    assert not [one for one in page.all("button") if one.text == "Delete"]
    for used in (pair.query, response.query, planned.query):
        after = read(researcher.post(f"{PATH}{used.pk}/delete/", follow=True))
        assert "This query is in use by now, so it stays." in after.text
    assert m.Query.objects.count() == 3


def test_not_a_query_of_another_study(researcher: Client, study: m.Study) -> None:
    query = make.query()
    assert researcher.post(f"{PATH}{query.pk}/delete/").status_code == 404
    assert m.Query.objects.exists()


def test_page_by_page(researcher: Client, study: m.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_queries, "PAGE", 2)
    for number in range(5):
        make.query(study=study, text=f"Question {number}?")
    seen: list[str] = []
    query: str | None = ""
    while query is not None:
        page = read(researcher.get(f"{PATH}?{query}"))
        seen += [one.text for one in page.all("th", "table-text")]
        query = next_of(page)
    assert seen == [f"Question {number}?" for number in range(5)]
    assert "5 queries" in page.text


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1;2"])
def test_a_page_that_cannot_be(researcher: Client, study: m.Study, after: str) -> None:
    assert researcher.get(PATH, {"after": after}).status_code == 404
