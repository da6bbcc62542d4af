"""Strangers compare responses once strangers have said what matters to the query, and not before."""

from functools import partial
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from annotation import models as m
from annotation import plans, waves
from annotation.assignment import claim_other, give_back, submit
from annotation.leaving import withdraw
from annotation.models.slot import LapseReason
from annotation.sheets import lay_comparison, lay_relevance
from tests import factories as make
from tests import laid
from tests.annotation import strangers
from tests.annotation.strangers import answer, places
from tests.annotation.test_assignment import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> m.Enrollment:
    """Somebody in a study that asks two strangers about relevance, and three to compare."""
    return waiting()


def waiting() -> m.Enrollment:
    one = make.enrolled(part="comparison")
    plans.change(one.study, "relevance", strangers=2)
    return one


def relevance(owner: m.Enrollment, query: m.Query) -> m.Sheet:
    pairs = [make.relevance_pair(attribute=one, query=query) for one in laid.attributes_of(owner)]
    return lay_relevance(owner, pairs)


def comparison(owner: m.Enrollment, query: m.Query) -> m.Sheet:
    pair = make.response_pair(query=query, of=owner.participant)
    return lay_comparison(owner, pair, laid.attributes_of(owner))


def both(owner: m.Enrollment) -> tuple[m.Sheet, m.Sheet]:
    """Lay what matters to a query, and a comparison of responses to it."""
    query = make.query(study=owner.study)
    return relevance(owner, query), comparison(owner, query)


def complete(sheet: m.Sheet, codes: str = "11") -> None:
    for code in codes:
        answer(sheet, int(code))


def hide(sheet: m.Sheet, *, hidden: bool = True) -> None:
    sheet.hidden_at = timezone.now() if hidden else None
    sheet.save()


def test_a_comparison_opens_with_the_majority(owner: m.Enrollment) -> None:
    """Row 20: nobody compares before the panel has said what matters; then all places are there."""
    before, after = both(owner)
    assert places(after) == 0
    assert laid.own_slot(after).reserved_for == laid.rater(owner)
    assert waves.is_waiting(owner.study)
    answer(before)
    assert places(after) == 0
    answer(before)
    assert places(after) == 3
    assert not waves.is_waiting(owner.study)
    assert waves.open_now(owner.study) == waves.find_missed() == 0


def test_the_next_sheet_may_be_the_one_that_just_opened(owner: m.Enrollment) -> None:
    """Whoever completes the majority finds the comparison among what is left, in the same step."""
    before, after = both(owner)
    answer(before)
    person, slot = strangers.seat(before)
    sent = submit(person, slot.pk, strangers.told(before, 1))
    assert sent.next is not None
    assert sent.next.sheet == after


def test_only_the_same_person_and_query(owner: m.Enrollment) -> None:
    """The majority about another query, or about somebody else, opens nothing."""
    before, after = both(owner)
    other = make.enrolled(study=owner.study)
    _others, elsewhere = both(other)
    same_query = relevance(other, m.Query.objects.get(pk=before.shown["query"]))
    complete(both(owner)[0])
    complete(same_query)
    assert [places(after), places(elsewhere)] == [0, 0]


def test_each_query_has_a_majority_of_its_own(owner: m.Enrollment) -> None:
    """One opens while the other still waits."""
    first, second = both(owner), both(owner)
    complete(first[0])
    assert [places(first[1]), places(second[1])] == [3, 0]


def test_what_is_open_gets_no_more_places_by_opening(owner: m.Enrollment) -> None:
    """Another number is for sheets that are laid later, until somebody raises it for all."""
    before, after = both(owner)
    complete(before)
    plans.change(owner.study, "comparison", strangers=5)
    assert waves.open_now(owner.study) == waves.find_missed() == 0
    assert waves.force(owner.study, "comparison") == 0
    assert places(after) == 3


def test_what_comes_after_the_majority_opens_at_once(owner: m.Enrollment) -> None:
    """The owner is slower than the strangers."""
    query = make.query(study=owner.study)
    complete(relevance(owner, query))
    assert places(comparison(owner, query)) == 3


@pytest.mark.parametrize(
    "why", ["no sheet", "no strangers", "not planned", "strangers of the study"]
)
def test_there_may_be_nothing_to_wait_for(owner: m.Enrollment, why: str) -> None:
    """No relevance sheet of the query, no strangers asked there, or a plan that does not wait."""
    match why:
        case "no sheet":
            sheet = laid.comparison(owner)
        case "not planned":
            plans.change(owner.study, "comparison", after_majority=False)
            _before, sheet = both(owner)
        case "no strangers":
            _before, waits = both(owner)
            assert places(waits) == 0
            plans.change(owner.study, "relevance", strangers=0)
            _before, sheet = both(owner)
            assert waves.open_now(owner.study) == places(waits) == 3
        case _:
            plans.change(owner.study, "relevance", strangers=None)
            owner.study.strangers = 0
            owner.study.save()
            plans.change(owner.study, "comparison", strangers=3)
            _before, sheet = both(owner)
    assert places(sheet) == 3
    assert not waves.is_waiting(owner.study)


