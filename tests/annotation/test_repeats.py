"""Sheets put again to the same person: owners at the end or on a later day, strangers on the way."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from annotation import lanes, repeats
from annotation import models as m
from annotation.again import waiting_again
from annotation.answers import Answers
from annotation.assignment import (
    Refusal,
    SheetError,
    claim_ahead,
    claim_other,
    claim_own,
    give_back,
    hold,
    submit,
)
from annotation.enrollment import go_on
from annotation.leaving import withdraw
from annotation.models.slot import LapseReason
from annotation.repeats import GAP, is_drawn
from annotation.sheets import lay_comparison
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import answers, claimed, together
from tests.visits import visiting

pytestmark = pytest.mark.django_db
ENOUGH = GAP + 2


def plan(study: m.Study, stage: str, *, owner: int = 0, stranger: int = 0) -> None:
    m.Plan.objects.create(study=study, stage=stage, owner_repeats=owner, stranger_repeats=stranger)


@pytest.fixture
def owner() -> m.Enrollment:
    """Somebody with a relevance sheet and a comparison, both to be put again."""
    person = make.enrolled(part="relevance")
    plan(person.study, "relevance", owner=100)
    plan(person.study, "comparison", owner=100)
    laid.relevance(person)
    laid.comparison(person)
    return person


def answer_own(person: m.Enrollment) -> Iterator[m.Slot]:
    """Answer a person's own sheets as long as one waits, and skip what the machine prepares."""
    while True:
        person.refresh_from_db()
        if person.waiting_since is not None:
            m.Enrollment.objects.filter(pk=person.pk).update(waiting_since=None)
            go_on(person.pk)
            continue
        slot = claim_own(person)
        if slot is None:
            return
        submit(person, slot.pk, answers(slot))
        yield slot


def test_an_owner_answers_own_sheets_again_at_the_end(owner: m.Enrollment) -> None:
    """Section 5, row 5: the same sheets on a later occasion, by the owner; then the study is over."""
    sheets = list(m.Sheet.objects.order_by("pk"))
    done = list(answer_own(owner))
    assert [(slot.sheet, slot.purpose, slot.occasion) for slot in done] == [
        *((sheet, "label", 0) for sheet in sheets),
        *((sheet, "repeat", 1) for sheet in sheets),
    ]
    for first, again in zip(done[:2], done[2:], strict=True):
        assert first.seed % 2 != again.seed % 2
        told = m.Judgment.objects.filter(slot=again)
        assert set(told.values_list("use", "occasion", "role")) == {("repeat", 1, "first_person")}
        assert told.count() == m.Judgment.objects.filter(slot=first).count()
    owner.refresh_from_db()
    assert (owner.part, owner.ended_by) == ("done", "done")
    assert waiting_again(owner) is None


def test_as_many_are_repeated_as_the_plan_says() -> None:
    """Section 5, 10 % repeated items: of 2,000 places about a tenth, and always the same."""
    drawn = [place for place in range(2000) if is_drawn(place, 10)]
    assert 160 < len(drawn) < 240
    assert set(drawn) < {place for place in range(2000) if is_drawn(place, 20)}


def test_nothing_is_repeated_without_a_plan() -> None:
    person = make.enrolled(part="relevance")
    laid.relevance(person)
    assert [slot.purpose for slot in answer_own(person)] == ["label"]
    person.refresh_from_db()
    assert person.part == "done"


def test_only_drawn_sheets_come_again(owner: m.Enrollment, monkeypatch: pytest.MonkeyPatch) -> None:
    relevance = m.Sheet.objects.get(stage="relevance")
    own = laid.own_slot(relevance)
    monkeypatch.setattr(repeats, "is_drawn", lambda place, _percent: place == own.pk)
    assert [slot.sheet for slot in answer_own(owner) if slot.occasion] == [relevance]


