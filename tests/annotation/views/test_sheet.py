"""What holds for the page of every sheet: who may see it, how it is sent, and all that goes wrong."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.assignment import claim_other
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db
Layer = Callable[..., m.Sheet]
LAYERS = [laid.review, laid.relevance, laid.comparison]
each_stage = pytest.mark.parametrize("lay", LAYERS, ids=lambda lay: lay.__name__)


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="review")


@pytest.fixture
def browser(owner: m.Enrollment) -> Client:
    return visiting(owner)


def stranger_of(owner: m.Enrollment) -> m.Enrollment:
    return make.enrolled(study=owner.study, way="labels", part="others")


@each_stage
def test_it_works(lay: Layer, owner: m.Enrollment, browser: Client) -> None:
    """Seen, sent, and on to what comes next."""
    slot = laid.own_slot(lay(owner))
    page = browser.get(laid.address(slot))
    assert page.status_code == 200
    for text in laid.SAYS:
        assert text in page.text
    sent = browser.post(laid.address(slot), laid.answers_to(slot))
    assert sent.status_code == 302
    assert sent["Location"] == f"/part/{owner.study.name}/"
    assert m.Judgment.objects.filter(slot=slot, role="first_person", use="label").count() >= 3


@each_stage
def test_a_stranger_is_asked_for_a_link(lay: Layer, owner: m.Enrollment, client: Client) -> None:
    """Not for somebody whom the browser does not know, nor for people of other studies."""
    slot = laid.own_slot(lay(owner))
    for page in ("", "draft/", "skip/"):
        post = client.post(laid.address(slot, page), laid.answers_to(slot))
        assert post.status_code == 403
        elsewhere = visiting(make.enrolled())
        assert elsewhere.post(laid.address(slot, page)).status_code == 403
    assert client.get(laid.address(slot)).status_code == 403
    assert not m.Judgment.objects.exists()


@each_stage
def test_another_persons_link(lay: Layer, owner: m.Enrollment) -> None:
    """Wrong role: neither another's own page, nor a place that somebody else has, nor none at all."""
    sheet = lay(owner)
    held = claim_other(stranger_of(owner))
    assert held is not None
    browser = visiting(stranger_of(owner))
    for slot in (laid.own_slot(sheet), held, m.Slot(pk=10**18, sheet=sheet)):
        for answer in (
            browser.get(laid.address(slot)),
            browser.post(laid.address(slot), laid.answers_to(slot)),
            browser.post(laid.address(slot), {}),
            browser.post(laid.address(slot, "draft/"), {}),
            browser.get(laid.address(slot, "skip/")),
            browser.post(laid.address(slot, "skip/"), {"why": "flagged"}),
        ):
            assert answer.status_code == 404
            assert "This page is not yours" in answer.text
            assert "The user sails." not in answer.text
    sheet.refresh_from_db()
    assert sheet.hidden_at is None
    assert not m.Judgment.objects.exists()


def test_wrong_methods(owner: m.Enrollment, browser: Client) -> None:
    slot = laid.own_slot(laid.review(owner))
    assert browser.put(laid.address(slot)).status_code == 405
    assert browser.get(laid.address(slot, "draft/")).status_code == 405
    assert browser.delete(laid.address(slot, "skip/")).status_code == 405
    assert browser.put(f"/part/{owner.study.name}/others/").status_code == 405


@each_stage
def test_bad_input_comes_back(lay: Layer, owner: m.Enrollment, browser: Client) -> None:
    """All errors at once, each a link to its question, with everything that was entered."""
    slot = laid.own_slot(lay(owner))
    first, *others = (name for name, value in laid.answers_to(slot).items() if value)
    page = browser.post(laid.address(slot), {first: "0", others[0]: "17", "revision": "0"})
    assert page.status_code == 422
    for name in others:
        assert f'href="#id_{name}"' in page.text
        assert f'id="id_{name}"' in page.text
    assert "Choose one of the answers on this page." in page.text
    assert page.text.count(" checked") == 1 + 1  # the answer, and the switch of the keys
    slot.refresh_from_db()
    assert slot.draft is not None
    assert slot.draft[first] == "0"
    assert not m.Judgment.objects.exists()


def test_what_the_page_does_not_ask(owner: m.Enrollment, browser: Client) -> None:
    """Row 20: an answer to another sheet's item is refused, and the page comes back."""
    slot = laid.own_slot(laid.comparison(owner))
    other = laid.review(owner).items.first()
    assert other is not None
    page = browser.post(laid.address(slot), {**laid.answers_to(slot), f"item-{other.pk}": "1"})
    assert page.status_code == 422
    assert "Something was answered that this page does not ask" in page.text


def test_double_submit_and_back(owner: m.Enrollment, browser: Client) -> None:
    """A replay goes on quietly; the page itself says that it was sent; nothing counts twice."""
    slot = laid.own_slot(laid.review(owner))
    for _ in range(2):
        sent = browser.post(laid.address(slot), laid.answers_to(slot))
        assert sent.status_code == 302
    back = browser.get(laid.address(slot))
    assert back.status_code == 200
    assert "You have sent this page" in back.text
    assert m.Judgment.objects.count() == 3


