"""The slot is the lease, the quota is the number of slots, and no owner is a stranger."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import Sheet, Slot
from tests import factories as make
from tests.annotation.refusal import Row, copy, refused, update

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def owned() -> Sheet:
    return make.sheet(owner=make.person_rater())


def take(slot: Slot, **columns: object) -> None:
    """Lease the slot for an hour."""
    update(slot, leased_at=timezone.now(), leased_until=timezone.now() + HOUR, **columns)


def test_the_quota_is_the_number_of_label_slots() -> None:
    """An ordinal is given once per sheet and role: no process can add the same place twice."""
    slot = make.slot(ordinal=0)
    copy(slot, ordinal=1)
    copy(slot, role="first_person")
    copy(slot, sheet=make.sheet())
    with refused("slot_ordinal_once"):
        copy(slot)


@pytest.mark.parametrize(
    ("purpose", "ordinal", "occasion", "rule"),
    [
        ("label", None, 0, "slot_quota_is_labels"),
        ("gold", 0, 0, "slot_quota_is_labels"),
        ("preview", 0, 0, "slot_quota_is_labels"),
        ("repeat", 0, 1, "slot_quota_is_labels"),
        ("repeat", None, 0, "slot_repeat_is_later"),
        ("repeat", None, -1, "slot_repeat_is_later"),
        ("label", 0, 1, "slot_repeat_is_later"),
        ("attention", None, 1, "slot_repeat_is_later"),
    ],
)
def test_purposes(purpose: str, ordinal: int | None, occasion: int, rule: str) -> None:
    """Labels alone have an ordinal, repeats alone a later occasion."""
    slot = make.slot(purpose="label", ordinal=0, occasion=0)
    update(slot, purpose="repeat", ordinal=None, occasion=1)
    update(slot, purpose="training", ordinal=None, occasion=0)
    with refused(rule):
        update(slot, purpose=purpose, ordinal=ordinal, occasion=occasion)


def test_nobody_is_twice_on_a_sheet() -> None:
    """A second slot of one occasion is refused; a repeat, or another rater, is accepted."""
    slot = make.slot(rater=make.person_rater())
    second = make.slot(sheet=slot.sheet)
    with refused("slot_rater_once"):
        take(second, rater=slot.rater)
    take(second, rater=make.person_rater())
    repeat = make.slot(sheet=slot.sheet, purpose="repeat", occasion=1)
    take(repeat, rater=slot.rater)


def test_a_slot_copies_the_owner_of_its_sheet(owned: Sheet) -> None:
    """Whatever owner an insert, an update or a move names, the sheet's own owner is stored."""
    liar = make.person_rater()
    slot = Slot.objects.create(sheet=owned, owner=liar, role="third_party", ordinal=0)
    for owner in (None, liar):
        update(slot, owner=owner)
        slot.refresh_from_db()
        assert slot.owner == owned.owner
    update(slot, sheet=make.sheet())
    slot.refresh_from_db()
    assert slot.owner is None


def test_bulk_rows_copy_the_owner_too(owned: Sheet) -> None:
    """A slot that leaves the owner out, or lies, is caught in bulk as well."""
    rows = [Slot(sheet=owned, role="third_party", ordinal=i) for i in range(3)]
    Slot.objects.bulk_create(rows)
    assert set(owned.slots.values_list("owner", flat=True)) == {owned.owner_id}


@pytest.mark.parametrize("lie", [False, True], ids=["honest", "lying"])
def test_an_owner_is_no_stranger(owned: Sheet, lie: bool) -> None:
    """The owner takes no third-party slot, even with a lie about who owns it; a stranger may."""
    slot = make.slot(sheet=owned)
    columns: Row = {"owner": make.person_rater()} if lie else {}
    with refused("slot_role_fits_owner"):
        take(slot, rater=owned.owner, **columns)
    with refused("slot_role_fits_owner"):
        make.slot(sheet=owned, rater=owned.owner)
    take(slot, rater=make.person_rater(), **columns)


@pytest.mark.parametrize("lie", [False, True], ids=["honest", "lying"])
def test_a_stranger_is_no_owner(owned: Sheet, lie: bool) -> None:
    """A stranger takes no first-person slot, even with a lie about who owns it; the owner may."""
    slot, stranger = make.slot(sheet=owned, role="first_person"), make.person_rater()
    with refused("slot_role_fits_owner"):
        take(slot, rater=stranger, **({"owner": stranger} if lie else {}))
    take(slot, rater=owned.owner)


def test_a_sheet_of_nobody_is_for_strangers() -> None:
    """Where nobody owns the sheet, anyone takes a third-party slot."""
    take(make.slot(), rater=make.person_rater())


def test_a_sheet_of_nobody_has_no_first_person() -> None:
    """Where nobody owns the sheet, nobody can answer in the first person."""
    slot = make.slot(role="first_person")
    with refused("slot_role_fits_owner"):
        take(slot, rater=make.person_rater())


@pytest.mark.parametrize("new", ["nobody", "another"])
def test_a_sheet_with_slots_keeps_its_owner(owned: Sheet, new: str) -> None:
    """The owner of a sheet changes only while it has no slots."""
    owner = make.person_rater() if new == "another" else None
    empty = make.sheet(owner=owned.owner)
    update(empty, owner=owner)
    make.slot(sheet=owned)
    with refused("slot_owner_of_sheet"):
        update(owned, owner=owner)


def test_a_sheet_with_slots_gets_no_owner_late() -> None:
    """A sheet of nobody cannot get an owner whom its slots would then take for a stranger."""
    sheet, owner = make.sheet(), make.person_rater()
    take(make.slot(sheet=sheet), rater=owner)
    with refused("slot_owner_of_sheet"):
        update(sheet, owner=owner)


def test_a_reservation_is_kept() -> None:
    """A reserved slot is free or taken by the one it is kept for."""
    kept_for = make.person_rater()
    slot = make.slot(reserved_for=kept_for)
    with refused("slot_reservation_kept"):
        take(slot, rater=make.person_rater())
    take(slot, rater=kept_for)
    with refused("slot_reservation_kept"):
        update(slot, reserved_for=make.person_rater())


def test_a_lease_has_a_rater_and_an_end() -> None:
    """A rater without an end of the lease, or an end without a rater, is refused."""
    slot, rater = make.slot(), make.person_rater()
    with refused("slot_lease_has_rater"):
        update(slot, leased_until=timezone.now())
    with refused("slot_lease_has_rater"):
        update(slot, rater=rater)
    take(slot, rater=rater)
    with refused("slot_lease_has_rater"):
        update(slot, rater=None)
    update(slot, rater=None, leased_until=None)


def test_an_empty_place_submits_nothing() -> None:
    """A slot is submitted by a rater."""
    slot = make.slot()
    with refused("slot_submitted_by_rater"):
        update(slot, submitted_at=timezone.now())
    take(slot, rater=make.person_rater(), submitted_at=timezone.now())