@pytest.mark.parametrize("why", [LapseReason.SKIPPED, LapseReason.FLAGGED])
def test_what_an_owner_gave_back_is_not_put_again(owner: m.Enrollment, why: LapseReason) -> None:
    """Neither a sheet without an answer, nor one that was sent in spite of it."""
    relevance, comparison = m.Sheet.objects.order_by("pk")
    give_back(owner, laid.own_slot(relevance).pk, why)
    if why is LapseReason.SKIPPED:
        slot = hold(owner, laid.own_slot(relevance).pk)
        submit(owner, slot.pk, answers(slot))
    again = [slot.sheet for slot in answer_own(owner) if slot.occasion]
    assert again == [comparison]
    assert not m.Slot.objects.filter(sheet=relevance, purpose="repeat").exists()


def test_going_the_way_twice_draws_nothing_twice(owner: m.Enrollment) -> None:
    list(answer_own(owner))
    assert repeats.lay_own(owner, laid.rater(owner)) == 0
    assert m.Slot.objects.filter(purpose="repeat").count() == 2


def later(owner: m.Enrollment) -> list[m.Slot]:
    """Let an owner finish today and be asked again tomorrow; return the repeats."""
    m.Study.objects.update(repeat_after_hours=24)
    assert {slot.purpose for slot in answer_own(owner)} == {"label"}
    owner.refresh_from_db()
    return list(m.Slot.objects.filter(purpose="repeat").order_by("position"))


def tomorrow() -> None:
    m.Slot.objects.filter(purpose="repeat").update(not_before=timezone.now() - timedelta(1))


def test_on_a_later_day_sheets_wait_for_whoever_is_through(owner: m.Enrollment) -> None:
    """The person has the code today; tomorrow what waits can be answered, and changes nothing else."""
    first, second = later(owner)
    assert owner.completion_code is not None
    sent = m.Slot.objects.get(sheet=first.sheet, role="first_person", purpose="label").submitted_at
    assert sent is not None
    assert first.not_before == sent + timedelta(hours=24)
    assert claim_own(owner) is None
    waits = waiting_again(owner)
    assert waits is not None
    assert (waits.now, waits.later) == (0, min(first.not_before, second.not_before or sent))
    tomorrow()
    assert waiting_again(owner).now == 2  # type: ignore[union-attr]
    before = m.Enrollment.objects.values().get()
    slot = claim_own(owner)
    assert slot == first
    assert waiting_again(owner).now == 2  # type: ignore[union-attr]
    sent_now = submit(owner, first.pk, answers(first))
    assert (sent_now.in_time, sent_now.next) == (True, None)
    assert waiting_again(owner).now == 1  # type: ignore[union-attr]
    give_back(owner, second.pk, LapseReason.SKIPPED)
    assert waiting_again(owner) is None
    assert claim_own(owner) is None
    assert m.Enrollment.objects.values().get() == before


def test_whoever_withdrew_is_asked_nothing_again(owner: m.Enrollment) -> None:
    """Row 21: the repeats go with everything else."""
    repeat = later(owner)[0]
    tomorrow()
    withdraw(owner)
    owner.refresh_from_db()
    assert waiting_again(owner) is None
    with pytest.raises(SheetError) as refused:
        submit(owner, repeat.pk, Answers({}))
    assert refused.value.why is Refusal.LEFT


def test_whoever_stopped_is_asked_nothing_again(owner: m.Enrollment) -> None:
    m.Enrollment.objects.update(part="comparison", finished_at=timezone.now())
    owner.refresh_from_db()
    make.slot(
        sheet=m.Sheet.objects.first(), role="first_person", purpose="repeat", occasion=1,
        reserved_for=laid.rater(owner),
    )  # fmt: skip
    assert waiting_again(owner) is None


def test_nobody_else_gets_an_owners_repeat(owner: m.Enrollment) -> None:
    """Row 5: neither as a stranger nor by its address."""
    repeat = later(owner)[0]
    tomorrow()
    other = make.enrolled(study=owner.study, way="labels", part="others")
    taken = []
    while (slot := claim_other(other)) is not None:
        taken.append(slot.purpose)
        submit(other, slot.pk, answers(slot))
    assert taken == ["label", "label"]
    with pytest.raises(SheetError) as refused:
        hold(other, repeat.pk)
    assert refused.value.why is Refusal.NOT_THEIRS


