"""The home of a study: what is missing, who is where, what failed."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from annotation.progress import Standing
from personalization.models import Endpoint, JudgeRun, Reply
from tests import busy
from tests import factories as make
from tests.personalization.views.labelled import labelled
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db


def page_of(client: Client, study: m.Study) -> Node:
    return read(client.get(f"/studies/{study.name}/"))


def checklist(page: Node) -> dict[str, str]:
    """Return what stands beside each thing that a study needs."""
    (found,) = page.all("ol", "checklist")
    return {
        next(one.all("p", "checklist-name")).text: next(one.all("span", "badge")).text
        for one in found.all("li")
    }


def test_a_new_study_says_what_is_missing(researcher: Client) -> None:
    assert checklist(page_of(researcher, make.study())) == {
        "Consent text": "Missing",
        "Task for the chat": "Missing",
        "Queries": "Missing",
        "Models": "Stand-in",
        "Invite": "Missing",
    }


def test_what_is_there_is_ticked_off(researcher: Client) -> None:
    """And once nothing is missing, the list is gone."""
    study = make.study()
    busy.consent(study)
    m.Study.objects.filter(pk=study.pk).update(chat_task="Your last journey.", queries_each=1)
    make.query(study=study)
    ticks = checklist(page_of(researcher, study))
    assert ticks.pop("Models") == "Stand-in"
    assert ticks.pop("Invite") == "Missing"
    assert set(ticks.values()) == {"Ready"}
    study.invites.create()
    assert not list(page_of(researcher, study).all("ol", "checklist"))


def test_fewer_queries_than_each_person_gets_are_not_enough(researcher: Client) -> None:
    study = make.study()
    make.query(study=study)
    assert checklist(page_of(researcher, study))["Queries"] == "Missing"


@pytest.mark.parametrize(
    "columns", [{"used": 1}, {"expires_at": busy.moment(-1)}, {"closed_at": busy.moment(-1)}]
)
def test_an_invite_that_lets_nobody_in_is_none(
    researcher: Client, columns: dict[str, object]
) -> None:
    study = make.study()
    study.invites.create(most=1, **columns)
    assert checklist(page_of(researcher, study))["Invite"] == "Missing"


def test_who_gets_texts_must_be_named(researcher: Client) -> None:
    """A text that names the provider is ready, one that does not is pointed at."""
    study = make.study()
    Endpoint.objects.create(name="far", url="https://far.test", provider="Far Ltd.", model="m")
    busy.consent(study, provider="Near Ltd.")
    page = page_of(researcher, study)
    assert checklist(page)["Consent text"] == "Look at this"
    assert "Texts go to Far Ltd." in page.text
    busy.consent(study, provider="FAR LTD. in Dublin")
    assert checklist(page_of(researcher, study))["Consent text"] == "Ready"


def test_a_study_of_imported_labels_is_not_told_what_it_lacks(researcher: Client) -> None:
    """The list lies folded at the end."""
    page = page_of(researcher, labelled(items=4).study)
    (folded,) = page.all("details", "disclosure")
    assert list(folded.all("ol", "checklist"))


def test_people_by_where_they_are(researcher: Client) -> None:
    study = busy.study()
    busy.person(study, Standing.CHATTING)
    page = page_of(researcher, study)
    tiles = {
        next(tile.all("dt")).text: next(tile.all("dd")).text for tile in page.all("div", "tile")
    }
    assert tiles["Chats"] == "2"
    assert tiles["Waits for the machine"] == tiles["Withdrew"] == "1"
    assert "the longest for 7 minutes" in page.text


def test_sheets_by_stage_and_role(researcher: Client) -> None:
    """How far, sent, in work, free, withheld, given up; what is beside the quota stands below."""
    study = make.study()
    busy.consent(study)
    sheet = busy.sheet(busy.person(study, Standing.DONE), strangers=3)
    make.slot(sheet=sheet, purpose="extra", rater=make.person_rater())
    hidden = busy.sheet(busy.person(study, Standing.DONE))
    m.Sheet.objects.filter(pk=hidden.pk).update(hidden_at=busy.moment(0))
    free = sheet.slots.filter(purpose="label", rater=None).earliest("pk")
    m.Lapse.objects.create(slot=free, sheet=sheet, rater=make.person_rater(), why="skipped")
    (table,) = page_of(researcher, study).all("table")
    owner, strangers = (one.text for one in list(table.all("tr"))[1:])
    assert owner == "Review of attributes First person 1 / 11 / 1 1 0 0 1 0"
    assert strangers == (
        "Review of attributes Third party 0 / 30 / 3 Extra raters: 0 of 1 sent 0 1 2 2 1"
    )


def test_whoever_only_looks_is_not_shown(researcher: Client) -> None:
    """A researcher's preview is nobody: not here, not among the people, not in the settings."""
    study = make.study()
    busy.consent(study)
    one = busy.person(study, Standing.CHATTING)
    m.Enrollment.objects.filter(pk=one.pk).update(preview=True)
    assert not list(page_of(researcher, study).all("div", "tile"))
    assert one.participant.pseudonym not in read(researcher.get(people_of(study))).text
    m.Enrollment.objects.filter(pk=one.pk).update(preview=False)
    assert list(page_of(researcher, study).all("div", "tile"))
    assert one.participant.pseudonym in read(researcher.get(people_of(study))).text


