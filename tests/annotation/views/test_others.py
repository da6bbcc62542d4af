"""One of other people's sheets, or why there is none, when to look again, and the end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.assignment import claim_other
from annotation.leaving import withdraw
from annotation.views import others
from tests import factories as make
from tests import laid
from tests.labelling import fill, labeller, study_of
from tests.visits import visiting

pytestmark = pytest.mark.django_db
NEWS = {"HX-Request": "true"}


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled()


@pytest.fixture
def person(owner: m.Enrollment) -> m.Enrollment:
    return labeller(owner)


def page_of(person: m.Enrollment) -> str:
    return f"/part/{person.study.name}/others/"


def end_of(person: m.Enrollment) -> str:
    return f"{page_of(person)}finish/"


def told(browser: Client, person: m.Enrollment) -> str:
    """Return what the form of the page sends along."""
    page = browser.get(page_of(person)).text
    return page.split('name="told" value="')[1].split('"')[0]


def test_it_works(owner: m.Enrollment, person: m.Enrollment) -> None:
    """A place is taken, and stays the same until it is sent."""
    laid.review(owner)
    browser = visiting(person)
    first, again = browser.post(page_of(person)), browser.get(page_of(person))
    slot = m.Slot.objects.get(rater=laid.rater(person))
    assert first["Location"] == again["Location"] == laid.address(slot)


def test_until_the_last_one(owner: m.Enrollment, person: m.Enrollment) -> None:
    """Row 6: the number that was asked for, each a third party's, and then the end."""
    study_of(owner, sheets_each=2)
    laid.review(owner)
    laid.comparison(owner)
    browser = visiting(person)
    for _ in range(2):
        address = browser.post(page_of(person))["Location"]
        slot = m.Slot.objects.select_related("sheet").get(pk=address.split("/")[-2])
        browser.post(address, laid.answers_to(slot))
    person.refresh_from_db()
    assert person.finished_at is not None
    assert set(m.Judgment.objects.values_list("role", flat=True)) == {"third_party"}


# Each reason by a situation that leads there, its words, and the way to the code.


def none_laid(owner: m.Enrollment, person: m.Enrollment) -> str:
    return "There are no pages yet"


def all_held(owner: m.Enrollment, person: m.Enrollment) -> str:
    study_of(owner, strangers=1)
    laid.review(owner)
    slot = fill(labeller(owner), send=False)
    at = timezone.now() + timedelta(minutes=12, seconds=30)
    m.Slot.objects.filter(pk=slot.pk).update(leased_until=at)
    return f">{at:%H:%M} UTC</time>"


def none_open(owner: m.Enrollment, person: m.Enrollment) -> str:
    sheet = laid.review(owner)
    m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at=timezone.now())
    return "they are not open yet"


def all_seen(owner: m.Enrollment, person: m.Enrollment) -> str:
    laid.review(owner)
    fill(person)
    return "You have seen every page that you can have."


def all_answered(owner: m.Enrollment, person: m.Enrollment) -> str:
    study_of(owner, strangers=1)
    laid.review(owner)
    fill(labeller(owner))
    return "All pages have the answers that they need."


SITUATIONS = [none_laid, all_held, none_open, all_seen, all_answered]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_reason_is_said_and_leads_to_the_code(
    owner: m.Enrollment, person: m.Enrollment, situation: object
) -> None:
    """Peers 5, 11, 18: an empty page names its reason, and its button gives the code."""
    words = situation(owner, person)  # type: ignore[operator]
    browser = visiting(person)
    page = browser.get(page_of(person))
    assert page.status_code == 200
    assert words in page.text
    waits = situation in (all_held, none_open)
    assert ("You are not done" in page.text) == waits
    ended = browser.post(end_of(person), {"told": told(browser, person)}, follow=True)
    person.refresh_from_db()
    assert (person.ended_by, person.part) == ("no_work", "others")
    assert ended.redirect_chain == [(f"/part/{person.study.name}/thanks/", 302)]
    assert str(person.completion_code) in ended.text
    assert "Nothing is left to do. Thank you!" in ended.text


