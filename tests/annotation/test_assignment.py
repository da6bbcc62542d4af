"""Places at sheets: claimed, held, sent, given back; by many at once, and late."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import (
    Refusal,
    SheetError,
    claim_other,
    claim_own,
    give_back,
    hold,
    other_available,
    submit,
)
from annotation.leaving import withdraw
from annotation.models.slot import LapseReason
from tests import factories as make
from tests import laid

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="review")


@pytest.fixture
def stranger(owner: m.Enrollment) -> m.Enrollment:
    return make.enrolled(study=owner.study, way="labels", part="others")


def another(like: m.Enrollment) -> m.Enrollment:
    return make.enrolled(study=like.study, way="labels", part="others")


def answers(slot: m.Slot, code: int = 1) -> Answers:
    """Return one answer to everything that a sheet must have."""
    items = slot.sheet.items.exclude(question__kind="error_code")
    return Answers({item.pk: code for item in items})


def claimed(person: m.Enrollment) -> m.Slot:
    slot = claim_other(person)
    assert slot is not None
    return slot


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(SheetError) as caught:
        act()
    return caught.value.why


def test_an_owner_gets_the_own_sheets_in_turn(owner: m.Enrollment) -> None:
    """The oldest first, the same again until it is sent, and then the next."""
    first, second = laid.review(owner), laid.relevance(owner)
    slot = claim_own(owner)
    assert slot == claim_own(owner)
    assert slot is not None
    assert slot.sheet == first
    assert slot.leased_until is not None
    assert slot.leased_until > timezone.now()
    submit(owner, slot.pk, answers(slot))
    after = claim_own(owner)
    assert after is not None
    assert after.sheet == second


def test_no_sheet_waits(owner: m.Enrollment, stranger: m.Enrollment) -> None:
    assert claim_own(owner) is None
    assert claim_other(stranger) is None
    assert not other_available(stranger)


def test_a_stranger_keeps_a_sheet_until_it_is_sent(
    owner: m.Enrollment, stranger: m.Enrollment
) -> None:
    """A second claim returns the sheet that the person has; nobody gets one sheet twice."""
    laid.review(owner)
    laid.relevance(owner)
    assert other_available(stranger)
    slot = claimed(stranger)
    assert claimed(stranger) == slot
    submit(stranger, slot.pk, answers(slot))
    other = claimed(stranger)
    assert other.sheet != slot.sheet
    submit(stranger, other.pk, answers(other))
    assert claim_other(stranger) is None
    assert not other_available(stranger)


def test_nobody_is_a_stranger_to_themselves(owner: m.Enrollment) -> None:
    """Row 6: the owner is excluded from the panel."""
    laid.review(owner)
    assert not other_available(owner)
    assert claim_other(owner) is None


def test_a_panel_is_three_different_strangers(owner: m.Enrollment) -> None:
    """Row 6: three places, three people, one question version for them and the owner."""
    sheet = laid.review(owner)
    people = [another(owner) for _ in range(4)]
    slots = [claim_other(one) for one in people]
    assert slots[3] is None
    for one, slot in zip([owner, *people], [laid.own_slot(sheet), *slots[:3]], strict=False):
        assert slot is not None
        submit(one, slot.pk, answers(slot))
    judged = m.Judgment.objects.filter(question__kind="attribute", item__sheet=sheet)
    assert judged.filter(role="third_party").values("rater").distinct().count() == 3
    assert judged.filter(role="first_person").values("rater").distinct().count() == 1
    assert judged.values("question").distinct().count() == 1


@pytest.mark.parametrize("why", [LapseReason.SKIPPED, LapseReason.FLAGGED])
def test_what_was_given_back_is_not_offered_again(
    owner: m.Enrollment, stranger: m.Enrollment, why: LapseReason
) -> None:
    laid.review(owner)
    slot = claimed(stranger)
    m.Slot.objects.filter(pk=slot.pk).update(draft={"missing": "Boats"})
    give_back(stranger, slot.pk, why, "Too long")
    slot.refresh_from_db()
    assert slot.rater is None
    lapse = m.Lapse.objects.get()
    assert (lapse.why, lapse.note, lapse.draft) == (why, "Too long", {"missing": "Boats"})
    assert claim_other(stranger) is None
    assert (claim_other(another(owner)) is None) == (why == LapseReason.FLAGGED)


def test_a_flagged_sheet_leaves_every_queue(owner: m.Enrollment, stranger: m.Enrollment) -> None:
    """Row 21: a flag hides the sheet from strangers, holders and the owner until it is reviewed."""
    sheet = laid.review(owner)
    holder = another(owner)
    held = claimed(holder)
    give_back(stranger, claimed(stranger).pk, LapseReason.FLAGGED)
    sheet.refresh_from_db()
    assert sheet.hidden_at is not None
    assert claim_own(owner) is None
    assert claim_other(holder) is None
    assert refusal(lambda: hold(holder, held.pk)) is Refusal.TAKEN_AWAY
    sheet.hidden_at = None
    sheet.save()
    assert claimed(holder) == held


def test_an_owner_goes_on_after_the_own_sheet_was_given_back(owner: m.Enrollment) -> None:
    """The only review is skipped: the next part begins; skipping twice leaves one lapse."""
    slot = laid.own_slot(laid.review(owner))
    give_back(owner, slot.pk, LapseReason.SKIPPED)
    give_back(owner, slot.pk, LapseReason.SKIPPED)
    owner.refresh_from_db()
    assert owner.part == "relevance"
    assert m.Lapse.objects.count() == 1


def test_sheets_are_shown_only_as_their_owner_agreed(
    owner: m.Enrollment, stranger: m.Enrollment
) -> None:
    """Row 21: without the scope, or after a withdrawal, a sheet is offered and shown to nobody."""
    laid.review(owner)
    slot = claimed(stranger)
    owner.scopes = ["use"]
    owner.save()
    assert claim_other(another(owner)) is None
    assert refusal(lambda: hold(stranger, slot.pk)) is Refusal.TAKEN_AWAY
    owner.scopes, owner.withdrawn_at = ["show"], timezone.now()
    owner.save()
    assert not other_available(stranger)
    assert refusal(lambda: hold(stranger, slot.pk)) is Refusal.TAKEN_AWAY


def test_sheets_of_other_studies_are_not_offered(stranger: m.Enrollment) -> None:
    sheet = laid.review(make.enrolled())
    assert claim_other(stranger) is None
    slot = sheet.slots.filter(role="third_party").first()
    assert slot is not None
    assert refusal(lambda: hold(stranger, slot.pk)) is Refusal.NOT_THEIRS


def test_a_place_is_taken_over_when_its_time_is_over(owner: m.Enrollment) -> None:
    """Free places first; then one whose holder let the hour go by, which is a lapse."""
    owner.study.strangers = 2
    owner.study.save()
    laid.review(owner)
    slow, quick, last, late = (another(owner) for _ in range(4))
    slot = claimed(slow)
    laid.expire(slot)
    assert claimed(quick) != slot
    assert claimed(last) == slot
    assert claim_other(late) is None
    lapse = m.Lapse.objects.get()
    assert (lapse.why, lapse.rater) == ("expired", laid.rater(slow))


def test_whoever_is_late_keeps_the_place_while_it_is_free(
    owner: m.Enrollment, stranger: m.Enrollment
) -> None:
    laid.review(owner)
    slot = claimed(stranger)
    laid.expire(slot)
    assert hold(stranger, slot.pk) == slot
    assert claimed(stranger) == slot
    laid.expire(slot)
    assert submit(stranger, slot.pk, answers(slot)).in_time
    assert m.Judgment.objects.filter(use="label").count() == 3


def test_what_comes_too_late_is_kept_as_surplus(owner: m.Enrollment) -> None:
    """The place went to somebody else: the answers are kept outside the panels; a replay is quiet."""
    owner.study.strangers = 1
    owner.study.save()
    laid.review(owner)
    slow, quick = another(owner), another(owner)
    slot = claimed(slow)
    laid.expire(slot)
    assert claimed(quick) == slot
    assert refusal(lambda: hold(slow, slot.pk)) is Refusal.TOO_LATE
    assert not submit(slow, slot.pk, answers(slot)).in_time
    assert not submit(slow, slot.pk, answers(slot)).in_time
    assert submit(quick, slot.pk, answers(slot)).in_time
    uses = m.Judgment.objects.values_list("rater", "use")
    expected = {(laid.rater(slow).pk, "surplus"): 3, (laid.rater(quick).pk, "label"): 3}
    assert Counter(uses) == expected
    assert claim_other(slow) is None


def test_answers_about_somebody_who_withdrew_meanwhile_do_not_count(owner: m.Enrollment) -> None:
    """The sheet was open when its owner left: the work is taken, and no number rests on it."""
    laid.review(owner)
    stranger = another(owner)
    slot = claimed(stranger)
    withdraw(owner)
    assert refusal(lambda: hold(stranger, slot.pk)) is Refusal.TAKEN_AWAY
    submit(stranger, slot.pk, answers(slot))
    slot.refresh_from_db()
    assert slot.submitted_at is not None
    assert set(m.Judgment.objects.values_list("use", flat=True)) == {"surplus"}


def test_late_answers_go_to_the_place_given_since(owner: m.Enrollment) -> None:
    """A stale tab of a place that was lost serves the new place at the same sheet."""
    owner.study.strangers = 2
    owner.study.save()
    laid.review(owner)
    slow, second, third = (another(owner) for _ in range(3))
    lost, held = claimed(slow), claimed(second)
    laid.expire(lost)
    assert claimed(third) == lost
    give_back(second, held.pk, LapseReason.SKIPPED)
    since = claimed(slow)
    assert since == held
    assert hold(slow, lost.pk) == since
    assert submit(slow, lost.pk, answers(since)).in_time
    since.refresh_from_db()
    assert since.submitted_at is not None
    assert submit(slow, since.pk, answers(since)).in_time


def test_a_skipped_sheet_may_be_sent_after_all(owner: m.Enrollment, stranger: m.Enrollment) -> None:
    """Back button after a skip: the draft is there, and what is sent is taken."""
    laid.review(owner)
    slot = claimed(stranger)
    m.Slot.objects.filter(pk=slot.pk).update(draft={"missing": "Boats"})
    give_back(stranger, slot.pk, LapseReason.SKIPPED)
    assert hold(stranger, slot.pk).draft == {"missing": "Boats"}
    assert submit(stranger, slot.pk, answers(slot)).in_time


def test_a_flagged_sheet_may_not_be_sent(owner: m.Enrollment, stranger: m.Enrollment) -> None:
    laid.review(owner)
    slot = claimed(stranger)
    give_back(stranger, slot.pk, LapseReason.FLAGGED)
    assert refusal(lambda: submit(stranger, slot.pk, answers(slot))) is Refusal.TAKEN_AWAY


def test_sending_twice(owner: m.Enrollment) -> None:
    """A replay changes nothing; other answers are refused, and the first ones stay."""
    slot = laid.own_slot(laid.review(owner))
    told = Answers(answers(slot).given, ("The user paints.",))
    assert submit(owner, slot.pk, told).in_time
    assert submit(owner, slot.pk, told).in_time
    for other in (answers(slot), Answers(answers(slot, 2).given, told.missing)):
        assert refusal(partial(submit, owner, slot.pk, other)) is Refusal.SENT
    assert refusal(lambda: hold(owner, slot.pk)) is Refusal.SENT
    assert refusal(lambda: give_back(owner, slot.pk, LapseReason.SKIPPED)) is Refusal.SENT
    assert set(m.Judgment.objects.values_list("value", flat=True)) == {1}
    assert m.Judgment.objects.count() == 3
    assert m.MissingAttribute.objects.get().text == "The user paints."


def test_other_peoples_places_are_refused(owner: m.Enrollment, stranger: m.Enrollment) -> None:
    """Row 5: only the owner may answer as the owner; and a place is its holder's alone."""
    sheet = laid.comparison(owner)
    own, other = laid.own_slot(sheet), claimed(another(owner))
    for slot in (own, other):
        for act in (
            partial(hold, stranger, slot.pk),
            partial(submit, stranger, slot.pk, answers(slot)),
            partial(give_back, stranger, slot.pk, LapseReason.FLAGGED),
        ):
            assert refusal(act) is Refusal.NOT_THEIRS
    assert not m.Judgment.objects.exists()
    submit(owner, own.pk, answers(own))
    assert set(m.Judgment.objects.values_list("role", flat=True)) == {"first_person"}