def test_the_extra_rater_belongs_to_the_majority(owner: m.Enrollment) -> None:
    """Where the two do not agree, the comparison waits for the third as well."""
    plans.change(owner.study, "relevance", extra_most=1)
    before, after = both(owner)
    complete(before, "10")
    assert strangers.extras(before) == 1
    assert places(after) == 0
    assert waves.open_now(owner.study) == 0
    answer(before)
    assert places(after) == 3


def test_two_sheets_about_one_query(owner: m.Enrollment) -> None:
    """Attributes that were put beside the query later are waited for as well."""
    query = make.query(study=owner.study)
    first, second = relevance(owner, query), relevance(owner, query)
    sheet = comparison(owner, query)
    complete(first)
    assert places(sheet) == 0
    complete(second)
    assert places(sheet) == 3


def test_several_comparisons_of_one_query(owner: m.Enrollment) -> None:
    query = make.query(study=owner.study)
    before = relevance(owner, query)
    sheets = [comparison(owner, query), comparison(owner, query)]
    complete(before)
    assert [places(sheet) for sheet in sheets] == [3, 3]


def test_a_flagged_sheet_is_no_majority(owner: m.Enrollment) -> None:
    """Row 21: what rests on it stays closed until a researcher has looked at it."""
    before, after = both(owner)
    complete(before)
    m.Slot.objects.filter(sheet=after, role="third_party").delete()
    hide(before)
    assert waves.open_now(owner.study) == waves.find_missed() == 0
    assert waves.is_waiting(owner.study)
    hide(before, hidden=False)
    assert waves.open_now(owner.study) == 3


def test_a_flag_by_the_last_stranger_keeps_it_shut(owner: m.Enrollment) -> None:
    """Row 21; and `force` is the way out."""
    before, after = both(owner)
    answer(before)
    person, slot = strangers.seat(before)
    give_back(person, slot.pk, LapseReason.FLAGGED)
    assert places(after) == waves.open_now(owner.study) == 0
    assert waves.force(owner.study, "comparison") == 3
    assert places(after) == 3


def test_a_hidden_comparison_opens_when_it_is_shown(owner: m.Enrollment) -> None:
    """Row 21: a flagged comparison gets no strangers, and nobody is told to wait for it."""
    before, after = both(owner)
    hide(after)
    assert not waves.is_waiting(owner.study)
    complete(before)
    assert places(after) == waves.force(owner.study, "comparison") == 0
    hide(after, hidden=False)
    assert waves.find_missed() == 3


def test_an_owner_who_does_not_show(owner: m.Enrollment) -> None:
    """Nobody waits for sheets that no stranger may see, and nothing opens them."""
    m.Enrollment.objects.filter(pk=owner.pk).update(scopes=["use"])
    _before, after = both(owner)
    assert not waves.is_waiting(owner.study)
    assert waves.open_now(owner.study) == waves.force(owner.study, "comparison") == 0
    assert places(after) == 0


def test_an_owner_who_leaves(owner: m.Enrollment) -> None:
    before, after = both(owner)
    answer(before)
    person, slot = strangers.seat(before)
    withdraw(owner)
    submit(person, slot.pk, strangers.told(before, 1))
    assert places(after) == 0
    assert not waves.is_waiting(owner.study)


def test_a_stranger_who_leaves(owner: m.Enrollment) -> None:
    """The majority is not there any more for what is still closed; what was opened stays open."""
    before, after = both(owner)
    leaver = strangers.someone(owner.study)
    answer(before, by=leaver)
    answer(before)
    withdraw(leaver)
    assert places(after) == 3
    query = m.Query.objects.get(pk=before.shown["query"])
    later = comparison(owner, query)
    assert places(later) == 0
    answer(before)
    assert [places(after), places(later)] == [3, 3]


def test_a_higher_number_waits_too(owner: m.Enrollment) -> None:
    """More strangers about relevance: what is closed waits for them; what is open gets its own."""
    before, after = both(owner)
    plans.raise_places(owner.study, "relevance", 3)
    complete(before)
    assert places(after) == 0
    assert plans.raise_places(owner.study, "comparison", 4) == 0
    answer(before)
    assert places(after) == 4
    plans.raise_places(owner.study, "relevance", 4)
    assert plans.raise_places(owner.study, "comparison", 5) == 1
    assert places(after) == 5


