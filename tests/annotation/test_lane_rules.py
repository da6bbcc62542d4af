"""Lanes, turns, offers and tallies: kept by the database, whoever changes a place, and however."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotation.models import Enrollment, Lane, Lapse, Sheet, Slot, Tally
from tests import factories as make

pytestmark = pytest.mark.django_db

STATES = ("free", "leased", "submitted", "withheld")


def owner() -> Enrollment:
    person = make.enrolled()
    make.person_rater(of=person.participant)
    return person


def sheet_of(person: Enrollment) -> Sheet:
    return make.sheet(study=person.study, owner=person.participant.rater)


def change(slot: Slot, **columns: Any) -> Slot:  # noqa: ANN401 - columns of any type
    Slot.objects.filter(pk=slot.pk).update(**columns)
    slot.refresh_from_db()
    return slot


def lease(slot: Slot, **columns: Any) -> Slot:  # noqa: ANN401 - columns of any type
    rater = columns.pop("rater", None) or make.person_rater()
    now = timezone.now()
    return change(slot, rater=rater, leased_at=now, leased_until=now, **columns)


def give_up(slot: Slot) -> Slot:
    return change(slot, rater=None, leased_at=None, leased_until=None)


def counted() -> dict[int, dict[str, int]]:
    """Count the places of each lane by state, from the rows."""
    found: dict[int, dict[str, int]] = {}
    for slot in Slot.objects.all():
        lane = found.setdefault(slot.lane_id, dict.fromkeys(STATES, 0))
        if not slot.offered:
            state = "withheld"
        elif slot.submitted_at:
            state = "submitted"
        else:
            state = "leased" if slot.rater_id else "free"
        lane[state] += 1
    return found


def kept() -> dict[int, dict[str, int]]:
    """Return the tallies of each lane that has places now or had some."""
    found: dict[int, dict[str, int]] = {}
    for tally in Tally.objects.all():
        lane = found.setdefault(tally.lane_id, dict.fromkeys(STATES, 0))
        for state in STATES:
            lane[state] += getattr(tally, state)
    return {lane: states for lane, states in found.items() if any(states.values())}


def test_a_place_stands_in_the_lane_of_its_kind() -> None:
    """Places of one kind share a lane, whoever makes them; another study has lanes of its own."""
    sheet = Sheet.objects.create(study=make.study(), stage="review", stratum="b")
    first, second = make.slot(sheet=sheet), make.slot(sheet=sheet)
    lane = first.lane
    assert second.lane == lane
    assert make.slot(sheet=make.sheet()).lane.study_id != lane.study_id
    assert (lane.study, lane.stage, lane.stratum) == (sheet.study, "review", "b")
    assert (lane.role, lane.purpose, lane.cohort, lane.priority) == (
        "third_party",
        "label",
        None,
        0,
    )
    assert not lane.returned


@pytest.mark.parametrize(
    "columns",
    [
        {"role": "first_person"},
        {"purpose": "extra", "ordinal": None},
        {"priority": 3},
        {"priority": -1},
        {"cohort": True},
        {"sheet": True},
    ],
    ids=str,
)
def test_a_place_that_changes_goes_to_the_end_of_another_lane(columns: dict[str, Any]) -> None:
    """The lane follows every change, and whoever was further on in that lane finds the place."""
    slot = make.slot()
    last = make.slot(sheet=slot.sheet)
    if "cohort" in columns:
        columns = {"cohort": make.invite(study=slot.sheet.study)}
    if "sheet" in columns:
        columns = {"sheet": Sheet.objects.create(study=slot.sheet.study, stage="other")}
    before = slot.lane_id
    change(slot, **columns)
    lane = slot.lane
    assert lane.pk != before
    assert slot.position > last.position
    for name in ("role", "purpose", "priority", "cohort"):
        assert getattr(lane, name) == getattr(slot, name)
    assert lane.stage == slot.sheet.stage


@pytest.mark.parametrize("columns", [{"stage": "comparison"}, {"stratum": "rare"}], ids=str)
def test_places_follow_their_sheet(columns: dict[str, str]) -> None:
    """Another stage or stratum of a sheet moves all of its places, and no others."""
    slot, other = make.slot(), make.slot()
    Sheet.objects.filter(pk=slot.sheet_id).update(**columns)
    before = slot.position
    slot.refresh_from_db()
    for name, value in columns.items():
        assert getattr(slot.lane, name) == value
    assert slot.position > before
    assert Slot.objects.get(pk=other.pk).lane_id == other.lane_id


def test_the_order_of_places_is_the_order_in_which_they_were_laid() -> None:
    """One by one or in bulk: whoever lays places shuffled has a shuffled order."""
    sheets = [make.sheet(study=make.study()) for _ in range(3)]
    order = [sheets[1], sheets[2], sheets[0]]
    Slot.objects.bulk_create([Slot(sheet=one, role="third_party", ordinal=0) for one in order])
    laid = Slot.objects.order_by("position")
    assert [slot.sheet for slot in laid] == order
    assert len({slot.position for slot in laid}) == 3


def test_position_zero_means_behind_all() -> None:
    first, last = make.slot(), make.slot()
    assert change(first, position=0).position > last.position


def test_a_place_given_up_goes_to_the_lane_of_returned_ones() -> None:
    """It has a new turn there each time, and stays in that lane when it is taken and sent."""
    slot = lease(make.slot())
    lane, turn = slot.lane, slot.position
    give_up(slot)
    twin = slot.lane
    assert twin.returned
    assert (twin.stage, twin.purpose, twin.stratum) == (lane.stage, lane.purpose, lane.stratum)
    again = slot.position
    assert again > turn
    assert give_up(lease(slot)).position > again
    assert lease(slot, submitted_at=timezone.now()).lane == twin


def test_a_lease_changes_neither_lane_nor_turn() -> None:
    slot = make.slot()
    lane, turn = slot.lane_id, slot.position
    lease(slot, submitted_at=timezone.now())
    assert (slot.lane_id, slot.position) == (lane, turn)


def test_nobody_sets_lane_turn_or_offer_by_hand() -> None:
    """What a caller writes into these columns is not what stands there."""
    slot = Slot.objects.create(sheet=make.sheet(), role="third_party", ordinal=0, offered=False)
    slot.refresh_from_db()
    assert slot.offered
    lane = slot.lane_id
    wrong = make.slot(role="first_person").lane
    change(slot, offered=False)
    assert slot.offered
    assert change(slot, lane=wrong).lane_id == lane


def hide(person: Enrollment) -> None:
    Sheet.objects.filter(owner=person.participant.rater).update(hidden_at=timezone.now())


def unhide(person: Enrollment) -> None:
    Sheet.objects.filter(owner=person.participant.rater).update(hidden_at=None)


def show_not(person: Enrollment) -> None:
    Enrollment.objects.filter(pk=person.pk).update(scopes=["use"])


def show(person: Enrollment) -> None:
    Enrollment.objects.filter(pk=person.pk).update(scopes=["use", "show"])


def leave(person: Enrollment) -> None:
    Enrollment.objects.filter(pk=person.pk).update(withdrawn_at=timezone.now())


def come_back(person: Enrollment) -> None:
    Enrollment.objects.filter(pk=person.pk).update(withdrawn_at=None)


@pytest.mark.parametrize(
    ("away", "back", "own_too"),
    [(hide, unhide, True), (show_not, show, False), (leave, come_back, False)],
)
def test_places_are_offered_while_they_may_be_shown(
    away: Callable[[Enrollment], None], back: Callable[[Enrollment], None], own_too: bool
) -> None:
    """A flag takes a sheet from everybody, its owner's no from strangers; both can be taken back."""
    person = owner()
    sheet = sheet_of(person)
    strangers, own = make.slot(sheet=sheet), make.slot(sheet=sheet, role="first_person")
    other = make.slot(sheet=make.sheet(study=person.study))
    assert strangers.offered
    assert own.offered
    away(person)
    strangers.refresh_from_db()
    own.refresh_from_db()
    assert not strangers.offered
    assert own.offered is not own_too
    assert not make.slot(sheet=sheet).offered
    back(person)
    strangers.refresh_from_db()
    own.refresh_from_db()
    assert strangers.offered
    assert own.offered
    # Whoever has come further in the lane finds it.
    assert strangers.position > other.position
    assert Slot.objects.get(pk=other.pk).position == other.position
    assert kept() == counted()


