"""Sharing: previews that hold, nobody twice at a sheet, lanes of a cohort, and giving back."""

from collections import Counter, defaultdict
from decimal import Decimal
from functools import partial
from itertools import combinations

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from annotation import free_places, kept
from annotation import models as m
from annotation.assignment import claim_other, give_back
from annotation.lanes import Wanted, next_place
from annotation.leaving import stop
from annotation.models.places import SlotRole
from annotation.models.slot import LapseReason
from annotation.shares import Fault, Problem, Share
from annotation.sharing import ChangedError, assign, preview
from annotation.sheets import rater_of
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import together

pytestmark = pytest.mark.django_db

STAGE = "label"


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


@pytest.fixture
def people(study: m.Study) -> list[m.Enrollment]:
    return [labeller(study) for _ in range(3)]


def labeller(study: m.Study, invite: m.Invite | None = None) -> m.Enrollment:
    one = make.enrolled(study=study, way="labels", part="others")
    m.Enrollment.objects.filter(pk=one.pk).update(invite=invite)
    one.refresh_from_db()
    return one


def lay(
    study: m.Study, sheets: int = 7, places: int = 2, owner: m.Enrollment | None = None
) -> None:
    for _sheet in range(sheets):
        one = make.sheet(study=study, owner=rater_of(owner) if owner else None, stage=STAGE)
        for _place in range(places):
            make.slot(sheet=one)


def name(one: m.Enrollment) -> str:
    return one.participant.pseudonym


def given(study: m.Study) -> dict[str, list[int]]:
    """Return the sheets at which each person has places kept."""
    found: dict[str, list[int]] = defaultdict(list)
    for who, sheet in m.Slot.objects.filter(
        sheet__study=study, reserved_for__isnull=False
    ).values_list("reserved_for__participant__pseudonym", "sheet"):
        found[who].append(sheet)
    return found


def shared(study: m.Study, shares: list[Share]) -> tuple[int, ...]:
    """Assign as previewed, and return how many each got."""
    seen = preview(study, STAGE, shares)
    assert seen.problems == ()
    assert assign(study, STAGE, shares, seen.gets) == sum(seen.gets)
    return seen.gets


def test_disjoint_and_exact(study: m.Study, people: list[m.Enrollment]) -> None:
    """Three people, seven sheets of two places: no sheet twice while there are others."""
    lay(study)
    seen = preview(study, STAGE, [Share(name(one), count=2) for one in people])
    assert (seen.free, seen.sheets, seen.gets, seen.left) == (14, 7, (2, 2, 2), 8)
    assert given(study) == {}
    assert shared(study, [Share(name(one), count=2) for one in people]) == (2, 2, 2)
    sheets = given(study)
    assert {who: len(mine) for who, mine in sheets.items()} == {name(one): 2 for one in people}
    assert all(not set(a) & set(b) for a, b in combinations(sheets.values(), 2))


def test_nobody_twice_at_a_sheet(study: m.Study, people: list[m.Enrollment]) -> None:
    """All fourteen places evenly: five, five and four, each of another sheet; quotas as before."""
    lay(study)
    assert shared(study, [Share(name(one)) for one in people]) == (5, 5, 4)
    assert all(len(mine) == len(set(mine)) for mine in given(study).values())
    assert m.Slot.objects.count() == 14
    assert set(m.Sheet.objects.annotate(n=Count("slots")).values_list("n", flat=True)) == {2}


def test_one_person_alone_gets_a_place_of_each_sheet(
    study: m.Study, people: list[m.Enrollment]
) -> None:
    lay(study)
    assert shared(study, [Share(name(people[0]))]) == (7,)
    assert preview(study, STAGE, [Share(name(people[0]))]).left_out == (7,)


def test_own_sheets_and_known_ones_are_left_out(study: m.Study, people: list[m.Enrollment]) -> None:
    """Own ones, held ones, skipped ones and those already kept: told, and never given."""
    lay(study, 3, owner=people[0])
    lay(study, 4)
    skipped = claim_other(people[0])
    assert skipped is not None
    give_back(people[0], skipped.pk, LapseReason.SKIPPED)
    held = claim_other(people[0])
    assert held is not None
    shares = [Share(name(people[0]), count=2), Share(name(people[1]), count=7)]
    seen = preview(study, STAGE, shares)
    assert seen.left_out == (5, 0)
    assert shared(study, shares) == (2, 7)
    mine = given(study)[name(people[0])]
    own = set(m.Sheet.objects.filter(owner=rater_of(people[0])).values_list("pk", flat=True))
    assert not set(mine) & (own | {skipped.sheet_id, held.sheet_id})
    assert preview(study, STAGE, [Share(name(people[0]))]).gets == (0,)