def test_the_next_release_is_said_twice(owner: m.Enrollment, person: m.Enrollment) -> None:
    """As a time for programs and the clock, and as a number of minutes."""
    all_held(owner, person)
    page = visiting(person).get(page_of(person)).text.replace("\xa0", " ")
    at = m.Slot.objects.get(rater__isnull=False).leased_until
    assert at is not None
    assert f'<time datetime="{at.isoformat()}"' in page
    assert "in about 12 minutes, or earlier." in page


def test_nobody_waits_for_no_minutes(owner: m.Enrollment, person: m.Enrollment) -> None:
    all_held(owner, person)
    soon = timezone.now() + timedelta(seconds=30)
    m.Slot.objects.filter(rater__isnull=False).update(leased_until=soon)
    page = visiting(person).get(page_of(person)).text.replace("\xa0", " ")
    assert "in about 1 minute, or earlier." in page


def test_a_person_who_is_done_is_not_kept(owner: m.Enrollment, person: m.Enrollment) -> None:
    """A researcher asks for fewer sheets than were sent already: that is the end, with the code."""
    all_seen(owner, person)
    study_of(owner, sheets_each=1)
    page = visiting(person).get(page_of(person), follow=True)
    person.refresh_from_db()
    assert person.ended_by == "done"
    assert str(person.completion_code) in page.text


# Pay


@pytest.mark.parametrize(
    ("rule", "partial", "earned"),
    [("fixed", 100, "£1.42"), ("fixed", 200, "£2.00"), ("share", None, "£1.42")],
)
def test_what_it_pays_is_said_before_and_after(
    owner: m.Enrollment, person: m.Enrollment, rule: str, partial: int | None, earned: str
) -> None:
    """Peers 19: one of seven sheets for ten pounds, or the fixed amount where that is more."""
    m.Study.objects.update(
        pay_minor=1000,
        pay_partial_minor=partial,
        pay_rule=rule,
        pay_currency="GBP",
        sheets_each=7,
        strangers=1,
    )
    owner.study.refresh_from_db()
    laid.review(owner)
    fill(person)
    browser = visiting(person)
    page = browser.get(page_of(person)).text
    assert "You have answered 1 page of 7." in page
    assert f"If you finish here, you get {earned}." in page
    ended = browser.post(end_of(person), {"told": told(browser, person)}, follow=True)
    assert f"Your pay is {earned}." in ended.text


def test_nothing_done_is_nothing_paid(person: m.Enrollment) -> None:
    """Where no amount for a part was promised; it is said before, and the code is given."""
    m.Study.objects.update(pay_minor=1000, pay_currency="GBP")
    browser = visiting(person)
    assert "there is no pay yet" in browser.get(page_of(person)).text
    ended = browser.post(end_of(person), follow=True)
    assert "There was no page for you to answer, so there is no pay." in ended.text
    person.refresh_from_db()
    assert (person.earned_minor, person.completion_code is None) == (0, False)


def test_an_unpaid_study_speaks_of_no_pay(person: m.Enrollment) -> None:
    browser = visiting(person)
    assert "pay" not in browser.get(page_of(person)).text.split("<main")[1].split("</main>")[0]


# A sheet that comes free meanwhile


def test_what_was_told_is_kept(owner: m.Enrollment, person: m.Enrollment) -> None:
    """Somebody reads that there is nothing, and a sheet comes before they press the button."""
    browser = visiting(person)
    promise = told(browser, person)
    laid.review(owner)
    browser.post(end_of(person), {"told": promise})
    person.refresh_from_db()
    assert person.ended_by == "no_work"


