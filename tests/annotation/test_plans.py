"""What a study wants of a stage: the quota is the places, raised later, and never exceeded."""

from collections import Counter
from functools import partial

import pytest

from annotation import laying, plans
from annotation import models as m
from annotation.assignment import claim_other
from annotation.plans import Planned, lay_places, planned, prioritise, raise_places
from tests import factories as make
from tests import laid
from tests.annotation import strangers
from tests.annotation.strangers import places
from tests.annotation.test_assignment import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> m.Enrollment:
    return make.enrolled(part="review")


def in_order(study: m.Study) -> list[int]:
    """Return the sheets in the order in which their strangers' places stand in line."""
    slots = m.Slot.objects.filter(sheet__study=study, role="third_party").order_by("position")
    return list(slots.values_list("sheet", flat=True))


def test_without_a_plan_the_study_speaks(owner: m.Enrollment) -> None:
    assert planned(owner.study, "review") == Planned(3)


def test_a_plan_speaks_for_its_stage(owner: m.Enrollment) -> None:
    """Its columns come as they are; without a number, the number is the study's."""
    plans.change(owner.study, "review", extra_most=2, priority=5, after_majority=False,
                 owner_repeats=10, stranger_repeats=7)  # fmt: skip
    assert planned(owner.study, "review") == Planned(3, 2, 5, False, 10, 7)
    plans.change(owner.study, "review", strangers=0)
    assert planned(owner.study, "review") == Planned(0, 2, 5, False, 10, 7)
    assert planned(owner.study, "relevance") == Planned(3)
    assert planned(make.study(), "review") == Planned(3)


def test_each_stage_has_its_quota(owner: m.Enrollment) -> None:
    """Row 6: as many places for strangers as the stage's plan says, and one that is the owner's."""
    plans.change(owner.study, "review", strangers=1)
    plans.change(owner.study, "comparison", strangers=0)
    sheets = laid.review(owner), laid.relevance(owner), laid.comparison(owner)
    assert [places(sheet) for sheet in sheets] == [1, 3, 0]
    for sheet in sheets:
        assert laid.own_slot(sheet).reserved_for == laid.rater(owner)
        there = sheet.slots.filter(role="third_party").order_by("ordinal")
        assert list(there.values_list("ordinal", flat=True)) == list(range(len(there)))


def test_seeds_are_drawn_for_each_place(owner: m.Enrollment) -> None:
    """Thirty places of strangers, and the seeds that arrangements rest on are not alike."""
    plans.change(owner.study, "review", strangers=30)
    seeds = laid.review(owner).slots.values_list("seed", flat=True)
    assert len(set(seeds)) == 31
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert {seed % 2 for seed in seeds} == {0, 1}


@pytest.mark.parametrize("scopes", [("use",), ("use", "release", "provider")])
def test_who_does_not_show_sheets_gets_no_strangers(scopes: tuple[str, ...]) -> None:
    shy = make.enrolled(scopes=scopes)
    sheet = laid.review(shy)
    assert places(sheet) == 0
    assert laid.own_slot(sheet).rater is None
    assert raise_places(shy.study, "review", 4) == 0


def test_a_sheet_of_nobody_is_for_strangers_alone() -> None:
    sheet = make.sheet(stage="cards")
    assert lay_places(sheet) == 3
    assert places(sheet) == sheet.slots.count() == 3


@pytest.mark.parametrize("use", ["gold", "training", "attention"])
def test_checks_have_no_quota(owner: m.Enrollment, use: str) -> None:
    """They are put to raters one by one, when one is due."""
    sheet = make.sheet(study=owner.study, owner=laid.rater(owner), stage="review")
    m.Sheet.objects.filter(pk=sheet.pk).update(use=use)
    sheet.refresh_from_db()
    assert lay_places(sheet) == raise_places(owner.study, "review", 5) == 0
    assert not sheet.slots.exists()


