"""One sheet: facts, the preview, hiding, checks and its group."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.assignment import give_back
from annotation.leaving import withdraw
from annotation.models.slot import LapseReason
from annotation.preview import preview_slot
from tests import factories as make
from tests import laid
from tests.labelling import fill, labeller
from tests.personalization.releases.conftest import Export
from tests.personalization.releases.conftest import export as export
from tests.personalization.views.cost import queries_of
from tests.personalization.views.pages import read
from tests.visits import visiting

BANNER = "Preview: nothing here counts."
ACTIONS = ("preview", "shown", "right", "use", "stratum")


@pytest.fixture
def owner(db: None) -> m.Enrollment:
    return make.enrolled(study=make.study(name="one"), part="done")


@pytest.fixture
def sheet(owner: m.Enrollment) -> m.Sheet:
    return laid.relevance(owner)


def at(sheet: m.Sheet, action: str = "", study: str = "one") -> str:
    return f"/studies/{study}/sheets/{sheet.pk}/{action + '/' if action else ''}"


def said(researcher: Client, sheet: m.Sheet, action: str, **data: str) -> str:
    """Do something with a sheet; return the page that follows."""
    return read(researcher.post(at(sheet, action), data, follow=True)).text


def mine(user: m.User, sheet: m.Sheet) -> m.Slot:
    slot = preview_slot(user, sheet)
    assert slot is not None
    return slot


def previewed(researcher: Client, user: m.User, sheet: m.Sheet) -> m.Slot:
    """Send a preview of a sheet by its pages."""
    researcher.post(at(sheet, "preview"))
    slot = mine(user, sheet)
    sent = researcher.post(laid.address(slot), laid.answers_to(slot))
    assert sent["Location"] == at(sheet)
    return slot


def test_facts(researcher: Client, owner: m.Enrollment, sheet: m.Sheet) -> None:
    """Who sent, holds and gave it back, with the reason in their words; not what stands on it."""
    sent, holds, flags = labeller(owner), labeller(owner), labeller(owner)
    fill(sent)
    fill(holds, send=False)
    slot = fill(flags, send=False)
    give_back(flags, slot.pk, LapseReason.FLAGGED, "flagged: <i>sad</i>")
    page = read(researcher.get(at(sheet)))
    for words in (
        f"Sheet {sheet.pk}",
        "Relevance",
        f"Sent {sent.participant}",
        f"In work {holds.participant}",
        f"{flags.participant} Flagged flagged: <i>sad</i>",
        "Nobody gets this sheet now",
        "Show again",
    ):
        assert words in page.text
    assert "sails" not in page.text
    links = [a.attributes["href"] for a in page.all("a")]
    for item in sheet.items.all():
        assert f"/studies/one/items/{item.pk}/" in links
        assert researcher.get(f"/studies/one/items/{item.pk}/").status_code == 200


def test_it_costs_the_same_for_many(
    researcher: Client, user: m.User, owner: m.Enrollment, sheet: m.Sheet
) -> None:
    previewed(researcher, user, sheet)
    queries_of(researcher, at(sheet))
    before = queries_of(researcher, at(sheet))
    for send in (True, False, True):
        fill(labeller(owner), send=send)
    assert queries_of(researcher, at(sheet)) == before


# The preview


def test_a_look_as_a_rater_has_it(researcher: Client, user: m.User, sheet: m.Sheet) -> None:
    """The page of raters, with a banner and a way back, and nothing that leads to a person's pages."""
    opened = researcher.post(at(sheet, "preview"))
    slot = mine(user, sheet)
    assert opened["Location"] == laid.address(slot)
    page = read(researcher.get(laid.address(slot)))
    assert BANNER in page.text
    assert "The user sails." in page.text
    links = [a.attributes["href"] for a in page.all("a")]
    assert at(sheet) in links
    assert not [link for link in links if link.startswith(("/me/", "/mine/", "/part/one/leave/"))]
    form = next(form for form in page.all("form") if form.attributes.get("id") == "sheet")
    assert "data-ahead-url" not in form.attributes


def test_answers_lead_back_and_stay(researcher: Client, user: m.User, sheet: m.Sheet) -> None:
    """By a form or a script; then the page offers to look again."""
    previewed(researcher, user, sheet)
    assert set(m.Judgment.objects.values_list("use", flat=True)) == {"preview"}
    assert "You sent a preview of it" in read(researcher.get(at(sheet))).text
    slot = mine(user, sheet)
    closed = read(researcher.get(laid.address(slot)))
    assert "You have sent this page" in closed.text
    assert "/part/one/" not in [a.attributes["href"] for a in closed.all("a")]
    researcher.post(at(sheet, "preview"), {"again": "yes"})
    assert mine(user, sheet).submitted_at is None
    sent = researcher.post(
        laid.address(slot), laid.answers_to(slot), headers={"HX-Request": "true"}
    )
    assert sent["HX-Redirect"] == at(sheet)