def test_the_other_side_stands_first() -> None:
    """Row 19: on the page of the repeat the two responses have changed places, and keep their names."""
    person = make.enrolled(part="comparison")
    plan(person.study, "comparison", owner=100)
    query = make.query(study=person.study)
    a, b = (make.response(query=query, text=text) for text in ("Sail north.", "Sail south."))
    pair = m.ResponsePair.objects.create(query=query, a=a, b=b)
    lay_comparison(person, pair, laid.attributes_of(person))
    browser, pages = visiting(person), []
    for _ in range(2):
        slot = claim_own(person)
        assert slot is not None
        page = browser.get(laid.address(slot)).text
        pages.append(page.index("Sail north.") < page.index("Sail south."))
        assert "repeat" not in page.lower()
        form = dict.fromkeys(laid.answers_to(slot), "0")  # the first side is much better
        assert browser.post(laid.address(slot), form).status_code == 302
        person.refresh_from_db()
    assert sorted(pages) == [False, True]
    overall = m.Judgment.objects.filter(question__kind="overall").order_by("occasion")
    # Whoever always chooses the same side contradicts themselves, and it shows.
    assert [one.value for one in overall] == ([0, 4] if pages[0] else [4, 0])
    assert [one.shown["left"] for one in overall if one.shown] == (
        ["a", "b"] if pages[0] else ["b", "a"]
    )


def crowd(sheets: int = ENOUGH, share: int = 100) -> m.Enrollment:
    """Return a stranger in a study with so many sheets of one owner."""
    owner = make.enrolled(part="done")
    plan(owner.study, "relevance", stranger=share)
    for _ in range(sheets):
        laid.relevance(owner, "The user sails.")
    return make.enrolled(study=owner.study, way="labels", part="others")


def work(person: m.Enrollment, most: int = 99) -> list[m.Slot]:
    """Answer what a stranger gets, at most so many sheets."""
    done: list[m.Slot] = []
    while len(done) < most and (slot := claim_other(person)) is not None:
        submit(person, slot.pk, answers(slot))
        done.append(slot)
    return done


def test_a_stranger_gets_a_sheet_again_after_some_others() -> None:
    """Section 5: GAP other sheets lie between, the sides are swapped, and the sheet counts as work."""
    person = crowd()
    m.Study.objects.update(sheets_each=ENOUGH + 1)
    done = work(person)
    assert [slot.purpose for slot in done[: GAP + 1]] == ["label"] * (GAP + 1)
    repeat = done[GAP + 1]
    assert (repeat.purpose, repeat.occasion, repeat.sheet) == ("repeat", 1, done[0].sheet)
    assert repeat.seed % 2 != done[0].seed % 2
    told = m.Judgment.objects.filter(slot=repeat)
    assert set(told.values_list("use", "occasion", "role")) == {("repeat", 1, "third_party")}
    assert len(done) == ENOUGH + 1
    person.refresh_from_db()
    assert (person.others_sent, person.part) == (ENOUGH + 1, "done")
    # One more was drawn when the way was nearly over; none after its end.
    assert m.Slot.objects.filter(purpose="repeat").count() == 2


def test_a_repeat_of_a_stranger_is_nobody_elses() -> None:
    person = crowd()
    m.Study.objects.update(sheets_each=99)
    work(person, GAP + 1)
    assert m.Slot.objects.filter(purpose="repeat").exists()
    other = make.enrolled(study=person.study, way="labels", part="others")
    assert {slot.purpose for slot in work(other, ENOUGH - 1)} == {"label"}


def test_without_a_share_strangers_get_nothing_again() -> None:
    person = crowd(share=0)
    assert {slot.purpose for slot in work(person)} == {"label"}


def test_a_repeat_never_comes_at_the_end_of_the_way() -> None:
    """Whoever has sent what was asked for is through: nothing is kept for them."""
    person = crowd()
    m.Study.objects.update(sheets_each=GAP + 1)
    work(person)
    person.refresh_from_db()
    assert person.part == "done"
    assert not m.Slot.objects.filter(purpose="repeat").exists()


