"""Drafts: kept as they are entered, from several tabs, and never overwritten by something older."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.assignment import claim_other, give_back
from annotation.models.slot import LapseReason
from annotation.sheets import lay_comparison
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="review")


@pytest.fixture
def slot(owner: m.Enrollment) -> m.Slot:
    return laid.own_slot(laid.review(owner))


@pytest.fixture
def browser(owner: m.Enrollment) -> Client:
    return visiting(owner)


def save(browser: Client, slot: m.Slot, revision: object, **entered: str) -> tuple[int, object]:
    """Save as the script does; return the status and what it is told."""
    form = {"revision": str(revision), **entered}
    headers = {"Accept": "application/json"}
    answer = browser.post(laid.address(slot, "draft/"), form, headers=headers)
    return answer.status_code, answer.json()


def draft_of(slot: m.Slot) -> object:
    slot.refresh_from_db()
    return slot.draft


def test_it_works(browser: Client, slot: m.Slot) -> None:
    """Saved again and again, with a longer lease; the page shows it after a reload."""
    name = next(iter(laid.answers_to(slot)))
    assert save(browser, slot, 0, missing="Paints.") == (200, {"revision": 1})
    laid.expire(slot)
    assert save(browser, slot, 1, **{"missing": "Paints boats.", name: "1"})[0] == 200
    assert draft_of(slot) == {"missing": "Paints boats.", name: "1"}
    assert slot.leased_until is not None
    assert slot.leased_until.year > 2020
    page = browser.get(laid.address(slot)).text
    assert 'name="revision" value="2"' in page
    assert "Paints boats." in page
    assert " checked" in page


def test_an_older_tab_overwrites_nothing(browser: Client, slot: m.Slot) -> None:
    """Two tabs: the second to save is told, and learns which revision it would have to follow."""
    save(browser, slot, 0, missing="New.")
    assert save(browser, slot, 0, missing="Old.") == (409, {"revision": 1})
    assert draft_of(slot) == {"missing": "New."}
    assert save(browser, slot, 1, missing="Old, on purpose.") == (200, {"revision": 2})


def test_a_lost_reply(browser: Client, slot: m.Slot) -> None:
    """What is there already is saved, however often it is sent."""
    for _ in range(2):
        assert save(browser, slot, 0, missing="Same.") == (200, {"revision": 1})


def test_without_a_script(browser: Client, slot: m.Slot) -> None:
    """A plain form: saved and back to the page; or, in an older tab, the page with what stands in it."""
    address = laid.address(slot, "draft/")
    saved = browser.post(address, {"revision": "0", "missing": "New."}, follow=True)
    assert "Your answers are saved." in saved.text
    older = browser.post(address, {"revision": "0", "missing": "Old."})
    assert older.status_code == 409
    assert "You changed this sheet in another tab since." in older.text
    assert "Old." in older.text
    assert 'name="revision" value="1"' in older.text
    assert draft_of(slot) == {"missing": "New."}


def test_after_sending(browser: Client, slot: m.Slot) -> None:
    """A saving that arrives after the page itself is quiet, and changes nothing."""
    browser.post(laid.address(slot), laid.answers_to(slot))
    assert save(browser, slot, 0, missing="Late.") == (200, {"why": "sent"})
    assert draft_of(slot) is None


def test_after_the_time(owner: m.Enrollment) -> None:
    """Somebody else has the place now: their draft is theirs."""
    owner.study.strangers = 1
    owner.study.save()
    laid.review(owner)
    slow, quick = (make.enrolled(study=owner.study, way="labels", part="others") for _ in range(2))
    slot = claim_other(slow)
    assert slot is not None
    laid.expire(slot)
    claim_other(quick)
    assert save(visiting(slow), slot, 0, missing="Late.") == (410, {"why": "too_late"})
    assert draft_of(slot) is None


@pytest.mark.parametrize("by_script", [True, False])
def test_a_page_of_another_place(owner: m.Enrollment, by_script: bool) -> None:
    """A lost place shows the responses the other way round: its page is no draft of the new one."""
    owner.study.strangers = 2
    owner.study.save()
    query = make.query(study=owner.study)
    texts = ("Sail to Ufenau.", "Try Lake Constance.")
    a, b = (make.response(query=query, of=owner.participant, text=text) for text in texts)
    pair = m.ResponsePair.objects.create(query=query, participant=owner.participant, a=a, b=b)
    sheet = lay_comparison(owner, pair, laid.attributes_of(owner))
    slow, second, third = (
        make.enrolled(study=owner.study, way="labels", part="others") for _ in range(3)
    )
    lost, held = claim_other(slow), claim_other(second)
    assert lost is not None
    assert held is not None
    laid.seeded(lost, 0)
    laid.seeded(held, 1)
    laid.expire(lost)
    claim_other(third)
    give_back(second, held.pk, LapseReason.SKIPPED)
    assert claim_other(slow) == held
    overall = sheet.items.get(question__kind="overall")
    browser, name = visiting(slow), f"item-{overall.pk}"
    if by_script:
        assert save(browser, lost, 0, **{name: "0"}) == (410, {"why": "too_late"})
    else:
        # Not all is answered: the page comes again as it was, for the place that it is of.
        page = browser.post(laid.address(lost), {"revision": "0", name: "0"})
        assert page.status_code == 422
        assert f'action="{laid.address(lost)}"' in page.text
        assert page.text.index("Sail to Ufenau.") < page.text.index("Try Lake Constance.")
    assert draft_of(held) is None


@pytest.mark.parametrize("revision", ["", "x", "-5", "9" * 30, "1.5"])
def test_bad_revisions(browser: Client, slot: m.Slot, revision: str) -> None:
    assert save(browser, slot, revision, missing="Odd.")[0] == 409
    assert draft_of(slot) is None


def test_bad_texts(browser: Client, slot: m.Slot) -> None:
    """What a database refuses, or what is a book, does not break the page."""
    assert save(browser, slot, 0, missing="a\0b")[0] == 200
    assert draft_of(slot) == {"missing": "ab"}
    assert save(browser, slot, 1, missing="x" * 1_000_000)[0] == 200
    assert len(str(draft_of(slot))) < 50_000
