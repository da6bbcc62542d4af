"""The page on which researchers say what people are asked about themselves."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.usual_profile import USUAL
from tests import factories as make
from tests.personalization.views.pages import read
from tests.telling import field, telling

PATH = "/studies/one/profile/"
CITY = {
    "label": "Where do you  live?",
    "sentence": "The person lives in {value}.",
    "choices": "Ulm\r\n\r\n Bonn \r\n",
    "key": "city",
    "sensitive": "on",
}


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def do(researcher: Client, one: m.ProfileField, action: str) -> str:
    """Press a button of a field's row; return what the page says then."""
    return read(researcher.post(f"{PATH}{one.pk}/do/", {"action": action}, follow=True)).text


def test_a_field_is_added_and_listed(researcher: Client, study: m.Study) -> None:
    page = read(researcher.post(PATH, CITY, follow=True))
    assert "The field is added." in page.text
    one = study.profile_fields.get()
    assert (one.key, one.label, one.choices) == ("city", "Where do you live?", ["Ulm", "Bonn"])
    assert one.sensitive
    for words in ("Where do you live?", "The person lives in {value}.", "Ulm, Bonn", "protected"):
        assert words in page.text


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 301}, "at most 300 characters"),
        ({"sentence": "The person lives."}, "Write {value} once"),
        ({"sentence": "{value} and {value}"}, "Write {value} once"),
        ({"choices": "Ulm"}, "Offer at least two answers, or none."),
        ({"choices": "Ulm\nBonn\nUlm "}, "“Ulm” stands there twice."),
        ({"choices": "\n".join(map(str, range(201)))}, "Offer at most 200 answers."),
        ({"choices": "a\n" + "x" * 201}, "An answer has at most 200 letters."),
        ({"key": "City"}, "Use small letters"),
        ({"key": "all"}, "Use small letters"),
        ({"key": "city\0"}, "Null characters are not allowed."),
        ({"key": "age"}, "This study has a field of this key already."),
    ],
)
def test_what_cannot_be_a_field(
    researcher: Client, study: m.Study, instead: dict[str, str], why: str
) -> None:
    """The page says why, and keeps the rest of the form."""
    field(study, "age")
    response = researcher.post(PATH, CITY | instead)
    assert response.status_code == 422
    page = read(response)
    assert why in page.text
    assert study.profile_fields.count() == 1
    kept = [one.attributes.get("value") for one in page.all("input")] + [page.text]
    assert any("The person lives in" in str(one) for one in kept) or "sentence" in instead


def test_the_usual_fields_come_at_once(researcher: Client, study: m.Study) -> None:
    """In their order, once; then the button is gone."""
    page = read(researcher.get(PATH))
    assert f"{len(USUAL)} fields that studies" in page.text
    page = read(researcher.post(f"{PATH}usual/", follow=True))
    assert f"{len(USUAL)} fields were added." in page.text
    assert "Use the usual persona fields" not in page.text
    keys = study.profile_fields.order_by("position").values_list("key", flat=True)
    assert list(keys) == [one.key for one in USUAL]
    assert "0 fields were added." in read(researcher.post(f"{PATH}usual/", follow=True)).text


def test_a_field_is_changed_before_anybody_answers(researcher: Client, study: m.Study) -> None:
    one = field(study, "town")
    page = read(researcher.get(f"{PATH}{one.pk}/"))
    values = {node.attributes["name"]: node.attributes.get("value") for node in page.all("input")
              if "name" in node.attributes}  # fmt: skip
    assert (values["label"], values["key"]) == ("Your town?", "town")
    assert "The field is changed." in read(
        researcher.post(f"{PATH}{one.pk}/", CITY, follow=True)
    ).text  # fmt: skip
    one.refresh_from_db()
    assert (one.key, one.choices) == ("city", ["Ulm", "Bonn"])
    refused = researcher.post(f"{PATH}{one.pk}/", CITY | {"key": "1"})
    assert refused.status_code == 422


def test_an_answered_field_stays(researcher: Client, study: m.Study) -> None:
    """It can only be closed, asked again and moved; both ways to it say why."""
    telling(make.enrolled(study=study), city=("Ulm", True))
    one = study.profile_fields.get()
    why = "People have answered this field by now"
    assert why in read(researcher.get(f"{PATH}{one.pk}/", follow=True)).text
    late = researcher.post(f"{PATH}{one.pk}/", CITY)
    assert (late.status_code, why in read(late).text) == (422, True)
    assert why in do(researcher, one, "delete")
    page = researcher.get(PATH).text
    assert "Close city" in page
    assert "Delete city" not in page
    assert "Change city" not in page
    assert "nobody is asked or shown it" in do(researcher, one, "close")
    one.refresh_from_db()
    assert (one.label, one.closed_at is None) == ("Your city?", False)
    assert "The field is asked again." in do(researcher, one, "open")
    one.refresh_from_db()
    assert one.closed_at is None


def test_fields_move_and_go(researcher: Client, study: m.Study) -> None:
    first, second = field(study, "age"), field(study, "city")
    do(researcher, second, "up")
    assert list(study.profile_fields.values_list("key", flat=True)) == ["city", "age"]
    do(researcher, second, "down")
    assert "The field is deleted." in do(researcher, first, "delete")
    assert list(study.profile_fields.values_list("key", flat=True)) == ["city"]
    gone = f"{PATH}{first.pk}/"
    assert researcher.get(gone).status_code == 404
    assert researcher.post(f"{gone}do/", {"action": "up"}).status_code == 404


def test_unshared_answers_are_counted_never_shown(researcher: Client, study: m.Study) -> None:
    """Row 1: researchers see how many said and share something, not what."""
    for said in (("Ulm-secret", False), ("Bonn-shared", True), ("", False)):
        telling(make.enrolled(study=study), city=said)
    page = read(researcher.get(PATH))
    cells = [node.text for node in page.all("td") if node.attributes.get("class") == "num"]
    assert [cell.strip() for cell in cells] == ["2", "1"]
    assert "secret" not in page.text
    assert "Bonn-shared" not in page.text


def test_who_may_not(client: Client, researcher: Client, study: m.Study) -> None:
    """Strangers are sent to the sign-in; another study's field, other methods and words are refused."""
    one = field(study, "age")
    for page in ("", f"{one.pk}/"):
        assert client.get(PATH + page)["Location"].startswith("/signin/")
        assert client.post(PATH + page, CITY).status_code == 302
        assert researcher.put(PATH + page).status_code == 405
    for page in ("usual/", f"{one.pk}/do/"):
        assert client.post(PATH + page, {"action": "delete"}).status_code == 302
        assert researcher.get(PATH + page).status_code == 405
    assert [row.key for row in study.profile_fields.all()] == ["age"]
    make.study(name="two")
    elsewhere = f"/studies/two/profile/{one.pk}/"
    assert researcher.get(elsewhere).status_code == 404
    assert researcher.post(f"{elsewhere}do/", {"action": "delete"}).status_code == 404
    assert researcher.post(f"{PATH}{one.pk}/do/", {"action": "explode"}).status_code == 404
    assert researcher.get("/studies/none/profile/").status_code == 404