def test_opening_by_force(owner: m.Enrollment) -> None:
    """All that is closed opens; the plan stays, and what comes later waits again."""
    sheets = [both(owner)[1] for _ in range(3)]
    assert waves.force(owner.study, "comparison") == 9
    assert [places(one) for one in sheets] == [3, 3, 3]
    assert waves.force(owner.study, "comparison") == 0
    assert places(both(owner)[1]) == 0


def test_opening_by_force_is_for_one_study(owner: m.Enrollment) -> None:
    _before, elsewhere = both(waiting())
    assert waves.force(owner.study, "comparison") == 0
    assert places(elsewhere) == 0


def test_what_was_missed_is_found(owner: m.Enrollment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also behind the newest ones, wherever the stretch begins; and not in a closed study."""
    monkeypatch.setattr(waves, "STRETCH", 1)
    sheets = [both(owner) for _ in range(3)]
    m.Slot.objects.filter(sheet__stage="relevance", role="third_party").delete()
    closed = waiting()
    _before, elsewhere = both(closed)
    m.Slot.objects.filter(sheet__stage="relevance", role="third_party").delete()
    closed.study.closed_at = timezone.now()
    closed.study.save()
    assert waves.find_missed() >= 3
    while any(places(after) == 0 for _before, after in sheets):
        waves.find_missed()
    assert places(elsewhere) == 0


def test_comparisons_of_nobody_wait_for_nothing(owner: m.Enrollment) -> None:
    """An imported comparison without an owner, beside an imported sheet about the same query."""
    shown = {"query": make.query(study=owner.study).pk}
    for stage in ("relevance", "comparison"):
        sheet = m.Sheet.objects.create(study=owner.study, stage=stage, shown=shown)
        plans.lay_places(sheet)
    assert places(sheet) == 3
    answer(m.Sheet.objects.get(stage="relevance"))
    assert places(sheet) == 3


def test_checks_are_no_majority(owner: m.Enrollment) -> None:
    """A training sheet about the same person and query is not waited for."""
    query = make.query(study=owner.study)
    check = relevance(owner, query)
    m.Sheet.objects.filter(pk=check.pk).update(use="training")
    assert places(comparison(owner, query)) == 3


@pytest.mark.django_db(transaction=True)
def test_the_last_two_at_the_same_moment() -> None:
    """Two complete the majority together, while others claim: it opens, and each place is there once."""
    owner = waiting()
    for _round in range(3):
        before, after = both(owner)
        seats = [strangers.seat(before) for _ in range(2)]
        send = [
            partial(submit, person, slot.pk, strangers.told(before, 1)) for person, slot in seats
        ]
        together([*send, partial(waves.open_now, owner.study), waves.find_missed])
        waves.find_missed()
        laid_there = after.slots.filter(role="third_party").order_by("ordinal")
        assert list(laid_there.values_list("ordinal", flat=True)) == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_laying_while_the_majority_comes_about() -> None:
    """The comparison is laid as the last stranger sends: whoever is second opens it, nobody misses it."""
    owner = waiting()
    for _round in range(4):
        query = make.query(study=owner.study)
        before = relevance(owner, query)
        answer(before)
        person, slot = strangers.seat(before)
        send = partial(submit, person, slot.pk, strangers.told(before, 1))
        together([send, partial(comparison, owner, query)])
        after = m.Sheet.objects.filter(stage="comparison").latest("pk")
        assert places(after) == 3
    assert claim_other(strangers.someone(owner.study)) is not None


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_changes_meanwhile() -> None:
    """The last stranger does not wait for who changes the plan; what opens then has the new number."""
    owner = waiting()
    before, after = both(owner)
    answer(before)
    changed, sent = Event(), Event()

    def change() -> None:
        with transaction.atomic():
            plans.change(owner.study, "comparison", strangers=5)
            changed.set()
            assert sent.wait(60)

    def send() -> None:
        assert changed.wait(60)
        answer(before)
        sent.set()

    together([change, send])
    assert places(after) == 0
    assert waves.find_missed() == places(after) == 5


@pytest.mark.django_db(transaction=True)
def test_a_comparison_that_is_hidden_meanwhile() -> None:
    """Row 21: whoever hides it is not waited for, and it gets no places that anybody could take."""
    owner = waiting()
    before, after = both(owner)
    answer(before)
    hidden, sent = Event(), Event()

    def conceal() -> None:
        with transaction.atomic():
            hide(after)
            hidden.set()
            assert sent.wait(60)

    def send() -> None:
        assert hidden.wait(60)
        answer(before)
        sent.set()

    together([conceal, send])
    assert places(after) == waves.find_missed() == 0
    hide(after, hidden=False)
    assert waves.find_missed() == 3
