"""The plan of a study: kept as written, with places added only after it was said how many."""

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from annotation import plans, sharing
from annotation.mentions import lay_mention
from annotation.models.sheet import Stage
from annotation.preparation import plan_as_usual
from annotation.shares import Share
from annotation.sheets import lay_comparison, lay_relevance, rater_of
from personalization import tasks
from personalization.views import plan as plan_views
from tests import factories as make
from tests import laid
from tests.personalization.views.cost import queries_of
from tests.personalization.views.pages import Node, read

PATH = "/studies/one/plan/"
STAGE = {
    "strangers": "",
    "extra_most": "0",
    "priority": "0",
    "owner_repeats": "10",
    "stranger_repeats": "5",
}
GOOD = {
    **{f"{stage}-{name}": value for stage in Stage for name, value in STAGE.items()},
    "comparison-after_majority": "on",
    "training_first": "0",
    "gold_every": "0",
    "attention_every": "0",
    "repeat_after_hours": "0",
}


@pytest.fixture
def study(db: None) -> m.Study:
    study = make.study(name="one")
    plan_as_usual(study)
    return study


@pytest.fixture
def owner(study: m.Study) -> m.Enrollment:
    return make.enrolled(study=study, part="review")


def send(client: Client, status: int = 200, /, **changed: str) -> Node:
    response = client.post(PATH, {**GOOD, **changed}, follow=True)
    assert response.status_code == status
    return read(response)


def promise(page: Node) -> str:
    """Return what the button confirms."""
    (button,) = [one for one in page.all("button") if one.attributes.get("name") == "promise"]
    return button.attributes["value"]


def strangers(stage: str) -> int:
    return m.Slot.objects.filter(sheet__stage=stage, role="third_party").count()


def test_it_is_kept(researcher: Client, study: m.Study) -> None:
    """All of it; the page shows what was kept, and empty is the study's number."""
    page = send(
        researcher,
        **{
            "review-strangers": "4",
            "relevance-extra_most": "2",
            "review-priority": "3",
            "comparison-owner_repeats": "100",
            "gold_every": "12",
            "training_first": "2",
            "repeat_after_hours": "48",
        },
    )
    assert "The plan is saved." in page.text
    assert plans.planned(study, "review") == plans.Planned(4, 0, 3, True, 10, 5)
    assert plans.planned(study, "relevance") == plans.Planned(study.strangers, 2, 0, True, 10, 5)
    assert plans.planned(study, "comparison").owner_repeats == 100
    study.refresh_from_db()
    assert (study.gold_every, study.training_first, study.attention_every) == (12, 2, 0)
    assert study.repeat_after_hours == 48
    values = {one.attributes.get("name"): one.attributes.get("value") for one in page.all("input")}
    assert (values["review-strangers"], values["relevance-strangers"]) == ("4", None)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"review-strangers": "21"}, "less than or equal to 20"),
        ({"review-strangers": "-1"}, "greater than or equal to 0"),
        ({"relevance-extra_most": "3"}, "less than or equal to 2"),
        ({"relevance-priority": "10"}, "less than or equal to 9"),
        ({"comparison-owner_repeats": "101"}, "less than or equal to 100"),
        ({"comparison-stranger_repeats": ""}, "This field is required."),
        ({"gold_every": "often"}, "Enter a whole number."),
        ({"repeat_after_hours": "99999"}, "less than or equal to"),
    ],
)
def test_what_cannot_be_is_refused(
    researcher: Client, study: m.Study, changed: dict[str, str], why: str
) -> None:
    page = send(researcher, 422, **{"training_first": "7", **changed})
    assert "Please correct one answer" in page.text
    assert why in page.text
    study.refresh_from_db()
    assert study.training_first == 0


def test_more_places_are_told_before(
    researcher: Client, study: m.Study, owner: m.Enrollment
) -> None:
    """Nothing is saved until it is confirmed, and only what was confirmed is added."""
    for _sheet in range(2):
        laid.review(owner)
    page = send(researcher, **{"review-strangers": "5"})
    assert "Review of attributes: saving adds 4 places at 2 sheets." in page.text
    assert strangers("review") == 6
    assert plans.planned(study, "review").strangers == 3
    seen = promise(page)
    other = send(researcher, **{"review-strangers": "6", "promise": seen})
    assert "saving adds 6 places at 2 sheets." in other.text
    assert strangers("review") == 6
    page = send(researcher, **{"review-strangers": "5", "promise": seen})
    assert "4 places were added." in page.text
    assert strangers("review") == 10
    assert "The plan is saved." in send(researcher, **{"review-strangers": "5"}).text


def test_fewer_take_nothing_away(researcher: Client, study: m.Study, owner: m.Enrollment) -> None:
    laid.review(owner)
    page = send(researcher, **{"review-strangers": "1"})
    assert "Sheets that are there keep their places." in page.text
    assert strangers("review") == 3
    laid.review(owner, "The user paints.")
    assert strangers("review") == 4


def test_a_sheet_that_strangers_may_not_see_gets_none(researcher: Client, study: m.Study) -> None:
    shy = make.enrolled(study=study, part="review", scopes=("use",))
    laid.review(shy)
    assert "The plan is saved." in send(researcher, **{"review-strangers": "5"}).text
    assert strangers("review") == 0