def test_somebody_makes_room(study: m.Study, people: list[m.Enrollment]) -> None:
    """Only one sheet is left to the owner of all others, and the owner gets it."""
    lay(study, 6, 1, owner=people[0])
    lay(study, 1, 1)
    assert shared(study, [Share(name(people[1]), count=6), Share(name(people[0]), count=1)]) == (
        6,
        1,
    )


def test_percents(study: m.Study, people: list[m.Enrollment]) -> None:
    """Rounded by largest remainders: all of a hundred percent."""
    lay(study)
    parts = [Decimal("33.4"), Decimal("33.3"), Decimal("33.3")]
    shares = [Share(name(one), percent=part) for one, part in zip(people, parts, strict=True)]
    assert shared(study, shares) == (5, 5, 4)


def test_strata_are_shared_alike(study: m.Study, people: list[m.Enrollment]) -> None:
    """A tenth of the places is a tenth of each stratum."""
    lay(study, 40, 1)
    for number, sheet in enumerate(m.Sheet.objects.order_by("pk")):
        m.Sheet.objects.filter(pk=sheet.pk).update(stratum="ab"[number % 2])
    shared(study, [Share(name(people[0]), percent=Decimal(10))])
    kept = m.Slot.objects.filter(reserved_for__isnull=False)
    assert Counter(kept.values_list("lane__stratum", flat=True)) == {"a": 2, "b": 2}


def test_not_always_the_first_ones(study: m.Study, people: list[m.Enrollment]) -> None:
    """Which sheets it will be is drawn: two times in five the same three of twenty is no chance."""
    lay(study, 20, 1)
    drawn = set()
    for _time in range(5):
        shared(study, [Share(name(people[0]), count=3)])
        drawn.add(tuple(sorted(given(study)[name(people[0])])))
        kept.release(study, STAGE, name(people[0]))
    assert len(drawn) > 1


def test_certain_sheets(study: m.Study, people: list[m.Enrollment]) -> None:
    """Item-level assignment (peers 12): exactly these, and another person's share beside them."""
    lay(study, 5, 1)
    sheets = tuple(m.Sheet.objects.order_by("pk").values_list("pk", flat=True)[1:3])
    assert shared(study, [Share(name(people[0])), Share(name(people[1]), sheets=sheets)]) == (3, 2)
    assert sorted(given(study)[name(people[1])]) == sorted(sheets)


def test_sheets_that_are_not_to_be_had(study: m.Study, people: list[m.Enrollment]) -> None:
    """Unknown ones, own ones and taken ones are named; of two who want one place, one is told."""
    lay(study, 1, 1, owner=people[0])
    lay(study, 2, 1)
    own, full, free = m.Sheet.objects.order_by("pk").values_list("pk", flat=True)
    shared(study, [Share(name(people[1]), sheets=(full,))])
    seen = preview(study, STAGE, [Share(name(people[0]), sheets=(own, full, free, 10**9))])
    assert seen.problems == (Problem(0, Fault.SHEETS, 1, (own, full, 10**9)),)
    both = preview(study, STAGE, [Share(name(one), sheets=(free,)) for one in people[:2]])
    assert both.problems == (Problem(1, Fault.SHEETS, 0, ()),)


def test_who_cannot_have_a_share(study: m.Study, people: list[m.Enrollment]) -> None:
    lay(study)
    left, done, reading, whole = [labeller(study) for _ in range(4)]
    elsewhere = labeller(make.study())
    change = m.Enrollment.objects.filter
    change(pk=left.pk).update(withdrawn_at="2026-01-01T00:00Z")
    change(pk=done.pk).update(finished_at="2026-01-01T00:00Z")
    change(pk=reading.pk).update(consented_at=None, consent_version=None, scopes=[])
    change(pk=whole.pk).update(way="whole")
    named = ["p-nobody", *map(name, (left, done, reading, whole, elsewhere, people[0], people[0]))]
    shares = [Share(one, count=1) for one in named]
    shares += [Share(make.invite(study=study), count=1), Share(make.invite(way="labels"), count=1)]
    seen = preview(study, STAGE, shares)
    assert [(one.at, one.fault) for one in seen.problems] == [
        (0, Fault.UNKNOWN),
        (1, Fault.WITHDREW),
        (2, Fault.FINISHED),
        (3, Fault.NOT_AGREED),
        (4, Fault.OWN_ONLY),
        (5, Fault.UNKNOWN),
        (7, Fault.TWICE),
        (8, Fault.OWN_ONLY),
        (9, Fault.UNKNOWN),
    ]
    with pytest.raises(ChangedError):
        assign(study, STAGE, shares, [1] * len(shares))
    assert given(study) == {}


