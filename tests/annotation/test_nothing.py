"""Why somebody gets no sheet: each reason by a situation that leads there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation import models as m
from annotation.assignment import claim_other, give_back
from annotation.leaving import withdraw
from annotation.models.slot import LapseReason
from annotation.nothing import Nothing, Reason, why
from annotation.sheets import lay_comparison, lay_relevance
from tests import factories as make
from tests import laid
from tests.labelling import another, fill, labeller, study_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled()


def reason(person: m.Enrollment) -> Reason:
    """Return why there is nothing, for somebody who has just been refused a sheet."""
    assert claim_other(person) is None
    person.refresh_from_db()
    return why(person).reason


def test_nothing_was_laid(owner: m.Enrollment) -> None:
    """Peers 11: an empty study does not say that all is done."""
    assert reason(labeller(owner)) == "no_sheets"
    # What waits in another study is nothing here.
    laid.review(make.enrolled())
    assert reason(labeller(owner)) == "no_sheets"


def test_others_hold_what_is_left(owner: m.Enrollment) -> None:
    """Peers 5: it is waiting, with the time of the next release, and not the end."""
    study_of(owner, strangers=2)
    laid.review(owner)
    held = [fill(another(owner), send=False) for _ in range(2)]
    first = timezone.now() + timedelta(minutes=12)
    m.Slot.objects.filter(pk=held[1].pk).update(leased_until=first)
    person = labeller(owner)
    assert reason(person) == "waiting"
    assert why(person) == Nothing(Reason.WAITING, first)


def test_the_machine_prepares_the_persons_own_part(owner: m.Enrollment) -> None:
    owner.waiting_since = timezone.now()
    owner.part = "review"
    owner.save()
    assert why(owner) == Nothing(Reason.WAITING)


def test_a_sheet_is_kept_for_the_person_until_later(owner: m.Enrollment) -> None:
    """A repeat on another day: that is when to come back."""
    person = labeller(owner)
    sheet = laid.review(owner)
    fill(person)
    tomorrow = timezone.now() + timedelta(days=1)
    again = make.slot(sheet=sheet, purpose="repeat", occasion=1, reserved_for=laid.rater(person))
    m.Slot.objects.filter(pk=again.pk).update(not_before=tomorrow)
    assert reason(person) == "waiting"
    assert why(person).at == tomorrow


def test_all_places_are_answered(owner: m.Enrollment) -> None:
    """Peers 18: a quota above the pool is legal; whoever is left over is told so."""
    study_of(owner, strangers=2)
    laid.review(owner)
    for _ in range(2):
        fill(another(owner))
    assert reason(labeller(owner)) == "quota"


def test_the_person_has_answered_what_is_left(owner: m.Enrollment) -> None:
    laid.review(owner)
    person = labeller(owner)
    fill(person)
    assert reason(person) == "excluded"


@pytest.mark.parametrize("left", [LapseReason.SKIPPED, LapseReason.RETURNED])
def test_the_person_has_skipped_what_is_left(owner: m.Enrollment, left: LapseReason) -> None:
    """A skipped sheet is nobody's business any more; a returned one may be had again."""
    laid.review(owner)
    person = labeller(owner)
    slot = fill(person, send=False)
    give_back(person, slot.pk, left)
    if left is LapseReason.SKIPPED:
        assert reason(person) == "excluded"
    else:
        assert claim_other(person) == slot


def test_what_is_left_is_the_persons_own(owner: m.Enrollment) -> None:
    """Somebody who owns sheets here and labels as well."""
    laid.review(owner)
    owner.part, owner.way = "others", "labels"
    owner.save()
    assert reason(owner) == "excluded"


def test_what_is_left_is_kept_for_somebody_else(owner: m.Enrollment) -> None:
    """A named person's places never come to others by waiting."""
    study_of(owner, strangers=1)
    sheet = laid.review(owner)
    other = laid.rater(another(owner))
    sheet.slots.filter(role="third_party").update(reserved_for=other)
    assert reason(labeller(owner)) == "excluded"


def test_a_later_stage_waits_for_an_earlier_one(owner: m.Enrollment) -> None:
    """Comparisons wait for what strangers say of the same query: peers 11, none is open yet."""
    study_of(owner, strangers=1)
    attributes = laid.attributes_of(owner)
    query = make.query(study=owner.study)
    lay_relevance(owner, [make.relevance_pair(attribute=one, query=query) for one in attributes])
    lay_comparison(owner, make.response_pair(query=query, of=owner.participant), attributes)
    first, second = labeller(owner), labeller(owner)
    slot = fill(first, send=False)
    assert reason(second) == "waiting"
    m.Slot.objects.filter(pk=slot.pk).update(reserved_for=laid.rater(first))
    assert reason(second) == "not_open"


@pytest.mark.parametrize("how", ["flagged", "scope"])
def test_sheets_that_strangers_may_not_see(owner: m.Enrollment, how: str) -> None:
    """A stage is laid, and withheld."""
    sheet = laid.review(owner)
    if how == "flagged":
        m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at=timezone.now())
    else:
        owner.scopes = ["use"]
        owner.save()
    assert reason(labeller(owner)) == "not_open"


def test_places_of_somebody_who_withdrew_promise_nothing(owner: m.Enrollment) -> None:
    """They are withheld for ever: what was answered is the end of it."""
    study_of(owner, strangers=1)
    laid.review(owner)
    fill(another(owner))
    gone = make.enrolled(study=owner.study)
    laid.review(gone)
    withdraw(gone)
    assert reason(labeller(owner)) == "quota"


def test_the_person_is_done(owner: m.Enrollment) -> None:
    """By the end, and also where a researcher asks for fewer sheets than were sent already."""
    laid.review(owner)
    laid.relevance(owner)
    person = labeller(owner)
    fill(person)
    study_of(owner, sheets_each=1)
    person = m.Enrollment.objects.select_related("study").get(pk=person.pk)
    assert why(person).reason == "done"
    person.finished_at = timezone.now()
    assert why(person).reason == "done"


def test_the_order_of_the_reasons(owner: m.Enrollment) -> None:
    """Each one hides those that come after it, so that nobody hears the end where there is a wait."""
    study_of(owner, strangers=1)
    laid.review(owner)
    fill(another(owner))
    person = labeller(owner)
    assert reason(person) == "quota"
    own = make.enrolled(study=owner.study)
    m.Sheet.objects.create(study=owner.study, stage="review", owner=laid.rater(person))
    make.slot(sheet=m.Sheet.objects.get(owner=laid.rater(person)))
    assert reason(person) == "excluded"
    laid.relevance(own)
    fill(another(owner), send=False)
    assert reason(person) == "waiting"
    m.Enrollment.objects.filter(pk=person.pk).update(finished_at=timezone.now())
    assert reason(person) == "done"


def test_it_costs_the_same_in_a_large_study(
    owner: m.Enrollment, django_assert_max_num_queries: object
) -> None:
    """A few look-ups, however many sheets there are and however many the person has answered."""
    person = labeller(owner)
    fits: list[int] = []
    for _ in range(3):
        for _sheet in range(3):
            laid.review(make.enrolled(study=owner.study))
        while claim_other(person) is not None:
            fill(person)
        person = m.Enrollment.objects.select_related("study", "participant__rater").get(
            pk=person.pk
        )
        with django_assert_max_num_queries(5) as asked:  # type: ignore[operator]
            why(person)
        fits.append(len(asked))
    assert len(set(fits)) == 1