@pytest.mark.parametrize("why", [LapseReason.SKIPPED, LapseReason.FLAGGED])
def test_what_a_stranger_gave_back_is_not_put_again(why: LapseReason) -> None:
    """A sheet that was skipped and sent after all, or that was flagged by somebody, is left alone."""
    person = crowd()
    m.Study.objects.update(sheets_each=99)
    first = claimed(person)
    if why is LapseReason.SKIPPED:
        give_back(person, first.pk, why)
        hold(person, first.pk)
    submit(person, first.pk, answers(first))
    if why is LapseReason.FLAGGED:
        m.Sheet.objects.filter(pk=first.sheet_id).update(hidden_at=timezone.now())
    work(person, GAP)
    assert not m.Slot.objects.filter(purpose="repeat").exists()
    work(person)
    assert m.Slot.objects.filter(purpose="repeat").exists()


def test_a_late_answer_is_never_put_again() -> None:
    """Surplus has no place, so the first sheet to come again is the first one that was in time."""
    person = crowd(sheets=GAP + 3)
    m.Study.objects.update(sheets_each=99)
    late, quick = claimed(person), make.person_rater()
    laid.expire(late)
    assert lanes.expire() == 1
    until = timezone.now() + timedelta(hours=1)
    m.Slot.objects.filter(pk=late.pk).update(rater=quick, leased_until=until)
    assert not submit(person, late.pk, answers(late)).in_time
    done = work(person, GAP + 1)
    repeat = m.Slot.objects.get(purpose="repeat")
    assert repeat.sheet == done[0].sheet != late.sheet


def test_a_missed_sheet_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets that were not drawn when their turn came are not looked at again."""
    person = crowd(sheets=GAP + 4)
    m.Study.objects.update(sheets_each=99)
    monkeypatch.setattr(repeats, "is_drawn", lambda _place, _percent: False)
    done = work(person, GAP + 1)
    monkeypatch.undo()
    rest = work(person)
    again = {slot.sheet for slot in rest if slot.purpose == "repeat"}
    assert done[0].sheet not in again
    assert done[1].sheet in again


def test_a_page_sent_again_is_taken_as_before() -> None:
    """A replay of a repeat, with other missing attributes than the first time, changes nothing."""
    owner = make.enrolled(part="review")
    plan(owner.study, "review", owner=100)
    first = laid.own_slot(laid.review(owner))
    submit(owner, first.pk, Answers(answers(first).given, ("The user paints.",)))
    m.Enrollment.objects.update(part="repeat")
    repeats.lay_own(owner, laid.rater(owner))
    again = claim_own(owner)
    assert again is not None
    told = Answers(answers(again).given, ("The user sings.",))
    for _ in range(2):
        assert submit(owner, again.pk, told).in_time
    assert m.MissingAttribute.objects.count() == 2


def test_a_page_got_in_advance_stands_before_the_repeat() -> None:
    person = crowd(sheets=GAP + 4)
    m.Study.objects.update(sheets_each=99)
    work(person, GAP)
    claimed(person)
    ahead = claim_ahead(person)
    work(person, 1)
    after = work(person, 2)
    assert [slot.purpose for slot in after] == ["label", "repeat"]
    assert after[0] == ahead


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_get_one_repeat() -> None:
    """Both tabs send at the same moment: one repeat, one place."""
    person = crowd()
    m.Study.objects.update(sheets_each=99)
    work(person, GAP)
    slot = claimed(person)
    told = answers(slot)
    nexts = together([lambda: submit(person, slot.pk, told).next] * 3)
    assert m.Slot.objects.filter(purpose="repeat").count() == 1
    assert len(set(nexts)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_end_draw_once(owner: m.Enrollment) -> None:
    """The last own sheet sent from two tabs at once: each sheet is put again once."""
    relevance, comparison = (laid.own_slot(one) for one in m.Sheet.objects.order_by("pk"))
    submit(owner, relevance.pk, answers(relevance))
    m.Enrollment.objects.update(waiting_since=None)
    told = answers(comparison)
    together([partial(submit, owner, comparison.pk, told)] * 3)
    assert m.Slot.objects.filter(purpose="repeat").count() == 2
    owner.refresh_from_db()
    assert owner.part == "repeat"