def test_more_than_there_is(study: m.Study, people: list[m.Enrollment]) -> None:
    """Over a hundred percent, over the places, over the sheets of one person: with what would go."""
    lay(study)
    one, two, _three = map(name, people)
    over = preview(study, STAGE, [Share(who, percent=Decimal(51)) for who in (one, two)])
    assert over.problems == (Problem(None, Fault.PERCENT),)
    alone = preview(study, STAGE, [Share(one, count=8)])
    assert alone.problems == (Problem(0, Fault.ONE_EACH, 7),)
    many = preview(study, STAGE, [Share(name(who), count=5) for who in people])
    assert many.problems == (Problem(2, Fault.TOO_MANY, 4),)


def test_what_is_not_free_is_not_shared(study: m.Study, people: list[m.Enrollment]) -> None:
    """Places that are held, sent, withheld, not open yet, of another stage or another purpose."""
    lay(study, 1, 5)
    later, other = m.Slot.objects.order_by("pk")[1:3]
    next_place(Wanted(people[1], rater_of(people[1]), SlotRole.THIRD_PARTY))
    m.Slot.objects.filter(pk=later.pk).update(not_before="2999-01-01T00:00Z")
    make.slot(sheet=make.sheet(study=study, stage="other"))
    make.slot(sheet=other.sheet, purpose="extra")
    flagged = make.sheet(study=study, stage=STAGE)
    make.slot(sheet=flagged)
    m.Sheet.objects.filter(pk=flagged.pk).update(hidden_at="2026-01-01T00:00Z")
    assert preview(study, STAGE, []).free == 3


def test_a_cohort_has_its_own_lane(study: m.Study) -> None:
    """Only who came by the invite claims there; several places of a sheet may be the cohort's."""
    lay(study, 3, 2)
    invite = make.invite(study=study, way="labels")
    inside = [labeller(study, invite) for _ in range(2)]
    outside = labeller(study)
    assert shared(study, [Share(invite, percent=Decimal(100))]) == (6,)
    assert claim_other(outside) is None
    for one in inside:
        for _sheet in range(3):
            slot = next_place(Wanted(one, rater_of(one), SlotRole.THIRD_PARTY))
            assert slot is not None
            assert slot.cohort == invite
    assert m.Slot.objects.filter(rater=None).count() == 0


def test_half_and_half(study: m.Study) -> None:
    """Two cohorts share every sheet: each sheet has a place for both."""
    lay(study, 6, 2)
    invites = [make.invite(study=study, way="labels") for _ in range(2)]
    assert shared(study, [Share(one, percent=Decimal(50)) for one in invites]) == (6, 6)
    for one in invites:
        assert m.Slot.objects.filter(cohort=one).values("sheet").distinct().count() == 6


def test_given_back_to_everybody(study: m.Study, people: list[m.Enrollment]) -> None:
    """Also to somebody who is past all that was there when it was shared."""
    lay(study, 4, 1)
    invite = make.invite(study=study, way="labels")
    member = labeller(study, invite)
    shared(study, [Share(name(people[0]), count=1), Share(invite, count=2)])
    far = rater_of(people[1])
    assert next_place(Wanted(people[1], far, SlotRole.THIRD_PARTY)) is not None
    assert next_place(Wanted(people[1], far, SlotRole.THIRD_PARTY)) is None
    begun = next_place(Wanted(member, rater_of(member), SlotRole.THIRD_PARTY))
    assert begun is not None
    assert [(one.who, one.waiting, one.held, one.sent) for one in kept.kept(study, 9)] == [
        (name(people[0]), 1, 0, 0),
        (invite, 1, 1, 0),
    ]
    assert kept.release(study, STAGE, name(people[0])) == 1
    assert kept.release(study, STAGE, invite) == 1
    assert kept.release(study, STAGE, invite) == 0
    assert kept.release(study, STAGE, "p-nobody") == 0
    assert kept.kept(study, 9) == []
    m.Cursor.objects.update(looked_at="2999-01-01T00:00Z")  # nothing is looked at from its start
    for _place in range(2):
        assert next_place(Wanted(people[1], far, SlotRole.THIRD_PARTY)) is not None
    begun.refresh_from_db()
    assert (begun.rater, begun.cohort) == (rater_of(member), None)
    give_back(member, begun.pk, LapseReason.SKIPPED)
    assert next_place(Wanted(people[1], far, SlotRole.THIRD_PARTY)) is not None


def test_a_person_who_ends_gives_everything_back(
    study: m.Study, people: list[m.Enrollment]
) -> None:
    """What was kept for somebody who stops is everybody's, the sheet in work too."""
    lay(study, 4, 1)
    shared(study, [Share(name(people[0]), count=3)])
    claim_other(people[0])
    stop(people[0])
    assert kept.kept(study, 9) == []
    assert preview(study, STAGE, []).free == 4