@pytest.mark.parametrize("how", ["nothing", "nonsense", "another's", "earlier", "old"])
def test_out_of_work_is_nobody_for_whom_a_sheet_is_free(
    owner: m.Enrollment, person: m.Enrollment, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form made by hand does not turn stopping into something that pays more."""
    browser = visiting(person)
    other = labeller(owner)
    promise = {
        "nothing": "",
        "nonsense": "1.2.3",
        "another's": told(visiting(other), other),
    }.get(how) or told(browser, person)
    if how == "nothing":
        promise = ""
    if how == "old":
        monkeypatch.setattr(others, "PROMISED_SECONDS", -1)
    laid.review(owner)
    if how == "earlier":
        laid.relevance(owner)
        fill(person)
    sent = browser.post(end_of(person), {"told": promise}, follow=True)
    person.refresh_from_db()
    assert person.finished_at is None
    assert "A page is free for you now." in sent.text
    assert "/sheets/" in sent.redirect_chain[-1][0]


# What a page that stands open asks


def test_the_page_asks_again_by_itself(owner: m.Enrollment, person: m.Enrollment) -> None:
    """Nothing is swapped where nothing changed, and nothing is claimed for somebody who is away."""
    browser = visiting(person)
    page = browser.get(page_of(person)).text
    assert 'hx-trigger="every 30s"' in page
    assert page_of(person) + "?seen=no_sheets" in page
    same = browser.get(page_of(person), {"seen": "no_sheets"}, headers=NEWS)
    assert (same.status_code, same.content) == (204, b"")
    laid.review(owner)
    news = browser.get(page_of(person), {"seen": "no_sheets"}, headers=NEWS)
    assert "A page is free now" in news.text
    assert "<button" not in news.text
    assert "<html" not in news.text
    assert not m.Slot.objects.filter(rater=laid.rater(person)).exists()
    same = browser.get(page_of(person), {"seen": "free"}, headers=NEWS)
    assert same.status_code == 204
    claim_other(labeller(owner))
    m.Slot.objects.filter(rater=None, role="third_party").update(reserved_for=laid.rater(owner))
    assert "break" in browser.get(page_of(person), {"seen": "free"}, headers=NEWS).text


def test_whoever_has_ended_elsewhere_goes_on(person: m.Enrollment) -> None:
    """The page stood open in another tab."""
    browser = visiting(person)
    browser.post(end_of(person))
    news = browser.get(page_of(person), headers=NEWS)
    assert news["HX-Redirect"] == f"/part/{person.study.name}/"


# Who may, and how


def test_somebody_who_waits_goes_back(owner: m.Enrollment) -> None:
    """Whoever helps while the machine works returns to the way when nothing is left."""
    sent = visiting(owner).post(page_of(owner))
    assert sent["Location"] == f"/part/{owner.study.name}/"
    ended = visiting(owner).post(end_of(owner))
    assert ended["Location"] == f"/part/{owner.study.name}/"
    owner.refresh_from_db()
    assert owner.finished_at is None


def test_finishing_twice_is_finishing_once(person: m.Enrollment) -> None:
    browser = visiting(person)
    browser.post(end_of(person))
    person.refresh_from_db()
    code = person.completion_code
    assert browser.post(end_of(person), follow=True).text.count(str(code)) == 1


def test_strangers_and_wrong_methods(person: m.Enrollment, client: Client) -> None:
    client.force_login(make.user())
    for page in (page_of(person), end_of(person)):
        for browser in (Client(), client, visiting(make.enrolled())):
            assert browser.post(page).status_code == 403
    assert visiting(person).delete(page_of(person)).status_code == 405
    assert visiting(person).get(end_of(person)).status_code == 405
    assert visiting(person, careful=True).post(end_of(person)).status_code == 403
    person.refresh_from_db()
    assert person.finished_at is None


def test_whoever_has_withdrawn_ends_nothing_more(person: m.Enrollment) -> None:
    withdraw(person)
    for page in (page_of(person), end_of(person)):
        assert visiting(person).post(page).status_code == 403
    person.refresh_from_db()
    assert person.ended_by == "stopped"


def test_no_code_is_in_any_byte_before_the_end(
    owner: m.Enrollment, person: m.Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat: a code shown early. It is drawn at the end; what comes before cannot hold it."""
    laid.review(owner)
    browser = visiting(person)
    way = f"/part/{person.study.name}/"
    sheet = browser.get(page_of(person))["Location"]
    pages = [
        way,
        f"{way}welcome/",
        f"{way}thanks/",
        f"{way}leave/",
        page_of(person),
        sheet,
        "/mine/",
    ]
    seen = b"".join(browser.get(page).content for page in pages)
    slot = m.Slot.objects.select_related("sheet").get(pk=sheet.split("/")[-2])
    browser.post(sheet, laid.answers_to(slot))
    seen += (
        browser.get(page_of(person)).content + browser.get(page_of(person), headers=NEWS).content
    )
    person.refresh_from_db()
    assert person.completion_code is None
    assert b'id="completion"' not in seen
    browser.post(end_of(person))
    person.refresh_from_db()
    assert str(person.completion_code).encode() not in seen
    assert str(person.completion_code) in browser.get(f"{way}thanks/").text
