"""The pipeline of a study: its arms by step, their runs, and what goes before people."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.arms.configuration import Extracting, Generating
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.kept_arms import arm, extraction, generation, run_of
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> m.Enrollment:
    return make.enrolled(part="done")


def path(study: m.Study, page: str = "") -> str:
    return f"/studies/{study.name}/pipeline/{page}"


def cards(page: Node) -> dict[str, Node]:
    return {next(one.all("h3")).text: one for one in page.all("article", "card")}


def buttons(page: Node) -> list[str]:
    return [one.text for one in page.all("button")]


def test_a_study_without_arms_says_what_an_arm_is(researcher: Client) -> None:
    """Each step has its place and its way on; what is not chosen is done by the usual model."""
    study = make.study()
    page = read(researcher.get(path(study)))
    assert "An arm is one way of doing a step" in page.text
    assert [one.text for one in page.all("h2")][:3] == ["Extraction", "Revision", "Generation"]
    links = [one.attributes["href"] for one in page.all("a")]
    for step in ("extraction", "revision", "generation"):
        assert f"{path(study, 'new/')}?step={step}" in links
    assert "the study's usual model does it" in page.text
    assert "Not put before people yet" not in page.text


def test_arms_stand_under_their_step_with_what_they_made(
    researcher: Client, person: m.Enrollment
) -> None:
    """Runs are the newest first, three of them; trials are no runs."""
    study = person.study
    finder = arm(study, name="finder")
    runs = [run_of(finder, planned=4, settled=n) for n in range(5)]
    extraction(runs[0], person, "The user sails.", "The user knits.")
    run_of(finder, trial=True, planned=9, settled=9)
    writer = arm(study, "generation", name="writer")
    generation(run_of(writer, finished_at=timezone.now(), planned=1, settled=1), person, "Go.")
    page = read(researcher.get(path(study)))
    found = cards(page)
    assert found.keys() == {"finder", "writer"}
    assert "2 attributes 1 person" in found["finder"].text
    assert "1 response 1 person" in found["writer"].text
    assert [f"{n} / 4" in found["finder"].text for n in (4, 3, 2, 1)] == [True] * 3 + [False]
    assert "2 earlier runs" in found["finder"].text
    assert "9 / 9" not in page.text
    assert "Finished" in found["writer"].text


def test_the_list_follows_what_is_under_way(researcher: Client) -> None:
    """It asks for itself as long as something moves, and for the part alone."""
    study = make.study()
    run = run_of(arm(study))
    part = read(researcher.get(path(study), headers={"HX-Request": "true"}))
    (follows,) = (one for one in part.all("div") if one.attributes.get("id") == "arms")
    assert follows.attributes["hx-get"] == path(study)
    assert not list(part.all("h1"))
    run.finished_at = timezone.now()
    run.save()
    page = read(researcher.get(path(study)))
    assert not [one for one in page.all("div") if "hx-get" in one.attributes]


def test_review_sheets_are_laid_at_a_press(researcher: Client, person: m.Enrollment) -> None:
    """It says how much waits; pressed twice, nothing is laid twice."""
    run = run_of(arm(person.study))
    extraction(run, person, "The user sails.", "The user knits.")
    page = read(researcher.get(path(person.study)))
    assert "2 attributes, of 1 people, have not been reviewed" in page.text
    assert "Lay review sheets" in buttons(page)
    page = read(researcher.post(path(person.study, "lay/"), {"what": "review"}, follow=True))
    assert "1 sheet is laid, for 1 people." in page.text
    assert "Lay review sheets" not in buttons(page)
    page = read(researcher.post(path(person.study, "lay/"), {"what": "review"}, follow=True))
    assert "There was nothing new to lay." in page.text
    assert m.Item.objects.filter(study=person.study, attribute__text="The user sails.").exists()


def test_only_the_chosen_arms_are_laid(researcher: Client, person: m.Enrollment) -> None:
    study = person.study
    one, other = arm(study, name="one"), arm(study, name="other")
    extraction(run_of(one), person, "The user sails.")
    extraction(run_of(other), person, "The user knits.")
    asked = {"what": "review", "arm": [one.pk]}
    researcher.post(path(study, "lay/"), asked)
    laid = m.Item.objects.filter(study=study).values_list("attribute__text", flat=True)
    assert set(laid) == {"The user sails."}


def test_pairs_are_laid_at_a_press(researcher: Client, person: m.Enrollment) -> None:
    """Two responses to one query by one model, one of them personalized, make a comparison."""
    study = person.study
    at = make.endpoint(url="https://m.example.org", model="small-1")
    plain = run_of(arm(study, "generation", at=at))
    told = run_of(arm(study, "generation", at=at, manner=Generating(condition="all")))
    query = make.query(study=study)
    known = make.attribute(study=study, of=person.participant)
    generation(plain, person, "Try the sea.", query=query)
    row = generation(told, person, "Try the lake by boat.", query=query)
    row.condition, row.attributes = "all", [known.pk]
    row.save()
    m.Response.objects.filter(generation=row).update(condition="all")
    page = read(researcher.get(path(study)))
    assert "1 pair of responses, for 1 people, is on no sheet." in page.text
    page = read(researcher.post(path(study, "lay/"), {"what": "comparison"}, follow=True))
    assert "is laid, for 1 people." in page.text
    assert m.ResponsePair.objects.filter(query=query).count() == 1


def test_it_costs_the_same_with_many(researcher: Client, person: m.Enrollment) -> None:
    """However many arms, runs and people there are."""
    costs = []
    for many in (1, 4):
        for number in range(many):
            run = run_of(arm(person.study, name=f"{many} {number}", manner=Extracting(number / 10)),
                         finished_at=timezone.now())  # fmt: skip
            extraction(
                run, make.enrolled(study=person.study, part="done"), f"Text {many} {number}."
            )
        costs.append(queries_of(researcher, path(person.study)))
    assert costs[0] == costs[1]


# For whom, and how.


def test_not_for_a_stranger(client: Client, person: m.Enrollment) -> None:
    assert client.get(path(person.study))["Location"].startswith("/signin/")
    response = client.post(path(person.study, "lay/"), {"what": "review"})
    assert response["Location"].startswith("/signin/")


def test_nothing_is_laid_without_the_token(careful: Client, person: m.Enrollment) -> None:
    assert careful.post(path(person.study, "lay/"), {"what": "review"}).status_code == 403


def test_not_for_somebody_who_may_not(researcher: Client, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path(make.study())).status_code == 302


def test_wrong_method(researcher: Client) -> None:
    study = make.study()
    assert researcher.post(path(study)).status_code == 405
    assert researcher.get(path(study, "lay/")).status_code == 405


@pytest.mark.parametrize(
    "sent", [{}, {"what": "everything"}, {"what": "review", "arm": "x"}, {"what": "review", "arm": "1"}]
)  # fmt: skip
def test_bad_input(researcher: Client, sent: dict[str, str]) -> None:
    """An arm of another study, or of another step, is none of this page."""
    other = arm(make.study())
    if sent.get("arm") == "1":
        sent = {**sent, "arm": str(other.pk)}
    assert researcher.post(path(make.study(), "lay/"), sent).status_code == 404
    assert researcher.get("/studies/no-such-study/pipeline/").status_code == 404
