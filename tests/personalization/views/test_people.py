"""Who takes part."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.enrollment import finish
from annotation.models.person import Ending
from annotation.progress import Standing
from personalization.views import study_people
from tests import busy, laid
from tests import factories as make
from tests.labelling import fill, labeller
from tests.personalization.views.pages import Node, next_of, read

PATH = "/studies/one/people/"


@pytest.fixture
def study(db: None) -> m.Study:
    study = make.study(name="one")
    m.Study.objects.filter(pk=study.pk).update(
        pay_minor=900, pay_partial_minor=300, pay_currency="EUR"
    )
    busy.consent(study)
    return study


def people(page: Node) -> list[str]:
    """Return the pseudonyms shown."""
    return [one.text for body in page.all("tbody") for one in body.all("th")]


def test_what_each_has_done(researcher: Client, study: m.Study) -> None:
    """Messages, sheets, pay and code, under a pseudonym; never a text."""
    one = busy.person(study, Standing.DONE)
    m.Enrollment.objects.filter(pk=one.pk).update(
        completion_code="C0DE", trouble="no attributes", earned_minor=900
    )
    chat = make.conversation(study=study, of=one.participant)
    for _number in range(3):
        make.turn(conversation=chat, text="I sail in secret.")
        make.turn(conversation=chat, speaker="assistant", source="model")
    busy.sheet(one)
    busy.sheet(one)
    stopped = busy.person(study, Standing.STOPPED)
    m.Enrollment.objects.filter(pk=stopped.pk).update(earned_minor=300)
    page = read(researcher.get(PATH))
    rows = [row.text for body in page.all("tbody") for row in body.all("tr")]
    assert rows[0].split()[1:3] == ["Stopped", "early"]
    assert "€3.00" in rows[0]
    assert rows[1].startswith(f"{one.participant} Done the whole study")
    assert "3 2 €9.00 C0DE no attributes" in rows[1]
    assert "secret" not in page.text


def test_one_group_at_a_time(researcher: Client, study: m.Study) -> None:
    for standing in Standing:
        busy.person(study, standing)
    for standing in Standing:
        page = read(researcher.get(PATH, {"standing": standing.value}))
        assert len(people(page)) == 1
        assert f"{standing.label}" in next(page.all("tbody")).text
    assert len(people(read(researcher.get(PATH)))) == len(Standing)


@pytest.mark.parametrize("standing", ["nowhere", "done'--", "done\0", "DONE"])
def test_no_such_group(researcher: Client, study: m.Study, standing: str) -> None:
    assert researcher.get(PATH, {"standing": standing}).status_code == 404


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30])
def test_a_page_that_cannot_be(researcher: Client, study: m.Study, after: str) -> None:
    assert researcher.get(PATH, {"after": after}).status_code == 404


def test_page_by_page(researcher: Client, study: m.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest first, in the chosen group; whoever joins meanwhile moves nobody."""
    monkeypatch.setattr(study_people, "PAGE", 2)
    expected = [str(busy.person(study, Standing.CHATTING).participant) for _ in range(5)][::-1]
    busy.person(study, Standing.DONE)
    seen: list[str] = []
    query: str | None = "standing=chatting"
    while query is not None:
        page = read(researcher.get(f"{PATH}?{query}"))
        seen += people(page)
        query = next_of(page)
        busy.person(study, Standing.CHATTING)
    assert seen == expected


def test_people_of_other_studies_are_elsewhere(researcher: Client, study: m.Study) -> None:
    """Neither they nor what the same person did elsewhere."""
    one = busy.person(study, Standing.CHATTING)
    other = make.study()
    make.turn(conversation=make.conversation(study=other, of=one.participant))
    busy.consent(other)
    busy.person(other, Standing.CHATTING)
    page = read(researcher.get(PATH))
    assert people(page) == [str(one.participant)]
    assert [cell.text for cell in next(page.all("tbody")).all("td", "num")] == ["0", "0"]


def test_nobody_yet(researcher: Client, study: m.Study) -> None:
    page = read(researcher.get(PATH))
    assert "Nobody has joined yet" in page.text
    assert "/studies/one/invites/" in [a.attributes["href"] for a in page.all("a", "button")]


# Drop-outs


def holding(study: m.Study) -> tuple[m.Enrollment, m.Slot]:
    """Return somebody with a sheet of a stranger's."""
    owner = make.enrolled(study=study)
    laid.review(owner)
    person = labeller(owner)
    return person, fill(person, send=False)


def address(person: m.Enrollment, study: str = "one") -> str:
    return f"/studies/{study}/people/{person.pk}/release/"


def test_the_sheets_of_a_drop_out_are_freed(researcher: Client, study: m.Study) -> None:
    """A button for whoever holds something, with what came of it; a second press changes nothing."""
    person, slot = holding(study)
    page = read(researcher.get(PATH))
    assert [form.attributes["action"] for form in next(page.all("tbody")).all("form")] == [
        address(person)
    ]
    page = read(researcher.post(address(person), follow=True))
    assert f"1 sheet of {person.participant} is free for other people." in page.text
    assert not list(next(page.all("tbody")).all("form"))
    slot.refresh_from_db()
    assert slot.rater is None
    page = read(researcher.post(address(person), follow=True))
    assert f"{person.participant} holds no sheet now" in page.text
    assert m.Lapse.objects.get().why == "returned"


def test_kept_sheets_are_held_too(researcher: Client, study: m.Study) -> None:
    """Named for somebody and not begun: others cannot have them either."""
    person, slot = holding(study)
    make.slot(sheet=make.sheet(study=study, stage="review"), reserved_for=slot.rater)
    page = read(researcher.post(address(person), follow=True))
    assert f"2 sheets of {person.participant} are free for other people." in page.text


def test_only_researchers_free_sheets(study: m.Study, client: Client, researcher: Client) -> None:
    """Nobody else, only by POST, and only in the person's own study."""
    person, slot = holding(study)
    make.study(name="two")
    assert client.post(address(person)).status_code in {302, 403}
    assert researcher.get(address(person)).status_code == 405
    for wrong in (address(person, "two"), "/studies/one/people/999999/release/"):
        assert researcher.post(wrong).status_code == 404
    slot.refresh_from_db()
    assert slot.rater is not None


def test_whoever_ran_out_of_work_did_not_stop(researcher: Client, study: m.Study) -> None:
    person = labeller(make.enrolled(study=study))
    finish(person.pk, by=Ending.NO_WORK)
    page = read(researcher.get(PATH))
    assert "Ran out of work" in page.text