def test_laying_again_adds_what_is_missing_alone(owner: m.Enrollment) -> None:
    sheet = laid.review(owner)
    strangers.answer(sheet)
    before = set(sheet.slots.values_list("pk", "seed", "submitted_at"))
    assert lay_places(sheet) == 0
    sheet.slots.get(role="third_party", ordinal=1).delete()
    assert lay_places(sheet) == 1
    assert places(sheet) == 3
    assert len(before & set(sheet.slots.values_list("pk", "seed", "submitted_at"))) == 3


@pytest.mark.django_db(transaction=True)
def test_laying_at_the_same_moment() -> None:
    """Four lay the same sheet: the places are there once, and only one has laid them."""
    person = make.enrolled()
    sheet = make.sheet(study=person.study, owner=laid.rater(person), stage="review")
    laid_each = together([partial(lay_places, m.Sheet.objects.get(pk=sheet.pk))] * 4)
    assert Counter(laid_each) == {4: 1, 0: 3}
    assert places(sheet) == 3


def test_raising_the_number(owner: m.Enrollment) -> None:
    """All sheets of the stage get what is missing; what was answered stays; again adds nothing."""
    first, second, other = laid.review(owner), laid.review(owner), laid.relevance(owner)
    done = strangers.answer(first)
    assert raise_places(owner.study, "review", 5) == 4
    assert [places(one) for one in (first, second, other)] == [5, 5, 3]
    assert planned(owner.study, "review").strangers == 5
    assert raise_places(owner.study, "review", 5) == 0
    done.refresh_from_db()
    assert done.submitted_at is not None
    assert places(laid.review(owner)) == 5


def test_lowering_the_number_takes_nothing_away(owner: m.Enrollment) -> None:
    """It only concerns sheets that are laid later."""
    sheet = laid.review(owner)
    assert raise_places(owner.study, "review", 1) == 0
    assert places(sheet) == 3
    assert places(laid.review(owner)) == 1


def test_hidden_sheets_are_not_raised(owner: m.Enrollment) -> None:
    """Row 21: a flagged sheet gets no places; when it is shown again, raising once more adds them."""
    hidden, shown = laid.review(owner), laid.review(owner)
    hidden.hidden_at = hidden.created_at
    hidden.save()
    assert raise_places(owner.study, "review", 4) == 1
    assert [places(hidden), places(shown)] == [3, 4]
    hidden.hidden_at = None
    hidden.save()
    assert raise_places(owner.study, "review", 4) == 1
    assert places(hidden) == 4


def test_a_plan_changes_one_study(owner: m.Enrollment) -> None:
    elsewhere = laid.review(make.enrolled())
    raise_places(owner.study, "review", 5)
    assert places(elsewhere) == 3