def test_a_new_enrollment_shows_what_was_there_before() -> None:
    """A sheet whose owner is not in its study is not shown; by the enrollment it is."""
    newcomer = make.participant()
    sheet = make.sheet(owner=make.person_rater(of=newcomer))
    slot = make.slot(sheet=sheet)
    assert not slot.offered
    make.consent_text(study=sheet.study)
    Enrollment.objects.create(
        participant=newcomer,
        study=sheet.study,
        scopes=["show"],
        consent_version=1,
        consented_at=timezone.now(),
    )
    slot.refresh_from_db()
    assert slot.offered
    assert kept() == counted()


def test_an_owner_elsewhere_shows_nothing_here() -> None:
    """What somebody agreed to in one study says nothing about another."""
    person = owner()
    assert not make.slot(sheet=make.sheet(owner=person.participant.rater)).offered


def take_all() -> int:
    """Lease everything that is free, in one statement."""
    now = timezone.now()
    free = Slot.objects.filter(rater=None)
    return free.update(rater=make.person_rater(), leased_at=now, leased_until=now)


def give_up_all() -> int:
    """End every lease in one statement, in several lanes."""
    held = Slot.objects.filter(submitted_at=None)
    return held.update(rater=None, leased_at=None, leased_until=None)


CHANGES: list[Callable[[list[Slot]], object]] = [
    lambda slots: lease(slots[0]),
    lambda slots: lease(slots[0], submitted_at=timezone.now()),
    lambda slots: give_up(lease(slots[0])),
    lambda slots: change(slots[0], purpose="extra", ordinal=None),
    lambda slots: change(slots[0], sheet=make.sheet()),
    lambda slots: slots[0].delete(),
    lambda slots: Slot.objects.filter(pk__in=[slots[0].pk, slots[3].pk]).delete(),
    lambda slots: Slot.objects.all().delete(),
    lambda slots: Slot.objects.update(priority=2),
    lambda slots: take_all() + give_up_all(),
    lambda slots: Slot.objects.bulk_create(
        [Slot(sheet=one.sheet, role="first_person", ordinal=9) for one in slots]
    ),
    lambda slots: Sheet.objects.update(hidden_at=timezone.now()),
    lambda slots: Sheet.objects.update(stratum="c"),
    lambda slots: Slot.objects.filter(pk=0).update(priority=1),
]