def test_drafts_are_kept(researcher: Client, user: m.User, sheet: m.Sheet) -> None:
    researcher.post(at(sheet, "preview"))
    slot = mine(user, sheet)
    data = {"revision": "0", **laid.answers_to(slot)}
    kept = researcher.post(
        laid.address(slot, "draft/"), data, headers={"Accept": "application/json"}
    )
    assert kept.json() == {"revision": 1}
    assert researcher.post(laid.address(slot, "beat/")).status_code == 204


def test_nothing_is_skipped_or_flagged(researcher: Client, user: m.User, sheet: m.Sheet) -> None:
    researcher.post(at(sheet, "preview"))
    slot = mine(user, sheet)
    page = laid.address(slot, "skip/")
    assert researcher.get(page).status_code == 200
    assert researcher.post(page, {"why": "flagged"})["Location"] == laid.address(slot)
    sheet.refresh_from_db()
    assert sheet.hidden_at is None
    assert not m.Lapse.objects.exists()


def test_the_browser_becomes_nobody(researcher: Client, user: m.User, sheet: m.Sheet) -> None:
    """No page of a participant opens but the previewed one, and the session holds nothing of it."""
    before = dict(researcher.session)
    researcher.post(at(sheet, "preview"))
    researcher.get(laid.address(mine(user, sheet)))
    assert dict(researcher.session) == before
    for page in ("/mine/", "/part/one/", "/part/one/leave/", "/part/one/others/"):
        assert researcher.get(page).status_code == 403


def test_who_takes_part_here_goes_on(
    researcher: Client, user: m.User, owner: m.Enrollment, sheet: m.Sheet
) -> None:
    """A researcher who takes part in the same browser is two people, each at their own pages."""
    person = labeller(owner)
    browser = visiting(person)
    browser.force_login(user)
    browser.post(at(sheet, "preview"))
    assert BANNER in browser.get(laid.address(mine(user, sheet))).text
    own = laid.address(fill(person, send=False))
    page = browser.get(own)
    assert page.status_code == 200
    assert BANNER not in page.text
    assert str(person.participant) in m.Participant.objects.get(pk=person.participant_id).pseudonym


def test_nobody_else_opens_it(
    researcher: Client, user: m.User, owner: m.Enrollment, sheet: m.Sheet, client: Client
) -> None:
    """Not a stranger, a rater, another researcher, nor the account once it is closed."""
    researcher.post(at(sheet, "preview"))
    slot = mine(user, sheet)
    assert client.get(laid.address(slot)).status_code == 403
    assert visiting(labeller(owner)).get(laid.address(slot)).status_code == 404
    client.force_login(make.user())
    assert client.get(laid.address(slot)).status_code == 403
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(laid.address(slot)).status_code == 403


def test_real_people_see_no_banner(owner: m.Enrollment, sheet: m.Sheet) -> None:
    person = labeller(owner)
    page = visiting(person).get(laid.address(fill(person, send=False)))
    assert page.status_code == 200
    assert BANNER not in page.text


def test_first_the_consent_text(researcher: Client) -> None:
    """It says so on the page and where it is tried all the same."""
    sheet = make.sheet(study=make.study(name="one"), stage="review")
    page = read(researcher.get(at(sheet)))
    assert "Write the consent text first" in page.text
    assert at(sheet, "preview") not in [form.attributes.get("action") for form in page.all("form")]
    assert "Write the consent text first" in said(researcher, sheet, "preview")
    assert not m.Enrollment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_in_no_export(user: m.User, export: Export) -> None:
    """Neither the answers nor the researcher, beside those of somebody real."""
    owner = make.enrolled(study=make.study(name="one"), part="done")
    sheet = laid.relevance(owner)
    person = labeller(owner)
    fill(person)
    browser = Client()
    browser.force_login(user)
    previewed(browser, user, sheet)
    folder = export(owner.study)
    assert [row["use"] for row in folder.jsonl("judgments")] == ["label"] * 3
    assert len(folder.jsonl("raters")) == len(folder.jsonl("participants")) == 2


# Hidden and shown