def test_new_places_stand_in_a_seeded_order(
    owner: m.Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as the sheets were laid, nor batch by batch, and each sheet's places beside each other."""
    sheets = [make.sheet(study=owner.study, stage="cards").pk for _ in range(40)]
    monkeypatch.setattr(laying, "BATCH", 3)
    assert raise_places(owner.study, "cards", 2) == 80
    order = in_order(owner.study)
    assert order[0::2] == order[1::2]
    assert sorted(order[0::2]) == sheets
    assert order[0::2] != sheets
    assert set(order[:40]) & set(sheets[20:])
    m.Slot.objects.all().delete()
    raise_places(owner.study, "cards", 2)
    assert in_order(owner.study) == order


def test_a_sheet_that_is_being_changed_is_tried_again(
    owner: m.Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hides a sheet at this moment is not waited for for ever, and others get their places."""
    tried: list[list[int]] = []
    busy, free = make.sheet(study=owner.study, stage="cards"), 7

    class Cursor:
        def __enter__(self) -> "Cursor":
            return self

        def __exit__(self, *_error: object) -> None: ...

        def execute(self, _sql: str, asked: dict[str, list[int]]) -> None:
            tried.append(asked["sheets"])

        def fetchone(self) -> tuple[int, list[int]]:
            return (2, [busy.pk]) if len(tried) == 1 else (1, [])

    monkeypatch.setattr(laying, "connection", type("Here", (), {"cursor": Cursor}))
    monkeypatch.setattr(laying, "PAUSE_SECONDS", 0)
    assert laying.lay([busy.pk, free], laying.Order(2)) == 3
    assert tried == [[busy.pk, free], [busy.pk]]


@pytest.mark.django_db(transaction=True)
def test_raising_while_people_claim() -> None:
    """Row 6: two raise the number and twelve people rush: as many places as planned, no one twice."""
    owner = make.enrolled()
    plans.change(owner.study, "review", strangers=1)
    sheets = [laid.review(owner), laid.review(owner)]
    people = [strangers.someone(owner.study) for _ in range(12)]
    study = owner.study
    raised = [partial(raise_places, study, "review", 4)] * 2
    together([*raised, *(partial(claim_other, one) for one in people)])
    for one in people:
        claim_other(one)
    for sheet in sheets:
        taken = sheet.slots.filter(role="third_party", rater__isnull=False)
        assert places(sheet) == 4
        assert taken.values("rater").distinct().count() == taken.count() == 4


@pytest.mark.django_db(transaction=True)
def test_raising_while_sheets_are_laid() -> None:
    """A sheet that is laid at the moment of raising has the new number in the end."""
    owners = [make.enrolled()]
    owners += [make.enrolled(study=owners[0].study) for _ in range(5)]
    study = owners[0].study
    laid.review(owners[0])
    lay = [partial(laid.review, one) for one in owners[1:]]
    together([*lay[:3], partial(raise_places, study, "review", 5), *lay[3:]])
    assert [places(sheet) for sheet in m.Sheet.objects.all()] == [5] * 6


def test_a_priority_is_for_strangers(owner: m.Enrollment) -> None:
    """It orders what strangers label; the owner goes through the parts as always."""
    plans.change(owner.study, "relevance", priority=4)
    laid.review(owner)
    first = laid.relevance(owner)
    plans.change(owner.study, "relevance", strangers=5)
    lay_places(first)
    assert set(first.slots.filter(role="third_party").values_list("priority", flat=True)) == {4}
    assert laid.own_slot(first).priority == 0
    slot = claim_other(strangers.someone(owner.study))
    assert slot is not None
    assert slot.sheet == first


def test_another_priority_moves_places_that_wait(
    owner: m.Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order, those that are held too; what was sent stays where it is counted."""
    monkeypatch.setattr(laying, "BATCH", 2)
    before, sheet = laid.review(owner), laid.relevance(owner)
    also = laid.relevance(owner)
    sent = strangers.answer(sheet)
    _person, held = strangers.seat(sheet)
    order = in_order(owner.study)
    assert prioritise(owner.study, "relevance", 3) == 5
    assert planned(owner.study, "relevance").priority == 3
    assert [sheet for sheet in in_order(owner.study) if sheet != before.pk] == [
        sheet for sheet in order if sheet != before.pk
    ]
    sent.refresh_from_db()
    held.refresh_from_db()
    assert (sent.priority, held.priority, held.lane.priority) == (0, 3, 3)
    assert laid.own_slot(also).priority == 0
    one = claim_other(strangers.someone(owner.study))
    assert one is not None
    assert one.sheet in (sheet, also)
    assert prioritise(owner.study, "relevance", 3) == 0


def test_moved_places_stand_behind_all_others(owner: m.Enrollment) -> None:
    """There and back again: whoever has come far in a lane still comes to every place in it."""
    laid.review(owner)
    laid.review(owner)
    there = m.Slot.objects.filter(role="third_party")
    lanes = set(there.values_list("lane", flat=True))
    for priority in (9, 0):
        last = max(m.Slot.objects.values_list("position", flat=True))
        assert prioritise(owner.study, "review", priority) == 6
        assert min(there.values_list("position", flat=True)) > last
    assert set(there.values_list("lane", flat=True)) == lanes