def test_named_people_get_theirs_first(study: m.Study, people: list[m.Enrollment]) -> None:
    """Then what is free for everybody; nobody else gets what is kept."""
    lay(study, 3, 1)
    shared(study, [Share(name(people[0]), count=1)])
    kept_for = given(study)[name(people[0])]
    first = claim_other(people[0])
    assert first is not None
    assert [first.sheet_id] == kept_for
    rater = rater_of(people[1])
    got = [next_place(Wanted(people[1], rater, SlotRole.THIRD_PARTY)) for _ in range(3)]
    assert [one is None for one in got] == [False, False, True]


def test_the_world_has_changed(study: m.Study, people: list[m.Enrollment]) -> None:
    """What was promised is not to be had: nothing is given, and it is said how much is missing."""
    lay(study, 4, 1)
    shares = [Share(name(people[0]), percent=Decimal(75)), Share(name(people[1]))]
    seen = preview(study, STAGE, shares)
    assert seen.gets == (3, 1)
    rater = rater_of(people[2])
    for _place in range(2):
        assert next_place(Wanted(people[2], rater, SlotRole.THIRD_PARTY)) is not None
    with pytest.raises(ChangedError) as caught:
        assign(study, STAGE, shares, seen.gets)
    assert caught.value.missing == 2
    assert given(study) == {}


def test_places_that_come_meanwhile_do_no_harm(study: m.Study, people: list[m.Enrollment]) -> None:
    """The numbers that were confirmed count, not the percents."""
    lay(study, 4, 1)
    shares = [Share(name(people[0]), percent=Decimal(50))]
    seen = preview(study, STAGE, shares)
    lay(study, 4, 1)
    assert assign(study, STAGE, shares, seen.gets) == 2
    assert len(given(study)[name(people[0])]) == 2


@pytest.mark.django_db(transaction=True)
def test_a_place_that_moves_while_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between looking and giving somebody takes a place: the next try gives others."""
    study = make.study()
    one, other = labeller(study), labeller(study)
    lay(study, 4, 2)
    give, calls = free_places.give, []

    def late(*given: object) -> list[int]:
        calls.append(given)
        if len(calls) == 1:
            together([partial(claim_other, other)])
        return give(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(free_places, "give", late)
    assert assign(study, STAGE, [Share(name(one), count=4)], [4]) == 4
    assert len(calls) == 2
    assert len(set(given(study)[name(one)])) == 4


@pytest.mark.django_db(transaction=True)
def test_claims_while_it_is_shared() -> None:
    """Everybody claims while two researchers share: no place twice, no sheet twice, no quota over."""
    study = make.study()
    lay(study, 12, 2)
    people = [labeller(study) for _ in range(8)]
    shares = [[Share(name(one), count=4)] for one in people[:2]]

    def sharing(mine: list[Share]) -> int:
        try:
            return assign(study, STAGE, mine, [4])
        except ChangedError:
            return 0

    acts = [partial(claim_other, one) for one in people * 2]
    told = together([*acts[:8], *(partial(sharing, one) for one in shares), *acts[8:]])
    promised = [one for one in told if isinstance(one, int)]
    taken = m.Slot.objects.filter(rater__isnull=False)
    assert Counter(taken.values_list("rater", flat=True)) == {rater_of(p).pk: 1 for p in people}
    for one, many in zip(people[:2], promised, strict=True):
        mine = m.Slot.objects.filter(reserved_for=rater_of(one))
        assert mine.count() == many
        touched = list(mine.filter(rater=None).values_list("sheet", flat=True))
        touched += m.Slot.objects.filter(rater=rater_of(one)).values_list("sheet", flat=True)
        assert len(touched) == len(set(touched))
    assert set(m.Sheet.objects.annotate(n=Count("slots")).values_list("n", flat=True)) == {2}
    assert m.Slot.objects.count() == 24


def test_it_costs_the_same_with_many(study: m.Study) -> None:
    """More sheets and more people: as many statements."""
    costs = []
    for many in (2, 20):
        people = [labeller(study) for _ in range(many)]
        for one in people:
            rater_of(one)
        lay(study, many, 2)
        shares = [Share(name(one), count=1) for one in people]
        with CaptureQueriesContext(connection) as queries:
            shared(study, shares)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_laid_sheets_are_shared(study: m.Study, people: list[m.Enrollment]) -> None:
    """The strangers' places at a sheet of somebody on the whole way; never the owner's own."""
    laid.review(make.enrolled(study=study, part="review"))
    seen = preview(study, "review", [Share(name(one)) for one in people])
    assert (seen.free, seen.gets) == (study.strangers, (1, 1, 1))
