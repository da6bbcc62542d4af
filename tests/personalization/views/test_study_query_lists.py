"""Lists of queries on the page of queries."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotation import models as m
from tests import factories as make
from tests.personalization.views.pages import read

PATH = "/studies/one/queries/"
ADD = f"{PATH}lists/"
ORIGIN = {"list-name": "LIMA", "list-licence": "CC BY-NC-SA", "list-source": "a paper"}


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def test_a_file_with_its_origin(researcher: Client, study: m.Study) -> None:
    """The page shows list, licence, source, counts; the same file again adds nothing."""
    for said in ("2 queries were added.", "0 queries were added. 2 were there already."):
        file = SimpleUploadedFile("a.csv", b"text,key\nWhere to?,a\nWhat to eat?,b\n")
        sent = {
            **ORIGIN,
            "list-url": "https://example.org/lima",
            "list-note": "all",
            "list-file": file,
        }
        page = read(researcher.post(ADD, sent, follow=True))
        assert said in page.text
    for shown in ("LIMA", "CC BY-NC-SA", "a paper", "https://example.org/lima", "all"):
        assert shown in page.text
    assert [one.text for one in page.all("td", "num")] == ["2", "0"]
    assert "LIMA · a paper · CC BY-NC-SA" in page.text


def test_a_list_that_is_pasted(researcher: Client, study: m.Study) -> None:
    sent = {**ORIGIN, "list-pasted": '{"text": "Where to?", "key": "a"}\r\n{"text": "Why?"}\r\n'}
    researcher.post(ADD, sent)
    assert list(study.queries.order_by("pk").values_list("key", "text")) == [
        ("a", "Where to?"),
        ("q1", "Why?"),
    ]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"list-licence": ""}, "This field is required."),
        ({"list-name": ""}, "This field is required."),
        ({"list-pasted": ""}, "Choose a file, or paste the list: one of the two."),
        ({"list-url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"list-pasted": '{"text": "A?"}\n{"query": "B?"}'}, "Line 2: There is no text under"),
        ({"list-pasted": '{"text": "A?", "key": "old"}'}, "Line 1: The key old is another query's"),
    ],
)
def test_what_cannot_be_added(
    researcher: Client, study: m.Study, sent: dict[str, str], why: str
) -> None:
    """Said where it is wrong, with the rest of the form kept; nothing is added."""
    make.query(study=study, text="Old?")
    study.queries.update(key="old")
    response = researcher.post(ADD, {**ORIGIN, "list-pasted": "Where to?", **sent})
    assert response.status_code == 422
    page = read(response)
    assert why in page.text
    assert "a paper" in [one.attributes.get("value") for one in page.all("input")]
    assert study.queries.count() == 1
    assert not study.query_lists.exists()


def test_many_faults_are_counted(researcher: Client, study: m.Study) -> None:
    bad = "\n".join(["{"] * 25)
    page = read(researcher.post(ADD, {**ORIGIN, "list-pasted": bad}))
    assert "Line 20: " in page.text
    assert "Line 21: " not in page.text
    assert "And 5 more." in page.text


def test_a_file_and_a_text_are_one_too_many(researcher: Client, study: m.Study) -> None:
    file = SimpleUploadedFile("a.txt", b"Where to?\n")
    page = read(researcher.post(ADD, {**ORIGIN, "list-file": file, "list-pasted": "Why?"}))
    assert "Choose a file, or paste the list: one of the two." in page.text


def test_an_unused_list_goes_and_a_used_one_stays(researcher: Client, study: m.Study) -> None:
    researcher.post(ADD, {**ORIGIN, "list-pasted": "Where to?\nWhy?"})
    one = study.query_lists.get()
    path = f"{ADD}{one.pk}/delete/"
    pair = make.relevance_pair(query=study.queries.order_by("pk")[0])
    page = read(researcher.get(PATH))
    assert "Delete the list LIMA" not in [
        button.attributes.get("aria-label") for button in page.all("button")
    ]
    said = read(researcher.post(path, follow=True)).text
    assert "Queries of this list are in use by now, so all of it stays." in said
    pair.delete()
    assert "The list is deleted, with its queries." in read(researcher.post(path, follow=True)).text
    assert not study.queries.exists()
    assert researcher.post(path).status_code == 404


def test_not_a_list_of_another_study(researcher: Client, study: m.Study) -> None:
    other = m.QueryList.objects.create(study=make.study(), name="LIMA")
    assert researcher.post(f"{ADD}{other.pk}/delete/").status_code == 404
    assert m.QueryList.objects.exists()


def test_only_researchers(client: Client, study: m.Study) -> None:
    for path in (ADD, f"{ADD}1/delete/"):
        assert client.post(path).status_code in (302, 403, 404)
        assert client.get(path).status_code in (302, 403, 404, 405)
    assert not m.QueryList.objects.exists()
