"""Sharing by the page: lines that are read, a preview that holds, refusals at their field, giving back."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.assignment import claim_other, give_back
from annotation.models.slot import LapseReason
from annotation.shares import Share
from annotation.sharing import assign, preview
from annotation.sheets import rater_of
from personalization.views import plan_share_form
from personalization.views.plan_share_form import read as read_amount
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.pages import Node, read

PATH = "/studies/one/plan/share/"


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


@pytest.fixture
def people(study: m.Study) -> list[m.Enrollment]:
    lay(study)
    return [make.enrolled(study=study, way="labels", part="others") for _ in range(3)]


def lay(study: m.Study, sheets: int = 7, places: int = 2) -> None:
    for _sheet in range(sheets):
        one = make.sheet(study=study, stage="review")
        for _place in range(places):
            make.slot(sheet=one)


def name(one: m.Enrollment) -> str:
    return one.participant.pseudonym


def look(client: Client, status: int = 200, /, **form: str) -> Node:
    """Ask for a preview."""
    response = client.post(PATH, {"stage": "review", **form})
    assert response.status_code == status
    return read(response)


def told(page: Node) -> list[str]:
    """Return the rows of the preview."""
    table = next(page.all("table"))
    return [row.text for body in table.all("tbody") for row in body.all("tr")]


def confirmed(page: Node) -> dict[str, str]:
    """Return the form that confirms a preview."""
    (form,) = [
        one for one in page.all("form")
        if any(field.attributes.get("name") == "seen" for field in one.all("input"))
    ]  # fmt: skip
    return {
        field.attributes["name"]: field.attributes.get("value", "") for field in form.all("input")
    }


def reserved() -> int:
    return m.Slot.objects.filter(reserved_for__isnull=False).count()


def test_preview_then_share(researcher: Client, study: m.Study, people: list[m.Enrollment]) -> None:
    """People by the line and an invite by its field: numbers, parts, sheets and the rest."""
    invite = make.invite(study=study, way="labels")
    one, two, three = map(name, people)
    sheet = m.Sheet.objects.earliest("pk").pk
    lines = f"{one} 3\r\n\r\n {two} #{sheet} \r\n{three}"
    page = look(researcher, people=lines, **{f"invite-{invite.pk}": "50 %"})
    assert told(page) == [f"{one} 3 0", f"{two} 1 0", f"{three} 3 0", f"Invite {invite.pk} 7 0"]
    assert "14 places are free. After this, 0 stay free for everybody." in page.text
    assert reserved() == 0
    response = researcher.post(PATH, confirmed(page), follow=True)
    after = read(response)
    assert "14 places are kept." in after.text
    assert reserved() == 7
    assert m.Slot.objects.filter(cohort=invite).count() == 7
    assert m.Slot.objects.get(reserved_for=rater_of(people[1])).sheet_id == sheet


def test_it_changed_meanwhile(
    researcher: Client, study: m.Study, people: list[m.Enrollment]
) -> None:
    """Nothing is given, it is said how much is missing, and the new preview can be confirmed."""
    form = {"people": f"{name(people[0])} 50%\n{name(people[1])}"}
    page = look(researcher, **form)
    assert told(page) == [f"{name(people[0])} 7 0", f"{name(people[1])} 7 0"]
    assert claim_other(people[2]) is not None
    response = researcher.post(PATH, confirmed(page))
    assert response.status_code == 409
    again = read(response)
    assert "1 of these places was taken meanwhile. Look at the preview again." in again.text
    assert reserved() == 0
    assert told(again) == [f"{name(people[0])} 6 0", f"{name(people[1])} 7 0"]
    assert "13 places are kept." in read(researcher.post(PATH, confirmed(again), follow=True)).text


def test_what_stands_in_the_way_is_said_at_the_line(
    researcher: Client, study: m.Study, people: list[m.Enrollment]
) -> None:
    """With the name, and how to mend it; and what was written stays."""
    one, two, three = map(name, people)
    give_back(people[2], taken(people[2]).pk, LapseReason.SKIPPED)
    lines = [f"{one} 8", "p-nobody 1", f"{two} 5", f"{two} 2", f"{three} #999999999"]
    page = look(researcher, 422, people="\n".join(lines))
    assert f"{one}: A person has one place at a sheet at most, and only 7" in page.text
    assert "p-nobody: Nobody of this name takes part." in page.text
    assert f"{two}: This is here twice." in page.text
    assert f"{three}: No place for this person at #999999999" in page.text
    assert "p-nobody 1" in next(page.all("textarea")).text
    assert not [b for b in page.all("button") if b.text == "Share as shown"]


def taken(one: m.Enrollment) -> m.Slot:
    slot = claim_other(one)
    assert slot is not None
    return slot


def test_an_invite_that_wants_too_much(researcher: Client, study: m.Study) -> None:
    lay(study, 2, 1)
    invites = [make.invite(study=study, way="labels") for _ in range(2)]
    newest, other = (f"invite-{one.pk}" for one in invites[::-1])
    page = look(researcher, 422, **{newest: "2", other: "1"})
    assert "Beside the other shares only 0 are left. Write 0 or less." in page.text
    page = look(researcher, 422, **{newest: "60%", other: "41 %"})
    assert "All parts together are more than 100 %." in page.text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({}, "Name at least one person"),
        ({"people": "p-a many"}, "p-a: Write a number such as 20"),
        ({"people": "p-a 0"}, "p-a: Write a number such as 20"),
        ({"people": "p-a 0 %"}, "p-a: Write a number such as 20"),
        ({"people": "p-a 3 %%"}, "p-a: Write a number such as 20"),
        ({"people": "p-a #1 2"}, "p-a: Write a number such as 20"),
        ({"people": "p-a ٣"}, "p-a: Write a number such as 20"),
        ({"people": "p-a 9999999999999"}, "p-a: Write a number such as 20"),
        ({"people": "p-a\0 1"}, "Null characters are not allowed."),
        ({"people": "p-a 1", "stage": "nowhere"}, "Select a valid choice."),
        ({"people": "p\n" * 51}, "Name at most 50 people at once."),
    ],
)
def test_what_cannot_be_read_is_refused(
    researcher: Client, study: m.Study, form: dict[str, str], why: str
) -> None:
    assert why in look(researcher, 422, **form).text


@pytest.mark.parametrize("seen", ["", "1,1", "x", "-1", "9" * 30, "999999999999"])
def test_numbers_that_nobody_showed(
    researcher: Client, study: m.Study, people: list[m.Enrollment], seen: str
) -> None:
    """They give nothing away: it is a preview again, or a refusal."""
    form = {"stage": "review", "people": f"{name(people[0])} 2", "seen": seen}
    assert researcher.post(PATH, form).status_code in (200, 409)
    assert reserved() == 0


def test_given_back(researcher: Client, study: m.Study, people: list[m.Enrollment]) -> None:
    """By the button beside each: what is not begun."""
    invite = make.invite(study=study, way="labels")
    shares = [Share(name(people[0]), count=3), Share(invite, count=4)]
    assign(study, "review", shares, [3, 4])
    taken(people[0])
    page = read(researcher.get(PATH))
    assert told(page) == [
        f"{name(people[0])} Review of attributes 2 1 0 Give back",
        f"Invite {invite.pk} Review of attributes 4 0 0 Give back",
    ]
    for form in [one for one in page.all("form") if "back" in one.attributes.get("action", "")]:
        fields = {f.attributes["name"]: f.attributes.get("value", "") for f in form.all("input")}
        page = read(researcher.post(form.attributes["action"], fields, follow=True))
    assert "4 places are free for everybody again." in page.text
    assert "Nothing is shared by hand" in page.text
    assert preview(study, "review", []).free == 13


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"invite": "x"},
        {"invite": "999999"},
        {"invite": "9" * 40},
        {"person": "p\0", "stage": "review"},
        {"person": "p", "stage": "re\0view"},
    ],
)
def test_nothing_to_give_back(researcher: Client, study: m.Study, form: dict[str, str]) -> None:
    assert researcher.post(f"{PATH}back/", form).status_code == 404


def test_an_invite_of_another_study(researcher: Client, study: m.Study) -> None:
    other = make.invite(way="labels")
    assert (
        researcher.post(f"{PATH}back/", {"invite": other.pk, "stage": "review"}).status_code == 404
    )
    page = look(researcher, 422, **{f"invite-{other.pk}": "1"})
    assert "Name at least one person" in page.text


def test_who_may_get_a_share(
    researcher: Client, study: m.Study, people: list[m.Enrollment]
) -> None:
    """Only people who label for others and are not through are offered, and only their invites."""
    whole = make.enrolled(study=study)
    done = make.enrolled(study=study, way="labels")
    m.Enrollment.objects.filter(pk=done.pk).update(finished_at="2026-01-01T00:00Z")
    invite = make.invite(study=study)
    page = read(researcher.get(PATH))
    assert all(name(one) in page.text for one in people)
    assert name(whole) not in page.text
    assert name(done) not in page.text
    assert f"Invite {invite.pk}" not in page.text
    assert "Nothing is shared by hand" in page.text


def test_stages_of_imported_sheets(researcher: Client, study: m.Study) -> None:
    """Whatever has places for strangers can be shared."""
    one = make.sheet(study=study, stage="headlines")
    make.slot(sheet=one)
    person = make.enrolled(study=study, way="labels", part="others")
    page = look(researcher, stage="headlines", people=f"{name(person)} 1")
    assert told(page) == [f"{name(person)} 1 0"]


def test_amounts() -> None:
    share = read_amount("p", "12,5 %")
    assert share is not None
    assert str(share.percent) == "12.5"
    assert read_amount("p", "#3, #4 #3") == Share("p", sheets=(3, 4))
    assert read_amount("p", "") == Share("p")
    many = " ".join(f"#{n}" for n in range(plan_share_form.MOST_SHEETS + 1))
    assert read_amount("p", many) is None


def test_it_costs_the_same_with_many(researcher: Client, db: None) -> None:
    costs = []
    for many in (1, 10):
        study = make.study()
        lay(study, many, 2)
        for _number in range(many):
            one = make.enrolled(study=study, way="labels", part="others")
            rater_of(one)
            assign(study, "review", [Share(name(one), count=1)], [1])
            make.invite(study=study, way="labels")
        costs.append(queries_of(researcher, f"/studies/{study.name}/plan/share/"))
    assert costs[0] == costs[1] <= 20
