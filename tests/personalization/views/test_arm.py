"""One arm: how it works, what it has made, and whether it works for new people."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.models.response import AuthorKind
from personalization.arms.configuration import Extracting, Generating, Revising
from personalization.arms.making import live_arms, make_imported
from personalization.models import Arm, Endpoint, PromptVersion
from personalization.prompt_versions import newest
from tests import factories as make
from tests.personalization.views.kept_arms import arm, called, extraction, run_of
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db


def path(one: Arm, page: str = "") -> str:
    return f"/studies/{one.study.name}/pipeline/arms/{one.pk}/{page}"


def facts(page: Node) -> dict[str, str]:
    (found,) = page.all("dl", "facts")
    return dict(
        zip(
            [one.text for one in found.all("dt")],
            [one.text for one in found.all("dd")],
            strict=True,
        )
    )


def tiles(page: Node) -> dict[str, str]:
    return {
        next(tile.all("dt")).text: " ".join(each.text for each in tile.all("dd"))
        for tile in page.all("div", "tile")
    }


def test_how_an_extractor_works(researcher: Client) -> None:
    """Every setting in words; the prompts lead to their texts."""
    one = arm(make.study(), manner=Extracting(floor=0.5, embedder="", evidence="second"))
    page = read(researcher.get(path(one)))
    said = facts(page)
    assert said["Model"] == "small-1"
    assert said["Sampling"] == "temperature 0"
    assert said["Least confidence"] == "0.5"
    assert said["Merged"] == "Only what says the same word for word"
    assert "The same from" not in said
    assert said["Evidence"].startswith("By a second call")
    assert said["Fingerprint"] == one.fingerprint
    links = [link.attributes["href"] for link in page.all("a")]
    for name in ("extraction_plain", "evidence"):
        assert f"/prompts/{name}/{newest(name).version}/" in links


@pytest.mark.parametrize(
    ("step", "manner", "name", "said"),
    [
        ("revision", Revising("owner", 1), "Who finds what is doubtful", "The person whose"),
        ("revision", Revising(), "Rounds", "2"),
        ("generation", Generating("all", matched=True), "Length", "as the response without"),
        ("generation", Generating("verified"), "Verified means", "The person accepted it"),
        ("generation", Generating(), "The model is told", "Nothing"),
    ],
)
def test_how_other_arms_work(
    researcher: Client, step: str, manner: Revising | Generating, name: str, said: str
) -> None:
    one = arm(make.study(), step, manner=manner)
    assert facts(read(researcher.get(path(one))))[name].startswith(said)


def test_what_an_extractor_made_kept_and_cost(researcher: Client) -> None:
    """What was not kept is counted by why; the cost is that of one conversation."""
    person = make.enrolled(part="done")
    run = run_of(arm(person.study))
    dropped = {"below_floor": 3, "no_such_turn": 1}
    first = extraction(run, person, "The user sails.", dropped=dropped)
    called(first)
    called(extraction(run, person, dropped={"below_floor": 2}))
    page = read(researcher.get(path(run.arm)))
    found = tiles(page)
    assert (found["Attributes"], found["People"]) == ("1", "1")
    assert found["Conversations read"] == "2"
    assert found["For one conversation"].startswith("0.0013")
    rows = [[cell.text for cell in row.all("td")] for row in page.all("tr")]
    assert [row for row in rows if row] == [["5"], ["1"]]
    assert "Less sure than the least confidence" in page.text


def test_an_arm_works_for_new_people_at_a_press(researcher: Client) -> None:
    """Its prompts are frozen then; pressed twice it says nothing more; taken back, others serve."""
    one = arm(make.study())
    assert "the study's usual model does this step" in read(researcher.get(path(one))).text
    page = read(researcher.post(path(one, "live/"), {"live": "on"}, follow=True))
    assert "From now on this arm works for new people." in page.text
    assert live_arms(one.study, "extraction") == [one]
    assert PromptVersion.objects.get(pk=newest("extraction").pk).used_at is not None
    page = read(researcher.post(path(one, "live/"), {"live": "on"}, follow=True))
    assert "From now on" not in [each.text for each in page.all("div", "alert-good")]
    page = read(researcher.post(path(one, "live/"), {"live": "off"}, follow=True))
    assert "no longer works for new people" in page.text
    assert not Arm.objects.get(pk=one.pk).live


def test_an_imported_arm_asks_nobody(researcher: Client) -> None:
    """It has no run and no switch, and cannot be switched on by hand."""
    one = make_imported(
        make.study(), "extraction", "of another lab", author=AuthorKind.HUMAN, model="theirs"
    )
    page = read(researcher.get(path(one)))
    assert "brought from outside" in page.text
    assert "Written by people" in page.text
    assert "New run" not in [each.text for each in page.all("a")]
    assert "Use it for new people" not in page.text
    page = read(researcher.post(path(one, "live/"), {"live": "on"}, follow=True))
    assert "it asks nobody" in page.text
    assert not Arm.objects.get(pk=one.pk).live


def test_an_arm_of_a_closed_endpoint_is_not_switched_on(researcher: Client) -> None:
    one = arm(make.study())
    Endpoint.objects.update(closed_at=timezone.now())
    page = read(researcher.post(path(one, "live/"), {"live": "on"}, follow=True))
    assert "is closed: nobody can be asked there" in page.text
    assert not Arm.objects.get(pk=one.pk).live


def test_its_runs_and_tests(researcher: Client) -> None:
    """The list follows a run that is under way, without the rest of the page."""
    one = arm(make.study())
    run, trial = run_of(one), run_of(one, trial=True)
    page = read(researcher.get(path(one)))
    links = [link.attributes["href"] for link in page.all("a")]
    assert f"/studies/{one.study.name}/pipeline/runs/{run.pk}/" in links
    assert f"/studies/{one.study.name}/pipeline/trials/{trial.pk}/" in links
    part = read(researcher.get(path(one), headers={"HX-Request": "true"}))
    (follows,) = (each for each in part.all("div") if each.attributes.get("id") == "work")
    assert "hx-get" in follows.attributes
    assert not list(part.all("h1"))


# For whom, and how.


def test_not_for_a_stranger(client: Client) -> None:
    one = arm(make.study())
    assert client.get(path(one))["Location"] == f"/signin/?next={path(one)}"
    assert client.post(path(one, "live/"), {"live": "on"})["Location"].startswith("/signin/")
    assert not Arm.objects.get(pk=one.pk).live


def test_not_for_somebody_who_may_not(researcher: Client, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path(arm(make.study()))).status_code == 302


def test_not_without_the_token(careful: Client) -> None:
    assert careful.post(path(arm(make.study()), "live/"), {"live": "on"}).status_code == 403


def test_wrong_method(researcher: Client) -> None:
    one = arm(make.study())
    assert researcher.post(path(one)).status_code == 405
    assert researcher.get(path(one, "live/")).status_code == 405


def test_not_of_another_study(researcher: Client) -> None:
    one, other = arm(make.study()), make.study()
    assert researcher.get(f"/studies/{other.name}/pipeline/arms/{one.pk}/").status_code == 404
    assert researcher.get(path(one).replace(str(one.pk), "999999")).status_code == 404