def test_a_stale_tab_after_sending(owner: m.Enrollment, browser: Client) -> None:
    """Other answers from a second tab are refused, and shown beside those that count."""
    slot = laid.own_slot(laid.relevance(owner, "The user sails."))
    form = laid.answers_to(slot)
    browser.post(laid.address(slot), form)
    page = browser.post(laid.address(slot), dict.fromkeys(form, "0"))
    assert page.status_code == 409
    assert "<td>Yes</td><td>No</td>" in page.text
    assert "The user sails" in page.text
    assert set(m.Judgment.objects.values_list("value", flat=True)) == {1}
    unfinished = browser.post(laid.address(slot), {})
    assert unfinished.status_code == 409
    skipped = browser.post(laid.address(slot, "skip/"), {"why": "flagged"})
    assert skipped.status_code == 409


def test_a_stale_tab_shows_sides_as_they_stood(owner: m.Enrollment, browser: Client) -> None:
    """Row 19: also where answers are compared, A and B are those of the page."""
    slot = laid.seeded(laid.own_slot(laid.comparison(owner, "The user sails.")), 1)
    form = dict.fromkeys(laid.answers_to(slot), "0")
    browser.post(laid.address(slot), form)
    assert set(m.Judgment.objects.values_list("value", flat=True)) == {4}
    page = browser.post(laid.address(slot), dict.fromkeys(form, "3"))
    assert "<td>A is much better</td><td>B is a little better</td>" in page.text


def test_sending_after_withdrawal(owner: m.Enrollment, browser: Client) -> None:
    """Row 21: nothing is taken from somebody who has withdrawn."""
    slot = laid.own_slot(laid.review(owner))
    owner.withdrawn_at = timezone.now()
    owner.save()
    sent = browser.post(laid.address(slot), laid.answers_to(slot))
    assert sent.status_code == 403
    assert "You have withdrawn" in sent.text
    assert browser.post(laid.address(slot, "draft/"), {}).status_code == 403
    assert not m.Judgment.objects.exists()


def test_no_task_before_consent(owner: m.Enrollment, browser: Client) -> None:
    """Row 22: whoever has not agreed is asked first, and nothing is taken."""
    slot = laid.own_slot(laid.review(owner))
    m.Enrollment.objects.filter(pk=owner.pk).update(
        consented_at=None, consent_version=None, scopes=[]
    )
    for answer in (
        browser.get(laid.address(slot)),
        browser.post(laid.address(slot), laid.answers_to(slot)),
    ):
        assert answer.status_code == 302
        assert answer["Location"] == f"/part/{owner.study.name}/"
    assert not m.Judgment.objects.exists()


def test_coming_too_late(owner: m.Enrollment) -> None:
    """Somebody else has the place: the page says so; what is sent all the same is kept."""
    owner.study.strangers = 1
    owner.study.save()
    laid.review(owner)
    slow = stranger_of(owner)
    slot = claim_other(slow)
    assert slot is not None
    laid.expire(slot)
    assert claim_other(stranger_of(owner)) == slot
    browser = visiting(slow)
    page = browser.get(laid.address(slot))
    assert page.status_code == 410
    assert "Your time for this page is over" in page.text
    sent = browser.post(laid.address(slot), laid.answers_to(slot), follow=True)
    assert "Your answers are kept all the same" in sent.text
    assert m.Judgment.objects.filter(use="surplus").count() == 3


def test_a_page_that_was_taken_away(owner: m.Enrollment) -> None:
    """Flagged by somebody else: shown no more, but a finished page that is sent is taken."""
    sheet = laid.review(owner)
    person = stranger_of(owner)
    slot = claim_other(person)
    assert slot is not None
    m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at=timezone.now())
    browser = visiting(person)
    page = browser.get(laid.address(slot))
    assert page.status_code == 410
    assert "The user sails." not in page.text
    assert browser.post(laid.address(slot), {}).status_code == 410
    assert browser.post(laid.address(slot), laid.answers_to(slot)).status_code == 302
    assert m.Judgment.objects.count() == 3


def test_old_address_of_a_place(owner: m.Enrollment) -> None:
    """A place that was lost leads to the one that the person has at the same sheet since."""
    owner.study.strangers = 2
    owner.study.save()
    laid.review(owner)
    slow, second, third = (stranger_of(owner) for _ in range(3))
    lost, held = claim_other(slow), claim_other(second)
    assert lost is not None
    assert held is not None
    laid.expire(lost)
    claim_other(third)
    visiting(second).post(laid.address(held, "skip/"), {"why": "unclear"})
    assert claim_other(slow) == held
    page = visiting(slow).get(laid.address(lost))
    assert page.status_code == 302
    assert page["Location"] == laid.address(held)


