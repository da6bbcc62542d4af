"""Which place is next, and that nothing which can be had is passed over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from annotation import lanes
from annotation.models import Cursor, Enrollment, Invite, Lapse, Rater, Sheet, Slot, Study
from annotation.models.slot import SlotRole
from annotation.sheets import rater_of
from tests import factories as make

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def study() -> Study:
    return make.study()


@pytest.fixture
def person(study: Study) -> Enrollment:
    return stranger(study)


def stranger(study: Study, invite: Invite | None = None) -> Enrollment:
    made = make.enrolled(study=study, way="labels", part="others")
    if invite is not None:
        made.invite = invite
        made.save(update_fields=["invite"])
    return made


def place(study: Study, stage: str = "label", stratum: str = "", **columns: Any) -> Slot:  # noqa: ANN401
    """Lay a sheet with one place; columns are the place's, but for `owner`."""
    owner = columns.pop("owner", None)
    sheet = Sheet.objects.create(study=study, stage=stage, stratum=stratum, owner=owner)
    return beside(sheet, **columns)


def beside(sheet: Sheet, **columns: Any) -> Slot:  # noqa: ANN401 - columns of any type
    """Lay one more place at a sheet."""
    label = columns.get("purpose", "label") == "label"
    there = sheet.slots.filter(ordinal__isnull=False).count()
    usual = {"role": "third_party", "ordinal": there if label else None}
    slot = Slot.objects.create(**{"sheet": sheet, **usual, **columns})
    slot.refresh_from_db()
    return slot


def wanted(person: Enrollment, role: SlotRole = SlotRole.THIRD_PARTY, **only: Any) -> lanes.Wanted:  # noqa: ANN401
    locked = Enrollment.objects.select_related("study").get(pk=person.pk)
    return lanes.Wanted(locked, rater_of(person), role, **only)


def taken(person: Enrollment, **only: Any) -> Slot | None:  # noqa: ANN401 - as in `Wanted`
    """Take the next place, and see that it was foretold."""
    asked = wanted(person, **only)
    foretold = lanes.is_available(asked)
    found = lanes.next_place(asked)
    assert foretold is (found is not None)
    if found is not None:
        assert found.rater_id == asked.rater.pk
        assert Slot.objects.get(pk=found.pk).rater_id == asked.rater.pk
    return found


def all_of(person: Enrollment, **only: Any) -> list[Slot]:  # noqa: ANN401 - as in `Wanted`
    """Take places until there is none."""
    found = []
    while (slot := taken(person, **only)) is not None:
        found.append(slot)
    return found


def lease(slot: Slot, to: Enrollment, until: datetime | None = None) -> None:
    now = timezone.now()
    Slot.objects.filter(pk=slot.pk).update(
        rater=rater_of(to), leased_at=now, leased_until=until or now + HOUR
    )