def test_hide_and_show_again(researcher: Client, sheet: m.Sheet) -> None:
    assert "Nobody gets this sheet now" in said(researcher, sheet, "shown", shown="no")
    sheet.refresh_from_db()
    assert sheet.hidden_at is not None
    assert "Raters get this sheet again." in said(researcher, sheet, "shown", shown="yes")
    sheet.refresh_from_db()
    assert sheet.hidden_at is None


def test_what_was_taken_back_stays_away(
    researcher: Client, owner: m.Enrollment, sheet: m.Sheet
) -> None:
    withdraw(owner)
    page = read(researcher.get(at(sheet)))
    assert "took everything back" in page.text
    assert "Show again" not in page.text
    assert "took everything back" in said(researcher, sheet, "shown", shown="yes")
    assert "took everything back" in said(researcher, sheet, "preview")
    sheet.refresh_from_db()
    assert sheet.hidden_at is not None


# Checks


def test_from_preview_to_training(researcher: Client, user: m.User, sheet: m.Sheet) -> None:
    """Preview, say what is right and why, use it; and back."""
    assert "Use for training" not in read(researcher.get(at(sheet))).text
    assert "is not known yet" in said(researcher, sheet, "use", use="training")
    assert "before you use it" in said(researcher, sheet, "right", why="So.")
    previewed(researcher, user, sheet)
    page = said(researcher, sheet, "right", why="<b>She</b> says so.")
    assert "3 answers are kept as right." in page
    assert page.count("<b>She</b> says so.") == 3
    page = said(researcher, sheet, "use", use="training")
    assert "From now on it is a check" in page
    assert "used for that already" in said(researcher, sheet, "use", use="training")
    sheet.refresh_from_db()
    assert sheet.use == "training"
    assert "asked for labels again" in said(researcher, sheet, "use", use="label")


def test_not_while_somebody_is_at_it(
    researcher: Client, user: m.User, owner: m.Enrollment, sheet: m.Sheet
) -> None:
    fill(labeller(owner), send=False)
    previewed(researcher, user, sheet)
    said(researcher, sheet, "right", why="")
    assert "Somebody has begun this sheet" in said(researcher, sheet, "use", use="gold")


def test_its_group(researcher: Client, sheet: m.Sheet) -> None:
    """Its places stand in the lane of the new group at once."""
    page = researcher.post(at(sheet, "stratum"), {"stratum": " <i>long</i> "}, follow=True)
    assert "&lt;i&gt;long&lt;/i&gt;" in page.text
    assert "<i>long" not in page.text
    assert set(sheet.slots.values_list("lane__stratum", flat=True)) == {"<i>long</i>"}


# Stranger, wrong role, wrong method, bad input


@pytest.mark.parametrize("action", ["", *ACTIONS])
def test_only_researchers(client: Client, owner: m.Enrollment, sheet: m.Sheet, action: str) -> None:
    """Neither strangers nor people who take part, not even the one whom it is about."""
    for browser in (client, visiting(owner)):
        send = browser.post if action else browser.get
        assert "/signin/" in send(at(sheet, action))["Location"]
    assert not m.Slot.objects.filter(purpose="preview").exists()


@pytest.mark.parametrize("action", ["", *ACTIONS])
def test_wrong_methods_and_places(researcher: Client, sheet: m.Sheet, action: str) -> None:
    """What is read is not sent to, what changes something is not read; only in its own study."""
    make.study(name="two")
    wrong, send = (researcher.get, researcher.post) if action else (researcher.post, researcher.get)
    assert wrong(at(sheet, action)).status_code == 405
    assert send(at(sheet, action, study="two")).status_code == 404
    assert send(at(m.Sheet(pk=10**17), action)).status_code == 404


@pytest.mark.parametrize(
    ("action", "data", "status"),
    [
        ("shown", {"shown": "perhaps"}, 404),
        ("shown", {}, 404),
        ("use", {"use": "extra"}, 404),
        ("use", {}, 404),
        ("right", {"why": "w" * 1001}, 422),
        ("right", {"why": "a\0b"}, 422),
        ("stratum", {"stratum": "w" * 101}, 422),
        ("stratum", {"stratum": "a\0b"}, 422),
    ],
)
def test_bad_input(
    researcher: Client, sheet: m.Sheet, action: str, data: dict[str, str], status: int
) -> None:
    assert researcher.post(at(sheet, action), data).status_code == status
    sheet.refresh_from_db()
    assert (sheet.hidden_at, sheet.use, sheet.stratum) == (None, "label", "")
    assert not m.Reference.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_forms_of_other_sites_do_nothing(careful: Client, sheet: m.Sheet, action: str) -> None:
    assert careful.post(at(sheet, action)).status_code == 403