def test_comparisons_wait_and_are_opened(
    researcher: Client, study: m.Study, owner: m.Enrollment
) -> None:
    """One press opens them; without the tick they open as well, once that is confirmed."""
    query = make.query(study=study)
    attributes = laid.attributes_of(owner)
    lay_relevance(owner, [make.relevance_pair(attribute=attributes[0], query=query)])
    pair = make.response_pair(query=query, of=owner.participant)
    lay_comparison(owner, pair, attributes)
    assert strangers("comparison") == 0
    page = read(researcher.get(PATH))
    assert "Some comparisons wait" in page.text
    without = {key: value for key, value in GOOD.items() if key != "comparison-after_majority"}
    told = read(researcher.post(PATH, without))
    assert "Comparison: saving adds 3 places at 1 sheet." in told.text
    page = read(researcher.post(f"{PATH}open/", follow=True))
    assert "3 places were added." in page.text
    assert "Some comparisons wait" not in page.text
    assert strangers("comparison") == 3
    assert "Nothing waits any more." in read(researcher.post(f"{PATH}open/", follow=True)).text


def test_priority_moves_what_waits(researcher: Client, study: m.Study, owner: m.Enrollment) -> None:
    laid.review(owner)
    send(researcher, **{"review-priority": "4"})
    places = m.Slot.objects.filter(role="third_party")
    assert set(places.values_list("priority", "lane__priority")) == {(4, 4)}


@pytest.mark.django_db(transaction=True)
def test_many_places_are_laid_by_a_worker(
    researcher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not wait for them; the job lays all of them, and begun again none twice."""
    monkeypatch.setattr(plan_views, "MOST_AT_ONCE", 0)
    study = make.study(name="one")
    plan_as_usual(study)
    laid.review(make.enrolled(study=study, part="review"))
    seen = promise(send(researcher, **{"review-strangers": "5"}))
    page = send(researcher, **{"review-strangers": "5", "promise": seen})
    assert "That takes some minutes." in page.text
    assert strangers("review") == 3
    (job,) = ProcrastinateJob.objects.filter(task_name="lay_places")
    for _time in range(2):
        tasks.lay_places(**job.args)
    assert strangers("review") == 5


def test_what_is_there(researcher: Client, study: m.Study, owner: m.Enrollment) -> None:
    """Strangers' places by state; what is kept; and that nothing has to be shared."""
    page = read(researcher.get(PATH))
    assert "No sheet has a place for a stranger yet." in page.text
    assert "nothing needs to be shared by hand" in page.text
    laid.review(owner)
    one = make.enrolled(study=study, way="labels", part="others")
    sharing.assign(study, "review", [Share(one.participant.pseudonym, count=1)], [1])
    tables = list(read(researcher.get(PATH)).all("table"))
    (row,) = [one.text for body in tables[0].all("tbody") for one in body.all("tr")]
    assert row == "Review of attributes 3 0 0 0 0 / 3"
    assert one.participant.pseudonym in tables[1].text


def test_a_new_study_has_the_usual_plan(researcher: Client) -> None:
    """Ten repeats of a hundred for owners, five for strangers, no extra strangers, a later wave.

    Whether a response names an attribute, no owner is asked.
    """
    researcher.post("/new-study/", {"name": "new"})
    study = m.Study.objects.get(name="new")
    for stage in Stage:
        own = 0 if stage == Stage.MENTION else 10
        assert plans.planned(study, stage) == plans.Planned(study.strangers, 0, 0, True, own, 5)


def test_it_costs_the_same_with_many(researcher: Client, db: None) -> None:
    """Ten times as many sheets, people and shares: as many queries."""
    costs = []
    for many in (1, 10):
        study = make.study()
        for _number in range(many):
            laid.review(make.enrolled(study=study, part="review"))
            one = make.enrolled(study=study, way="labels", part="others")
            rater_of(one)
            sharing.assign(study, "review", [Share(one.participant.pseudonym, count=1)], [1])
        costs.append(queries_of(researcher, f"/studies/{study.name}/plan/"))
    assert costs[0] == costs[1] <= 24


def test_owners_answer_no_mention_sheets_again(researcher: Client, study: m.Study) -> None:
    """They never have one: the form does not ask how many are repeated."""
    page = read(researcher.get(PATH))
    names = {one.attributes.get("name") for one in page.all("input")}
    assert {"mention-strangers", "comparison-owner_repeats"} <= names
    assert "mention-owner_repeats" not in names
    send(researcher, **{"mention-strangers": "2"})
    assert m.Plan.objects.get(study=study, stage="mention").strangers == 2


@pytest.mark.parametrize("percent", [0, 100])
def test_a_researcher_reads_mention_sheets(
    researcher: Client, study: m.Study, percent: int
) -> None:
    """Those that people get, and those that judges alone read."""
    owner = make.enrolled(study=study)
    pair = make.response_pair(query=make.query(study=study), of=owner.participant)
    sheet = lay_mention(owner, pair, laid.attributes_of(owner), percent)
    assert sheet is not None
    page = researcher.get(f"/studies/one/sheets/{sheet.pk}/")
    assert page.status_code == 200
    assert ("Mention, for judges alone" in page.text) == (percent == 0)
    listed = researcher.get("/studies/one/sheets/?stage=mention")
    assert (f"/sheets/{sheet.pk}/" in listed.text) == (percent == 100)