def give_up(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(rater=None, leased_at=None, leased_until=None)


def lapse(slot: Slot, of: Enrollment, why: str = "expired", **columns: Any) -> None:  # noqa: ANN401
    Lapse.objects.create(slot=slot, sheet=slot.sheet, rater=rater_of(of), why=why, **columns)


def not_again(person: Enrollment) -> None:
    """Let the person have looked from the start a moment ago."""
    Cursor.objects.filter(rater=rater_of(person)).update(looked_at=timezone.now())


def some_time_later() -> None:
    more = timedelta(seconds=lanes.AGAIN_SECONDS + 1)
    Cursor.objects.update(looked_at=F("looked_at") - more)


# The order


def test_the_order_is_the_order_in_which_places_were_laid(person: Enrollment) -> None:
    """A study that lays its places shuffled, by a seed, has them labelled in that order."""
    sheets = [make.sheet(study=person.study) for _ in range(5)]
    order = [sheets[at] for at in (3, 0, 4, 2, 1)]
    Slot.objects.bulk_create([Slot(sheet=one, role="third_party", ordinal=0) for one in order])
    assert [slot.sheet for slot in all_of(person)] == order


def test_the_place_comes_with_sheet_and_study(
    person: Enrollment,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    """Whoever shows the sheet needs no further look into the database."""
    place(person.study)
    asked = wanted(person)
    with django_assert_num_queries(1):
        slot = lanes.next_place(asked)
        assert slot is not None
        assert slot.sheet.study == asked.person.study
    again = Slot.objects.get()
    assert (slot.leased_until, slot.draft, slot.lane_id) == (
        again.leased_until,
        None,
        again.lane_id,
    )
    assert again.leased_until is not None
    assert again.leased_at is not None
    minutes = timedelta(minutes=person.study.lease_minutes)
    assert abs(again.leased_until - again.leased_at - minutes) < timedelta(seconds=1)


def test_what_is_kept_for_somebody_comes_first(person: Enrollment) -> None:
    """Even where free places have a higher priority; the highest, then the oldest of them first."""
    study, mine = person.study, rater_of(person)
    free = place(study, priority=5)
    second = place(study, reserved_for=mine)
    third = place(study, purpose="gold", reserved_for=mine)
    first = place(study, priority=1, reserved_for=mine)
    assert all_of(person) == [first, second, third, free]


def test_nobody_else_gets_what_is_kept(person: Enrollment) -> None:
    place(person.study, reserved_for=make.person_rater())
    assert taken(person) is None


def test_not_before_its_time(person: Enrollment) -> None:
    """A place for later is given when its time has come; until then it does not stop the others."""
    study, mine = person.study, rater_of(person)
    later = timezone.now() + HOUR
    kept = place(study, reserved_for=mine, not_before=later)
    free = place(study, not_before=later)
    other = place(study)
    assert all_of(person) == [other]
    Slot.objects.update(not_before=timezone.now() - HOUR)
    some_time_later()
    assert all_of(person) == [kept, free]


def test_higher_priority_first(person: Enrollment) -> None:
    usual, low, high = (place(person.study, priority=n) for n in (0, -1, 7))
    assert all_of(person) == [high, usual, low]


def test_extra_raters_are_found_first(person: Enrollment) -> None:
    """A sheet whose raters do not agree gets one more before new sheets are begun."""
    label, extra = place(person.study), place(person.study, purpose="extra")
    assert all_of(person) == [extra, label]


def test_begun_sheets_are_completed_first(person: Enrollment) -> None:
    """A place that somebody gave up comes before one that nobody has had."""
    fresh, begun = place(person.study), place(person.study)
    lease(begun, stranger(person.study))
    give_up(begun)
    assert all_of(person) == [begun, fresh]


def test_strata_advance_together(person: Enrollment) -> None:
    """In steps of 5 %, within which somebody keeps to one kind of sheet."""
    for _ in range(40):
        for stratum in "ab":
            place(person.study, stratum=stratum)
    order = "".join(slot.sheet.stratum for slot in all_of(person))
    assert order.count("a") == order.count("b") == 40
    assert order.startswith("aabbbbaaaabbbbaaaa")
    for done in range(1, 81):
        assert abs(order[:done].count("a") - order[:done].count("b")) <= 2


def test_a_small_stratum_is_not_done_first(person: Enrollment) -> None:
    """Shares count, not numbers: of 20 and 60 places a quarter is of the small stratum."""
    for n in range(80):
        place(person.study, stratum="small" if n < 20 else "large")
    order = [slot.sheet.stratum for slot in all_of(person)]
    for done in range(8, 81, 8):
        assert abs(order[:done].count("small") - done / 4) <= 1.5


def test_stages_and_purposes_may_be_chosen(person: Enrollment) -> None:
    """Who asks for a stage or a purpose gets that, be it kept for them or free."""
    study, mine = person.study, rater_of(person)
    one, other = place(study, "one"), place(study, "other")
    extra = place(study, "other", purpose="extra")
    gold = place(study, "one", purpose="gold", reserved_for=mine)
    assert all_of(person, stages=("other",), purposes=("label",)) == [other]
    assert all_of(person, purposes=("gold",)) == [gold]
    assert all_of(person, stages=("other",)) == [extra]
    assert all_of(person, stages=()) == []
    assert all_of(person) == [one]


def test_own_sheets_are_for_their_owner(study: Study) -> None:
    """In the order in which they were laid, of the purposes asked for, and never as a stranger."""
    person = stranger(study)
    mine = rater_of(person)
    first = place(study, "review", owner=mine, role="first_person", reserved_for=mine)
    other = place(study, "relevance", owner=mine, role="first_person", reserved_for=mine)
    beside(first.sheet)
    repeat = beside(
        first.sheet, role="first_person", purpose="repeat", occasion=1, reserved_for=mine
    )
    assert all_of(person) == []
    own = wanted(person, SlotRole.FIRST_PERSON, purposes=("label",))
    assert [lanes.next_place(own), lanes.next_place(own)] == [first, other]
    assert lanes.next_place(own) is None
    again = wanted(person, SlotRole.FIRST_PERSON, purposes=("repeat",))
    assert lanes.next_place(again) == repeat


# Who gets what


def test_a_cohort_has_places_of_its_own(study: Study) -> None:
    """Only who came by the invite gets them, and such a person gets all others as well."""
    invite = make.invite(study=study)
    theirs, all_the_same = place(study, cohort=invite), place(study)
    assert all_of(stranger(study, make.invite(study=study))) == [all_the_same]
    give_up(all_the_same)
    assert set(all_of(stranger(study, invite))) == {theirs, all_the_same}


def answered_late(slot: Slot, person: Enrollment) -> None:
    lapse(slot, person, answered_at=timezone.now())


def skipped(slot: Slot, person: Enrollment) -> None:
    lapse(slot, person, "skipped")


def flagged(slot: Slot, person: Enrollment) -> None:
    lapse(slot, person, "flagged")


def had(slot: Slot, person: Enrollment) -> None:
    lease(beside(slot.sheet), person)


def hidden(slot: Slot, person: Enrollment) -> None:
    Sheet.objects.filter(pk=slot.sheet_id).update(hidden_at=timezone.now())


@pytest.mark.parametrize("happened", [answered_late, skipped, flagged, had, hidden])
def test_nothing_for_somebody(
    person: Enrollment, happened: Callable[[Slot, Enrollment], None]
) -> None:
    """Not what a person has answered, has, or gave back for good, and not what nobody may see."""
    slot = place(person.study)
    other = place(person.study)
    happened(slot, person)
    assert all_of(person) == [other]


@pytest.mark.parametrize("happened", [skipped, flagged, hidden])
def test_nothing_kept_for_somebody(
    person: Enrollment, happened: Callable[[Slot, Enrollment], None]
) -> None:
    slot = place(person.study, reserved_for=rater_of(person))
    happened(slot, person)
    assert all_of(person) == []


@pytest.mark.parametrize("why", ["expired", "returned"])
def test_whoever_let_the_time_go_by_may_come_again(person: Enrollment, why: str) -> None:
    """The draft is there again, of the last time; nobody else gets it."""
    slot, theirs = place(person.study), place(person.study)
    lapse(slot, person, why, draft={"item-1": "0"})
    lapse(slot, person, why, draft={"item-1": "1"})
    lapse(theirs, stranger(person.study), why, draft={"item-2": "1"})
    assert [one.draft for one in all_of(person)] == [{"item-1": "1"}, None]


def test_another_study_has_nothing_for_me(person: Enrollment) -> None:
    place(make.study())
    assert taken(person) is None


# Cursors


def test_a_lane_is_not_looked_through_twice(person: Enrollment) -> None:
    """A cursor only goes forward: what slipped behind it is found by looking again, now and then."""
    first, second, third = (place(person.study) for _ in range(3))
    assert taken(person) == first
    slipped = place(person.study)
    Slot.objects.filter(pk=slipped.pk).update(position=first.position - 1)
    assert [taken(person), taken(person)] == [second, third]
    # Nothing is left ahead; it was never begun again so far.
    assert taken(person) == slipped
    once_more = place(person.study)
    Slot.objects.filter(pk=once_more.pk).update(position=first.position - 1)
    assert taken(person) is None
    some_time_later()
    assert taken(person) == once_more


def test_whoever_finds_nothing_stands_at_the_end(person: Enrollment) -> None:
    """The next time costs nothing, however much there is that is nothing for this person."""
    slots = [place(person.study) for _ in range(3)]
    returned = place(person.study)
    lease(returned, stranger(person.study))
    give_up(returned)
    for slot in (*slots, returned):
        lapse(slot, person, "skipped")
    assert taken(person) is None
    reached = dict(Cursor.objects.values_list("lane", "position"))
    returned.refresh_from_db()
    assert reached == {
        slots[0].lane_id: slots[2].position,
        returned.lane_id: returned.position,
    }
    new = place(person.study)
    assert taken(person) == new


def freed(slot: Slot) -> None:
    give_up(slot)


def shown_again(slot: Slot) -> None:
    Sheet.objects.filter(pk=slot.sheet_id).update(hidden_at=None)


def shown_by_owner(slot: Slot) -> None:
    owner = Enrollment.objects.get(participant=slot.sheet.owner.participant)  # type: ignore[union-attr]
    owner.scopes = ["show"]
    owner.save()


def for_everybody(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(cohort=None)


def kept_no_more(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(reserved_for=None, position=0)


def of_higher_priority(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(rater=None, leased_until=None, priority=2)


AWAY: list[tuple[Callable[[Slot], None], str]] = [
    (freed, "held"),
    (shown_again, "hidden"),
    (shown_by_owner, "not shown"),
    (for_everybody, "for others"),
    (kept_no_more, "kept"),
    (of_higher_priority, "held"),
]


@pytest.mark.parametrize(("back", "was"), AWAY, ids=[back.__name__ for back, _ in AWAY])
def test_what_comes_back_is_found_at_once(
    person: Enrollment, back: Callable[[Slot], None], was: str
) -> None:
    """Whatever becomes free stands behind everybody's cursor, without looking from the start."""
    study = person.study
    columns: dict[str, dict[str, Any]] = {
        "for others": {"cohort": make.invite(study=study)},
        "kept": {"reserved_for": make.person_rater()},
    }
    owner = make.enrolled(study=study, scopes=())
    slot = place(
        study, owner=rater_of(owner) if was == "not shown" else None, **columns.get(was, {})
    )
    if was == "held":
        lease(slot, stranger(study))
    if was == "hidden":
        hidden(slot, person)
    last = place(study)
    assert all_of(person) == [last]
    not_again(person)
    back(slot)
    assert taken(person) == slot


@pytest.mark.django_db(transaction=True)
def test_a_place_whose_turn_came_before_its_commit() -> None:
    """Somebody went past a number whose place was not there yet: it is found by looking again."""
    person = stranger(make.study())
    study = person.study
    place(study, reserved_for=make.person_rater())  # the lane is there

    def quicker() -> tuple[Slot, Slot | None]:
        try:
            return place(study), taken(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        slow = place(study)
        quick, got = pool.submit(quicker).result()
    assert got == quick
    assert quick.position > slow.position
    assert taken(person) == slow


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_place() -> None:
    """A place that another transaction is about to take is passed over; the next one is taken."""
    study = make.study()
    head, second = place(study), place(study)
    person = stranger(study)

    def quicker() -> Slot | None:
        try:
            return lanes.next_place(wanted(person))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Slot.objects.select_for_update().get(pk=head.pk)
        assert pool.submit(quicker).result() == second
    some_time_later()
    assert taken(person) == head


# What comes later


def test_when_something_comes_back(person: Enrollment) -> None:
    """The end of the first lease that somebody else has on something for this person."""
    study, now = person.study, timezone.now()
    assert lanes.next_release(wanted(person)) is None
    mine, kept, had_before, late, soon = (place(study) for _ in range(5))
    elsewhere = place(make.study())
    Slot.objects.filter(pk=kept.pk).update(reserved_for=rater_of(other := stranger(study)))
    lease(mine, person, now + HOUR)
    for hours, slot in enumerate((kept, had_before, elsewhere, soon, late), 2):
        lease(slot, other if slot == kept else stranger(slot.sheet.study), now + hours * HOUR)
    skipped(had_before, person)
    assert lanes.next_release(wanted(person)) == now + 5 * HOUR
    assert lanes.next_release(wanted(person, stages=("none",))) is None
    Slot.objects.filter(pk__in=[soon.pk, late.pk]).update(submitted_at=now)
    assert lanes.next_release(wanted(person)) is None


def test_overdue_places_are_freed_when_nothing_else_is_there(person: Enrollment) -> None:
    """Whoever is late keeps the place while others find something."""
    late = stranger(person.study)
    overdue, free = place(person.study), place(person.study)
    lease(overdue, late, timezone.now() - HOUR)
    assert taken(person) == free
    assert Slot.objects.get(pk=overdue.pk).rater == rater_of(late)
    assert taken(person) == overdue


def test_plenty_is_more_free_than_held(person: Enrollment) -> None:
    study = person.study
    assert not lanes.is_plenty(study.pk)
    first, _second = place(study), place(study)
    place(study, purpose="gold", reserved_for=rater_of(person))
    assert lanes.is_plenty(study.pk)
    lease(first, person)
    assert not lanes.is_plenty(study.pk)
    place(study)
    assert lanes.is_plenty(study.pk)


def test_what_is_overdue_is_freed(person: Enrollment) -> None:
    """With what was entered, own places too; not what was sent, and not what still has time."""
    study, past = person.study, timezone.now() - HOUR
    rater = rater_of(person)
    own = place(study, owner=rater, role="first_person", reserved_for=rater)
    theirs, sent, running = (place(study) for _ in range(3))
    for slot in (own, theirs, sent):
        lease(slot, person, past)
    lease(running, person)
    Slot.objects.filter(pk=sent.pk).update(submitted_at=past)
    Slot.objects.filter(pk=theirs.pk).update(draft={"item-1": "1"})
    assert lanes.expire() == 2
    assert lanes.expire() == 0
    held = Slot.objects.filter(rater=rater)
    assert set(held) == {sent, running}
    lapses = {one.slot: one for one in Lapse.objects.filter(why="expired", rater=rater)}
    assert set(lapses) == {own, theirs}
    assert lapses[theirs].draft == {"item-1": "1"}
    assert Slot.objects.get(pk=theirs.pk).draft is None
    assert Slot.objects.get(pk=own.pk).reserved_for == rater


def test_expiry_of_one_study_and_of_others(person: Enrollment) -> None:
    """Nobody's own place is taken from them by their own look for another one."""
    mine, theirs, elsewhere = place(person.study), place(person.study), place(make.study())
    for slot, who in ((mine, person), (theirs, stranger(person.study))):
        lease(slot, who, timezone.now() - HOUR)
    lease(elsewhere, stranger(elsewhere.sheet.study), timezone.now() - HOUR)
    assert lanes.expire(person.study_id, but=rater_of(person)) == 1
    assert set(Slot.objects.filter(rater=None)) == {theirs}
    assert lanes.expire(person.study_id) == 1
    assert lanes.expire() == 1


def test_a_hundred_at_a_time_the_longest_overdue_first(person: Enrollment) -> None:
    sheets = Sheet.objects.bulk_create(
        [Sheet(study=person.study, stage="label") for _ in range(lanes.OVERDUE + 2)]
    )
    now = timezone.now()
    rater: Rater = rater_of(person)
    Slot.objects.bulk_create(
        [
            Slot(
                sheet=sheet,
                role="third_party",
                ordinal=0,
                rater=rater,
                leased_until=now - HOUR - timedelta(minutes=minutes),
            )
            for minutes, sheet in enumerate(sheets)
        ]
    )
    assert lanes.expire() == lanes.OVERDUE
    assert set(Slot.objects.exclude(rater=None).values_list("sheet", flat=True)) == {
        sheets[0].pk,
        sheets[1].pk,
    }
    assert lanes.expire() == 2
