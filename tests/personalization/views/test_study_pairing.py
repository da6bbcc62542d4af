"""The page of pairing: rules, block list, and what they come to before anything is laid."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from personalization.models import PairingPlan
from tests import factories as make
from tests import laid
from tests.personalization.views.pages import read

PATH = "/studies/one/pairing/"
RULES: dict[str, Any] = {
    "queries_min": "2",
    "queries_max": "3",
    "people_max": "4",
    "matcher": "",
    "candidates_min": "2",
    "by_list": "on",
    "seed": "7",
}


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def resting(study: m.Study, attributes: int = 2) -> m.Enrollment:
    """Return somebody with attributes who waits for nothing."""
    somebody = make.enrolled(study=study)
    for number in range(attributes):
        make.attribute(study=study, of=somebody.participant, text=f"The user is {number}.")
    m.Enrollment.objects.filter(pk=somebody.pk).update(
        part=Part.DONE, finished_at=timezone.now(), ended_by="done"
    )
    return somebody


def tiles(page: Any) -> dict[str, str]:  # noqa: ANN401 - a parsed page
    """Return the numbers of the plan by their labels."""
    labels = [one.text for one in page.all("dt", "tile-label")]
    return dict(zip(labels, [one.text for one in page.all("dd", "tile-value")], strict=True))


def test_a_study_without_anything(researcher: Client, study: m.Study) -> None:
    """The page works, says what holds, and leads to the queries."""
    page = read(researcher.get(PATH))
    assert "No rules are saved yet" in page.text
    assert "Nobody can be paired before the study has queries." in page.text
    assert set(tiles(page).values()) == {"0"}


def test_rules_are_tried_and_then_saved(researcher: Client, study: m.Study) -> None:
    """Trying saves nothing and shows what they come to; saving keeps them for everybody."""
    for _number in range(3):
        make.query(study=study)
        resting(study)
    resting(study, attributes=1)
    page = read(researcher.post(PATH, {**RULES, "try": "1"}))
    assert "Nothing is saved" in page.text
    assert not PairingPlan.objects.exists()
    wanted = {"People to pair": "4", "Sheets": "9", "Pairs asked about": "18", "Get too few": "1"}
    assert wanted.items() <= tiles(page).items()
    assert "3 with fewer than 2 attributes that may matter." in page.text
    page = read(researcher.post(PATH, RULES, follow=True))
    assert "The rules are saved." in page.text
    plan = PairingPlan.objects.get(study=study)
    assert (plan.queries_min, plan.queries_max, plan.people_max) == (2, 3, 4)
    assert (plan.candidates_min, plan.by_list, plan.seed, plan.matcher) == (2, True, 7, None)
    assert wanted.items() <= tiles(page).items()
    assert not m.Sheet.objects.filter(stage="relevance").exists()


def test_those_who_wait_for_nothing_are_paired(researcher: Client, study: m.Study) -> None:
    for _number in range(2):
        make.query(study=study)
    resting(study)
    researcher.post(PATH, {**RULES, "queries_max": "2"})
    assert "only paired by you" in read(researcher.get(PATH)).text
    page = read(researcher.post(f"{PATH}now/", follow=True))
    assert "1 person was given queries: 2 sheets were laid." in page.text
    assert m.Sheet.objects.filter(stage="relevance").count() == 2
    page = read(researcher.post(f"{PATH}now/", follow=True))
    assert "Nobody was left who could be given queries now." in page.text


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"queries_min": ""}, "This field is required."),
        ({"queries_min": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"queries_min": "4"}, "This is less than the least number above."),
        ({"people_max": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"seed": str(2**31)}, "Ensure this value is less than or equal to 2147483647."),
        ({"matcher": "rater:99"}, "Select a valid choice."),
        ({"matcher": "embedding:local:../etc"}, "Select a valid choice."),
    ],
)
def test_rules_that_cannot_be(
    researcher: Client, study: m.Study, sent: dict[str, str], why: str
) -> None:
    response = researcher.post(PATH, {**RULES, **sent})
    assert response.status_code == 422
    assert why in read(response).text
    assert not PairingPlan.objects.exists()


def test_matchers_to_choose_from(researcher: Client, study: m.Study) -> None:
    """Closeness is always there; a judge once it has judged; what is chosen is shown as chosen."""
    person = make.enrolled(study=study)
    judge = make.judge()
    item = laid.relevance(person).items.first()
    assert item is not None
    make.judgment(item=item, rater=judge, role="machine", value=1)
    offered = [one.attributes["value"] for one in read(researcher.get(PATH)).all("option")]
    assert {"", "bm25", "embedding:tfidf", f"rater:{judge.pk}"} <= set(offered)
    for key, name in [("bm25", "BM25, no items yet"), (f"rater:{judge.pk}", judge.name)]:
        page = read(researcher.post(PATH, {**RULES, "matcher": key}, follow=True))
        matcher = PairingPlan.objects.get().matcher
        assert matcher is not None
        assert matcher.name == name
        chosen = [one for one in page.all("option") if "selected" in one.attributes]
        assert [one.attributes["value"] for one in chosen] == [key]


def test_the_block_list(researcher: Client, study: m.Study) -> None:
    """By pseudonym, with how much was flagged; off it again; whoever is nobody here is refused."""
    somebody = resting(study)
    name = somebody.participant.pseudonym
    other = make.enrolled(study=study)
    item = laid.review(other).items.filter(question__kind="attribute").first()
    assert item is not None
    make.judgment(item=item, role="third_party", value=None, reason="flagged")
    page = read(researcher.get(PATH))
    assert "Flagged attributes" in page.text
    assert other.participant.pseudonym in page.text
    page = read(researcher.post(f"{PATH}block/", {"pseudonym": f" {name} "}, follow=True))
    assert "This person gets no queries." in page.text
    assert PairingPlan.objects.get().blocked == [somebody.pk]
    page = read(researcher.post(f"{PATH}block/", {"pseudonym": name, "what": "allow"}, follow=True))
    assert "This person may get queries again." in page.text
    assert PairingPlan.objects.get().blocked == []
    page = read(researcher.post(f"{PATH}block/", {"pseudonym": "p-nobody"}, follow=True))
    assert "Nobody who takes part here is called p-nobody." in page.text
    page = read(researcher.post(f"{PATH}block/", {"pseudonym": ""}, follow=True))
    assert "Write the pseudonym of somebody who takes part." in page.text


def test_only_researchers(client: Client, study: m.Study) -> None:
    for path in (PATH, f"{PATH}block/", f"{PATH}now/"):
        assert client.get(path).status_code in (302, 403, 404, 405)
        assert client.post(path, RULES).status_code in (302, 403, 404)
    assert not PairingPlan.objects.exists()