@pytest.mark.parametrize("happens", CHANGES, ids=range(len(CHANGES)))
def test_tallies_are_what_is_counted(happens: Callable[[list[Slot]], object]) -> None:
    """After every kind of change, of one place or many, of one lane or several."""
    slots = [make.slot(sheet=make.sheet(stage=stage)) for stage in "aabb"]
    lease(slots[1])
    lease(slots[2], submitted_at=timezone.now())
    assert kept() == counted()
    happens(slots)
    assert kept() == counted()


def test_lapses_are_counted_where_the_place_stands() -> None:
    slots = [make.slot() for _ in range(2)]
    rater = make.person_rater()
    Lapse.objects.bulk_create(
        [Lapse(slot=one, sheet=one.sheet, rater=rater, why="expired") for one in (*slots, slots[0])]
    )
    found = Counter[int]()
    for tally in Tally.objects.all():
        found[tally.lane_id] += tally.lapsed
    assert found == {slots[0].lane_id: 2, slots[1].lane_id: 1}


def asked(statement: str, *parameters: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_counter() -> None:
    """Who counts while another transaction has the shard takes another one, and does not wait."""
    slot = make.slot()
    shard = asked("SELECT pg_backend_pid()") % 32
    assert set(Tally.objects.values_list("shard", flat=True)) == {shard}

    def count() -> int:
        """Count in the other connection's shard, and keep the transaction open."""
        connection.set_autocommit(False)
        asked("SELECT count(pg_try_advisory_xact_lock(20261122, %s))", shard)
        asked("UPDATE annotation_tally SET free = free WHERE shard = %s RETURNING 1", shard)
        return shard

    def end() -> None:
        connection.rollback()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        try:
            pool.submit(count).result()
            with transaction.atomic():
                asked("SELECT count(set_config('lock_timeout', '5s', true))")
                change(slot, priority=1)
        finally:
            pool.submit(end).result()
    assert set(Tally.objects.values_list("shard", flat=True)) > {shard}
    assert kept() == counted()


@pytest.mark.django_db(transaction=True)
def test_the_first_places_of_a_kind_at_the_same_moment() -> None:
    """Two who make the same lane have one lane: the later one waits for the first."""
    sheets = [make.sheet(study=make.study()) for _ in range(1)]
    sheets.append(make.sheet(study=sheets[0].study))

    def second() -> int:
        try:
            return make.slot(sheet=sheets[1]).lane_id
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = make.slot(sheet=sheets[0]).lane_id
            later = pool.submit(second)
        assert later.result() == first
    assert Lane.objects.filter(returned=False).count() == 1
