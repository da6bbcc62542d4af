"""Studies: the list, one study, a new one."""

import pytest
from django.test import Client

from annotation import models as m
from personalization.models import LabelImport
from tests import busy
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.labelled import labelled
from tests.personalization.views.pages import read

NEW = {"name": "travel-2", "title": "Travel plans", "description": "What travellers prefer."}
BAD_NAMES = ["", "Travel", "two words", "-dash", "x" * 64, "straße", "a/b", "a\0b", "travel\n"]


def test_the_list_shows_every_study(researcher: Client) -> None:
    """With its name, and a mark where everything is synthetic."""
    one, other = make.study(), make.study()
    m.Study.objects.filter(pk=other.pk).update(synthetic=True, title="Invented")
    page = read(researcher.get("/studies/"))
    links = {a.attributes["href"] for a in page.all("a")}
    assert {f"/studies/{one.name}/", f"/studies/{other.name}/"} <= links
    assert "Synthetic" in page.text


def test_the_list_says_how_far_each_is(researcher: Client) -> None:
    """People and sheets where there are any, the agreement once computed, a closed study."""
    data = labelled()
    researcher.get(data.path("agreement/"))
    busy.study()
    m.Study.objects.filter(pk=data.study.pk).update(closed_at=busy.moment(0))
    page = read(researcher.get("/studies/"))
    told = {next(card.all("a")).text: card.text for card in page.all("article")}
    closed = told.pop(data.study.name)
    assert "Alpha of strangers, better" in closed
    assert "Closed" in closed
    assert "People done" not in closed
    (other,) = told.values()
    assert "People done1 / 10" in other
    assert "Sheets submitted10 / 28" in other


def test_an_empty_list_leads_to_a_new_study(researcher: Client) -> None:
    page = read(researcher.get("/studies/"))
    assert "No study yet" in page.text


def test_the_list_costs_the_same_with_many(researcher: Client) -> None:
    """A study more is not a query more."""
    make.study()
    before = queries_of(researcher, "/studies/")
    for _number in range(20):
        make.study()
    assert queries_of(researcher, "/studies/") == before <= 8


def test_a_study_shows_questions_and_imports(researcher: Client, user: m.User) -> None:
    """Its questions with their answers and, once computed, their headline numbers."""
    data = labelled()
    LabelImport.objects.create(study=data.study, by=user, names={"human": "labels.csv"})
    path = f"/studies/{data.study.name}/"
    assert "Krippendorff" not in read(researcher.get(path)).text
    researcher.get(data.path("agreement/"))
    text = read(researcher.get(path)).text
    for shown in (
        "better",
        "first · second · tie",
        "Krippendorff's alpha",
        "labels.csv",
        "To be checked",
    ):
        assert shown in text


def test_a_study_costs_the_same_with_many(researcher: Client, user: m.User) -> None:
    """More items, questions and imports: the same number of queries."""
    few, many = labelled(items=12), labelled(items=120)
    for _number in range(9):
        make.question(study=many.study)
        LabelImport.objects.create(study=many.study, by=make.user(), names={"human": "a.csv"})
    make.question(study=few.study)
    LabelImport.objects.create(study=few.study, by=user, names={"human": "a.csv"})
    costs = [queries_of(researcher, f"/studies/{one.study.name}/") for one in (few, many)]
    assert costs[0] == costs[1] <= 24


def test_a_new_study(researcher: Client) -> None:
    """It is made, and its page opens."""
    response = researcher.post("/new-study/", NEW)
    assert response["Location"] == "/studies/travel-2/"
    study = m.Study.objects.get(name="travel-2")
    assert (study.title, study.description) == (NEW["title"], NEW["description"])
    assert researcher.get("/new-study/").status_code == 200


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_a_bad_name_is_refused(researcher: Client, name: str) -> None:
    """The page says which answer to correct, and keeps the rest."""
    response = researcher.post("/new-study/", {**NEW, "name": name})
    if name == "travel\n":  # a browser's form, and Django, strip the line break
        assert response.status_code == 302
        return
    assert response.status_code == 422
    page = read(response)
    assert "Please correct one answer" in page.text
    assert NEW["description"] in page.text
    assert not m.Study.objects.exists()


def test_a_name_that_is_taken_is_refused(researcher: Client) -> None:
    make.study(name="travel-2")
    response = researcher.post("/new-study/", NEW)
    assert response.status_code == 422
    assert "already exists" in read(response).text


@pytest.mark.parametrize("path", ["/studies/", "/new-study/", "/studies/any/"])
def test_not_for_a_stranger(client: Client, db: None, path: str) -> None:
    """Nobody learns which studies exist without signing in."""
    assert client.get(path)["Location"] == f"/signin/?next={path}"


def test_not_made_by_a_stranger(client: Client, db: None) -> None:
    assert client.post("/new-study/", NEW)["Location"].startswith("/signin/")
    assert not m.Study.objects.exists()


@pytest.mark.parametrize("path", ["/studies/", "/new-study/"])
def test_not_for_an_inactive_account(researcher: Client, user: m.User, path: str) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path).status_code == 302


def test_not_without_the_token(careful: Client) -> None:
    """A form of another site cannot make a study."""
    assert careful.post("/new-study/", NEW).status_code == 403
    assert not m.Study.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_method(researcher: Client, method: str) -> None:
    make.study(name="one")
    for path in ("/studies/", "/studies/one/", "/new-study/"):
        assert getattr(researcher, method)(path).status_code == 405
    assert researcher.post("/studies/").status_code == 405
    assert researcher.post("/studies/one/").status_code == 405


@pytest.mark.parametrize("name", ["nowhere", "x" * 500, "ONE", "one%00"])
def test_what_does_not_exist_is_not_found(researcher: Client, name: str) -> None:
    make.study(name="one")
    assert researcher.get(f"/studies/{name}/").status_code == 404