def test_whoever_has_withdrawn_does_nothing_more(
    owner: m.Enrollment, stranger: m.Enrollment
) -> None:
    laid.review(owner)
    slot = claimed(stranger)
    stranger.withdrawn_at = timezone.now()
    stranger.save()
    assert refusal(lambda: submit(stranger, slot.pk, answers(slot))) is Refusal.LEFT
    assert refusal(lambda: claim_other(stranger)) is Refusal.LEFT
    assert refusal(lambda: claim_own(stranger)) is Refusal.LEFT
    assert not m.Judgment.objects.exists()


def test_a_finished_person_gets_no_more(owner: m.Enrollment, stranger: m.Enrollment) -> None:
    """Nothing more is given out, but a sheet that was open in another tab is still taken."""
    laid.review(owner)
    slot = claimed(stranger)
    stranger.finished_at = timezone.now()
    stranger.save()
    assert claim_other(stranger) is None
    assert submit(stranger, slot.pk, answers(slot)).in_time


def test_what_was_shown_is_kept_with_each_answer(owner: m.Enrollment) -> None:
    """Row 22: the consent version; and the place on the page, the sides and whose words."""
    sheet = laid.comparison(owner)
    slot = laid.seeded(laid.own_slot(sheet), 3)
    submit(owner, slot.pk, answers(slot))
    shown = [one.shown for one in m.Judgment.objects.filter(slot=slot)]
    assert sorted(one["position"] for one in shown if one) == [0, 1, 2, 3]
    assert {one["left"] for one in shown if one} == {"b"}
    assert {(one["consent"], one["wording"], one["version"]) for one in shown if one} == {
        (1, "first_person", 1)
    }


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Do everything at once, in a thread and with a database connection each."""

    def alone(act: Callable[[], object]) -> object:
        try:
            return act()
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(alone, acts))


@pytest.mark.django_db(transaction=True)
def test_a_crowd_never_exceeds_the_quota() -> None:
    """Row 6: twelve people rush for 2 sheets of 3 places, each with two tabs: 6 places, 6 people."""
    owner = make.enrolled()
    laid.review(owner)
    laid.relevance(owner)
    people = [another(owner) for _ in range(12)]
    slots = together([partial(claim_other, one) for one in people * 2])
    places = {slot for slot in slots if slot is not None}
    assert len(places) == 6
    for first, second in zip(slots[:12], slots[12:], strict=True):
        assert first == second  # one person's two tabs have one sheet
    taken = m.Slot.objects.filter(role="third_party", rater__isnull=False)
    assert Counter(taken.values_list("sheet", flat=True)) == dict.fromkeys(
        m.Sheet.objects.values_list("pk", flat=True), 3
    )


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_send_count_once() -> None:
    """Double submit at the same moment: one set of answers, no error, and one step on."""
    owner = make.enrolled(part="review")
    slot = laid.own_slot(laid.review(owner))
    sent = together([lambda: submit(owner, slot.pk, answers(slot)).in_time] * 4)
    assert sent == [True] * 4
    assert m.Judgment.objects.count() == 3
    owner.refresh_from_db()
    assert owner.part == "relevance"


@pytest.mark.django_db(transaction=True)
def test_two_late_people_do_not_share_a_place() -> None:
    """Of two who want an expired place, one gets it; its holder's answers at that moment are kept."""
    owner = make.enrolled()
    owner.study.strangers = 1
    owner.study.save()
    laid.review(owner)
    slow, *others = (another(owner) for _ in range(3))
    slot = claimed(slow)
    laid.expire(slot)
    told = answers(slot)
    together(
        [
            lambda: submit(slow, slot.pk, told),
            *(partial(claim_other, one) for one in others),
        ]
    )
    slot.refresh_from_db()
    assert slot.rater is not None
    assert m.Judgment.objects.count() == 3
    label = m.Judgment.objects.filter(use="label").exists()
    assert label == (slot.rater == laid.rater(slow))
