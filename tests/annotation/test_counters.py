"""What is kept all along is what the rows say: after a storm, too; and what is wrong is found."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

from annotation import lanes
from annotation import models as m
from annotation.assignment import SheetError, claim_ahead, claim_other, claim_own, give_back, submit
from annotation.counters import Mismatch, check, mend
from annotation.leaving import stop, withdraw
from annotation.models.slot import LapseReason
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import answers, claimed, together

pytestmark = pytest.mark.django_db

THREADS, ACTS, SEED = 4, 35, 20261122


@dataclass
class Storm:
    """A study in which everything happens at once, and how often each thing happened."""

    study: m.Study
    owners: list[m.Enrollment]
    strangers: list[m.Enrollment]
    done: Counter[str] = field(default_factory=Counter)

    def blow(self, seed: int) -> None:
        """Do many things one after the other, as the seed says; a refusal is nothing."""
        numbers = Random(seed)
        acts: dict[Callable[[Random], object], int] = {
            self.claim: 12,
            self.send: 12,
            self.skip: 3,
            self.flag: 1,
            self.let_lapse: 4,
            self.unhide: 2,
            self.rescope: 2,
            self.raise_places: 2,
            self.delete: 1,
            self.leave: 1,
            self.spoil_and_mend: 1,
        }
        for act in numbers.choices(list(acts), list(acts.values()), k=ACTS):
            try:
                happened = act(numbers)
            except SheetError:
                continue
            if happened:
                self.done[act.__name__] += 1

    def claim(self, numbers: Random) -> object:
        claim = numbers.choice([claim_own, claim_other, claim_other, claim_other, claim_ahead])
        return claim(self.anybody(numbers))

    def send(self, numbers: Random) -> object:
        """Send a sheet that somebody has, or once had."""
        person = self.anybody(numbers)
        slot = self.held(person) or self.lost(person, numbers)
        return slot and submit(person, slot.pk, answers(slot))

    def skip(self, numbers: Random) -> object:
        return self.give_back(numbers, LapseReason.SKIPPED)

    def flag(self, numbers: Random) -> object:
        return self.give_back(numbers, LapseReason.FLAGGED)

    def let_lapse(self, numbers: Random) -> object:
        mine = m.Slot.objects.filter(rater=laid.rater(self.anybody(numbers)), submitted_at=None)
        mine.update(leased_until=timezone.now())
        return lanes.expire()

    def unhide(self, numbers: Random) -> object:
        hidden = m.Sheet.objects.filter(hidden_at__isnull=False)
        return hidden.filter(pk=self.any_sheet(numbers)).update(hidden_at=None)

    def rescope(self, numbers: Random) -> object:
        scopes = numbers.choice([["use"], ["use", "show"], ["use", "show"]])
        who = numbers.choice(self.owners)
        return m.Enrollment.objects.filter(pk=who.pk).update(scopes=scopes)

    def raise_places(self, numbers: Random) -> object:
        with transaction.atomic():
            sheets = m.Sheet.objects.select_for_update(no_key=True)
            sheet = sheets.get(pk=self.any_sheet(numbers))
            places = sheet.slots.filter(role="third_party")
            last = places.aggregate(last=Max("ordinal"))["last"]
            return make.slot(sheet=sheet, ordinal=0 if last is None else last + 1)

    def delete(self, numbers: Random) -> object:
        with transaction.atomic():
            free = m.Slot.objects.filter(rater=None, role="third_party", lapses=None)
            slot = free.select_for_update(of=("self",), skip_locked=True).first()
            return slot and slot.delete()

    def leave(self, numbers: Random) -> object:
        return numbers.choice([stop, withdraw])(self.anybody(numbers))

    def spoil_and_mend(self, numbers: Random) -> object:
        """Others go on meanwhile, and what they do is counted as well."""
        spoil(numbers.choice(PLACES))
        m.Enrollment.objects.filter(pk=self.anybody(numbers).pk).update(others_sent=7)
        return mend()

    def anybody(self, numbers: Random) -> m.Enrollment:
        who = numbers.choice([*self.owners, *self.strangers, *self.strangers])
        return m.Enrollment.objects.select_related("study").get(pk=who.pk)

    def held(self, person: m.Enrollment) -> m.Slot | None:
        return m.Slot.objects.filter(rater=laid.rater(person), submitted_at=None).first()

    def lost(self, person: m.Enrollment, numbers: Random) -> m.Slot | None:
        lapses = list(m.Lapse.objects.filter(rater=laid.rater(person)).order_by("pk"))
        return numbers.choice(lapses).slot if lapses else None

    def any_sheet(self, numbers: Random) -> int:
        return numbers.choice(m.Sheet.objects.order_by("pk").values_list("pk", flat=True))

    def give_back(self, numbers: Random, why: LapseReason) -> object:
        person = self.anybody(numbers)
        slot = self.held(person)
        if slot is not None:
            give_back(person, slot.pk, why)
        return slot


PLACES = ("free", "leased", "submitted", "withheld")


def spoil(counter: str, by: int = 1) -> m.Tally:
    """Let a number of the oldest lane be wrong."""
    tally = m.Tally.objects.order_by("lane", "shard")[0]
    m.Tally.objects.filter(pk=tally.pk).update(**{counter: F(counter) + by})
    return tally


def wrong(found: list[Mismatch]) -> list[tuple[str, int]]:
    """Return which numbers are wrong, and by how much."""
    return [(one.counter, one.kept - one.counted) for one in found]


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="review")


@pytest.fixture
def stranger(owner: m.Enrollment) -> m.Enrollment:
    """Somebody who has sent one sheet of two, and let the other one lapse."""
    person = make.enrolled(study=owner.study, way="labels", part="others")
    laid.review(owner)
    laid.relevance(owner)
    slot = claimed(person)
    submit(person, slot.pk, answers(slot))
    laid.expire(claimed(person))
    lanes.expire()
    return person


@pytest.mark.django_db(transaction=True)
def test_numbers_are_exact_after_a_storm() -> None:
    """Four threads claim, send, skip, flag, lapse, leave, hide, show, add, delete and mend."""
    study = make.study()
    owners = [make.enrolled(study=study, part="review") for _ in range(4)]
    strangers = [make.enrolled(study=study, way="labels", part="others") for _ in range(10)]
    m.Study.objects.update(sheets_each=50)
    for owner in owners:
        laid.review(owner)
        laid.relevance(owner)
        laid.comparison(owner)
    for person in (*owners, *strangers):
        laid.rater(person)
    storm = Storm(study, owners, strangers)
    together([lambda seed=SEED + n: storm.blow(seed) for n in range(THREADS)])  # type: ignore[misc]
    assert check() == []
    kept = m.Tally.objects.aggregate(*map(Sum, ("submitted", "lapsed")))
    assert kept["submitted__sum"] > 0
    assert kept["lapsed__sum"] == m.Lapse.objects.count() > 0
    never = {"claim", "send", "skip", "let_lapse", "raise_places", "rescope"} - set(storm.done)
    assert not never, "the storm was too quiet to show anything"


@pytest.mark.parametrize("counter", PLACES)
def test_a_wrong_number_of_a_lane_is_found_and_mended(stranger: m.Enrollment, counter: str) -> None:
    """In its lane alone, by name; the others stay as they were."""
    assert check() == []
    lane = spoil(counter, 3).lane
    (found,) = check(stranger.study)
    assert (found.counter, found.kept - found.counted, found.lane) == (counter, 3, lane.pk)
    assert (found.stage, found.role, found.purpose) == (lane.stage, lane.role, lane.purpose)
    assert found.study == stranger.study.name
    assert mend() == [found]
    assert check() == []
    assert mend() == []


def test_a_number_that_was_lost_is_mended(stranger: m.Enrollment) -> None:
    """Even where a lane has no counters any more."""
    m.Tally.objects.all().delete()
    lost = Counter(one.counter for one in check())
    assert set(lost) == {"free", "submitted", "lapsed"}
    mend()
    assert check() == []


def test_lapses_are_compared_across_lanes(stranger: m.Enrollment) -> None:
    """The lapse was counted in the lane of then, and its place stands in another one now."""
    lapse = m.Lapse.objects.get()
    assert not m.Tally.objects.filter(lane=lapse.slot.lane, lapsed__gt=0).exists() or (
        lapse.slot.lane.returned
    )
    assert check() == []
    spoil("lapsed", -1)
    (found,) = check()
    assert (found.counter, found.kept, found.counted) == ("lapsed", -1, 0)
    mend()
    assert check() == []


def test_what_a_person_sent_is_counted_again(stranger: m.Enrollment) -> None:
    m.Enrollment.objects.filter(pk=stranger.pk).update(others_sent=F("others_sent") + 1)
    (found,) = check()
    assert (found.counter, found.kept, found.counted) == ("others_sent", 2, 1)
    assert found.person == stranger.participant.pseudonym
    assert mend() == [found]
    stranger.refresh_from_db()
    assert stranger.others_sent == 1


def test_late_answers_are_counted_as_sent(stranger: m.Enrollment) -> None:
    """The sheet went to somebody else, and the work was done all the same."""
    lapse = m.Lapse.objects.get()
    m.Slot.objects.filter(pk=lapse.slot_id).update(
        rater=make.person_rater(), leased_until=timezone.now()
    )
    assert not submit(stranger, lapse.slot_id, answers(lapse.slot)).in_time
    stranger.refresh_from_db()
    assert stranger.others_sent == 2
    assert check() == []


def test_who_has_withdrawn_is_not_counted_again(stranger: m.Enrollment) -> None:
    """The places went to others; the number still tells what was done."""
    withdraw(stranger)
    stranger.refresh_from_db()
    assert stranger.others_sent == 1
    assert not m.Slot.objects.filter(rater=laid.rater(stranger)).exists()
    assert check() == []


def test_one_study_is_checked_alone(stranger: m.Enrollment) -> None:
    spoil("free")
    assert check(make.study()) == []
    assert mend(make.study()) == []
    assert wrong(check(stranger.study)) == [("free", 1)]