@each_stage
def test_a_page_costs_a_fixed_number_of_queries(
    lay: Layer,
    owner: m.Enrollment,
    browser: Client,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    """Thirty sentences cost no more queries than three."""
    slot = laid.own_slot(lay(owner, *(f"The user has {n} boats." for n in range(30))))
    browser.get(laid.address(slot))
    with django_assert_max_num_queries(32):  # type: ignore[attr-defined]
        browser.get(laid.address(slot))


BY_SCRIPT = {"HX-Request": "true"}


def two_sheets(owner: m.Enrollment) -> tuple[m.Enrollment, Client, m.Slot]:
    """Lay two sheets and give a stranger the first one."""
    laid.relevance(owner)
    laid.relevance(owner)
    stranger = stranger_of(owner)
    slot = claim_other(stranger)
    assert slot is not None
    return stranger, visiting(stranger), slot


def test_the_next_sheet_comes_with_the_answer(owner: m.Enrollment) -> None:
    """A script sends a sheet and has the next one in the same request, leased, with its address."""
    stranger, browser, slot = two_sheets(owner)
    answer = browser.post(laid.address(slot), laid.answers_to(slot), headers=BY_SCRIPT)
    after = m.Slot.objects.get(rater=laid.rater(stranger), submitted_at=None)
    assert answer.status_code == 200
    assert answer["HX-Push-Url"] == laid.address(after)
    assert f'action="{laid.address(after)}"' in answer.text
    assert "<title>" in answer.text
    assert 'id="way"' in answer.text
    assert "<html" not in answer.text  # what stays on the page is not sent again
    assert "site-footer" not in answer.text
    end = browser.post(laid.address(after), laid.answers_to(after), headers=BY_SCRIPT)
    assert end["HX-Redirect"] == f"/part/{owner.study.name}/"


def test_without_a_script_the_next_sheet_is_one_step_away(owner: m.Enrollment) -> None:
    stranger, browser, slot = two_sheets(owner)
    answer = browser.post(laid.address(slot), laid.answers_to(slot))
    after = m.Slot.objects.get(rater=laid.rater(stranger), submitted_at=None)
    assert (answer.status_code, answer["Location"]) == (302, laid.address(after))


def test_errors_come_as_a_part(owner: m.Enrollment) -> None:
    """What is wrong stands on the page, which keeps what was entered."""
    _stranger, browser, slot = two_sheets(owner)
    answer = browser.post(laid.address(slot), {}, headers=BY_SCRIPT)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert "<html" not in answer.text


def test_a_page_in_advance(owner: m.Enrollment) -> None:
    """Leased and shown once it is due; whoever has it is sent what is around it alone."""
    stranger, browser, slot = two_sheets(owner)
    study = owner.study.name
    early = browser.post(f"/part/{study}/sheets/ahead/", headers=BY_SCRIPT)
    assert early.status_code == 200
    address = early["HX-Push-Url"]
    assert m.Slot.objects.filter(rater=laid.rater(stranger), submitted_at=None).count() == 2
    again = browser.post(f"/part/{study}/sheets/ahead/", headers=BY_SCRIPT)
    assert again["HX-Push-Url"] == address  # not a third one
    answer = browser.post(
        laid.address(slot), laid.answers_to(slot), headers={**BY_SCRIPT, "X-Ahead": address}
    )
    assert (answer["HX-Push-Url"], answer["X-Ahead"]) == (address, address)
    assert 'id="way"' in answer.text
    assert 'id="main"' not in answer.text


def test_nothing_in_advance_while_places_are_rare(owner: m.Enrollment) -> None:
    """Peers, prefetch: a place held in advance is none that somebody waits for."""
    owner.study.strangers = 1
    owner.study.save()
    stranger, browser, _slot = two_sheets(owner)
    answer = browser.post(f"/part/{owner.study.name}/sheets/ahead/", headers=BY_SCRIPT)
    assert answer.status_code == 204
    assert m.Slot.objects.filter(rater=laid.rater(stranger)).count() == 1
    assert browser.get(f"/part/{owner.study.name}/sheets/ahead/").status_code == 405


def test_an_open_page_keeps_its_place(owner: m.Enrollment) -> None:
    """Opik #7167: a sign of life renews the lease; after the sheet was sent it is a quiet no-op."""
    stranger, browser, slot = two_sheets(owner)
    laid.expire(slot)
    assert browser.post(laid.address(slot, "beat/")).status_code == 204
    slot.refresh_from_db()
    assert slot.leased_until is not None
    assert slot.leased_until > timezone.now()
    browser.post(laid.address(slot), laid.answers_to(slot))
    assert browser.post(laid.address(slot, "beat/")).status_code == 204
    laid.expire(claim_other(stranger) or slot)
    lost = m.Slot.objects.get(rater=laid.rater(stranger), submitted_at=None)
    assert claim_other(stranger_of(owner)) is not None
    m.Slot.objects.filter(pk=lost.pk).update(rater=None, leased_at=None, leased_until=None)
    assert browser.post(laid.address(lost, "beat/")).status_code == 410
    assert browser.get(laid.address(slot, "beat/")).status_code == 405