def test_failures_are_grouped_by_reason(researcher: Client) -> None:
    """With how often, an example, and a button."""
    study = make.study()
    busy.consent(study)
    for why in ("unavailable: gone", "unavailable: gone", "<b>garbage</b>"):
        busy.failed(busy.person(study, Standing.CHATTING), why)
    page = page_of(researcher, study)
    (replies,) = (one for one in page.all("div", "fault") if "Replies" in one.text)
    assert "3 failed" in replies.text
    assert "unavailable: gone 2 times" in replies.text
    assert "<b>garbage</b> 1 times" in replies.text
    assert len(list(page.all("div", "fault"))) == 4


def test_try_again_sets_failed_work_free(researcher: Client) -> None:
    """One step at a time; pressed twice, it finds nothing more."""
    study = make.study()
    busy.consent(study)
    busy.failed(busy.person(study, Standing.CHATTING))
    other = make.study()
    busy.consent(other)
    busy.failed(busy.person(other, Standing.CHATTING))
    path = f"/studies/{study.name}/retry/"
    page = read(researcher.post(path, {"step": "reply"}, follow=True))
    assert "1 is tried again." in page.text
    assert Reply.objects.filter(settled_at=None, failure=None).count() == 1
    assert not [one for one in page.all("div", "fault") if "Replies" in one.text]
    assert ProcrastinateJob.objects.filter(task_name="look_for_reply").exists()
    again = read(researcher.post(path, {"step": "reply"}, follow=True))
    assert "Nothing is left to try again." in again.text


@pytest.mark.parametrize("step", ["", "nowhere", "reply\0", "judge"])
def test_only_steps_can_be_tried_again(researcher: Client, step: str) -> None:
    study = make.study()
    assert researcher.post(f"/studies/{study.name}/retry/", {"step": step}).status_code == 404


def test_judge_runs_under_way(researcher: Client) -> None:
    """Together; what is finished or was imported does not count."""
    study = make.study()
    columns: list[dict[str, Any]] = [
        {"planned": 10, "settled": 4},
        {"planned": 20, "settled": 8},
        {"planned": 40, "finished_at": busy.moment(0)},
        {"planned": 40, "source": "imported"},
    ]
    for more in columns:
        JudgeRun.objects.create(study=study, rater=make.judge(), **{"source": "computed", **more})
    text = page_of(researcher, study).text
    assert "2 judge runs under way 12 / 30" in text


def test_the_moving_part_asks_for_itself_while_somebody_is_there(researcher: Client) -> None:
    """And comes alone; a study without people stands still."""
    study = make.study()
    path = f"/studies/{study.name}/"
    assert "hx-get" not in researcher.get(path).content.decode()
    busy.consent(study)
    busy.person(study, Standing.CHATTING)
    assert f'hx-get="{path}"' in researcher.get(path).content.decode()
    part = researcher.get(path, headers={"hx-request": "true"}).content.decode()
    assert 'id="progress"' in part
    assert "<html" not in part


def test_it_asks_more_often_while_somebody_has_a_sheet(researcher: Client) -> None:
    study = make.study()
    busy.consent(study)
    sheet = busy.sheet(busy.person(study, Standing.CHATTING))
    assert 'hx-trigger="every 5s"' in part_of(researcher, study)
    held = sheet.slots.filter(rater__isnull=False, submitted_at=None)
    held.update(rater=None, leased_at=None, leased_until=None)
    assert 'hx-trigger="every 10s"' in part_of(researcher, study)


def test_it_says_how_fresh_it_is(researcher: Client) -> None:
    """That it is live is said by the part that came alone: without scripts it is not true."""
    study = make.study()
    busy.consent(study)
    busy.sheet(busy.person(study, Standing.CHATTING))
    whole = page_of(researcher, study).text
    assert re.search(r"As of \d\d:\d\d:\d\d UTC", whole)
    assert "Live" not in whole
    part = part_of(researcher, study)
    assert re.search(r"As of \d\d:\d\d:\d\d UTC", part)
    assert "Live: looked at again every 5 seconds." in part


@pytest.mark.parametrize(
    ("known", "said"),
    [("", True), ("?percent=33", False), ("?percent=32", True), ("?percent=x", True)],
)
def test_what_is_new_is_read_aloud(researcher: Client, known: str, said: bool) -> None:
    """In a region that stays where it is, and not while the number is the one heard before."""
    study = make.study()
    busy.consent(study)
    busy.sheet(busy.person(study, Standing.CHATTING))
    assert '<p class="visually-hidden" id="heard" role="status"></p>' in (
        researcher.get(f"/studies/{study.name}/").content.decode()
    )
    part = part_of(researcher, study, known)
    aloud = '<p hx-swap-oob="innerHTML:#heard">Live: 1 of 3 places at sheets are filled.</p>'
    assert (aloud in part) == said
    assert """hx-vals='{"percent": 33}'""" in part


def test_looking_again_is_cheap(researcher: Client) -> None:
    """As many queries with ten times the people, places and failures, and none of them at places."""
    costs = []
    for people in (1, 10):
        study = busy.study(people)
        with CaptureQueriesContext(connection) as made:
            part_of(researcher, study)
        assert not [one for one in made if "annotation_slot" in one["sql"]]
        costs.append(len(made))
    assert costs[0] == costs[1] <= 18


def part_of(client: Client, study: m.Study, asked: str = "") -> str:
    """Return the part that moves, as it comes alone."""
    headers = {"hx-request": "true"}
    return client.get(f"/studies/{study.name}/{asked}", headers=headers).content.decode()


def people_of(study: m.Study) -> str:
    return f"/studies/{study.name}/people/"
