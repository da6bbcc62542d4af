"""Any order of claiming, sending, skipping, leaving and coming late: no place is given out twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from annotation import counters, lanes, leaving, plans
from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import (
    MOST_OPEN,
    Refusal,
    SheetError,
    beat,
    claim_ahead,
    claim_other,
    claim_own,
    give_back,
    hold,
    submit,
)
from annotation.models.slot import LapseReason
from tests import factories as make
from tests import laid
from tests.fire import checks
from tests.fire.crowd import Answered, Crowd
from tests.fire.servers import Direct, Servers
from tests.fire.trouble import Trouble
from tests.fire.world import build
from tests.running import until
from tests.workers import environment

pytestmark = pytest.mark.django_db
T = TypeVar("T")

STRANGERS, OWNERS, STAGE = 4, 2, "relevance"
people = st.integers(0, STRANGERS - 1)
anybody = st.integers(0, STRANGERS + OWNERS - 1)
kept = st.integers(0, 5)


class Claims(RuleBasedStateMachine):
    """Two owners with two sheets each, and four strangers, who keep the pages that they had open."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.journal: dict[tuple[int, int], Answered] = {}
        # The pages that each person has had open: the place and its sheet.
        self.pages: dict[int, list[m.Slot]] = {}
        self.reopened: Counter[int] = Counter()

    def teardown(self) -> None:
        """Let nothing of this example be there for the next."""
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(quota=st.integers(1, 3), extra=st.integers(0, 1))
    def lay(self, quota: int, extra: int) -> None:
        self.study = make.study()
        self.study.strangers = self.quota = quota
        self.study.sheets_each = 100
        self.study.save()
        m.Plan.objects.create(
            study=self.study, stage=STAGE, strangers=quota, extra_most=extra, after_majority=False
        )
        self.owners = [make.enrolled(study=self.study, part=STAGE) for _ in range(OWNERS)]
        for owner in self.owners:
            for _sheet in range(2):
                laid.relevance(owner, "The user sails.")
        self.people = [
            *(
                make.enrolled(study=self.study, way="labels", part="others")
                for _ in range(STRANGERS)
            ),
            *self.owners,
        ]

    def page(self, number: int, at: int) -> tuple[m.Enrollment, m.Slot] | None:
        """Return a page that somebody had open once."""
        pages = self.pages.get(number)
        return (self.people[number], pages[at % len(pages)]) if pages else None

    def opened(self, number: int, slot: m.Slot | None) -> None:
        if slot is not None:
            pages = self.pages.setdefault(number, [])
            if slot not in pages:
                pages.append(slot)

    def has_left(self, person: m.Enrollment) -> bool:
        person.refresh_from_db()
        return person.withdrawn_at is not None

    def held(self, person: m.Enrollment) -> int:
        """Return how many sheets of others a person has open now."""
        places = m.Slot.objects.filter(rater=laid.rater(person), role="third_party")
        return places.filter(submitted_at=None, offered=True).count()

    @rule(number=anybody)
    def claim(self, number: int) -> None:
        """Somebody gets what they have, or something new; None means that nothing is there."""
        person = self.people[number]
        if self.has_left(person):
            assert attempt(partial(claim_other, person)) is Refusal.LEFT
            return
        had = self.held(person)
        slot = claim_other(person)
        if slot is None:
            # Whoever found nothing does not look from the start again for some seconds.
            checks.later(self.study.pk)
            slot = claim_other(person)
        self.opened(number, slot)
        assert (slot is not None) or not (had or checks.free(self.study.pk, person.pk))
        assert self.held(person) == max(had, int(slot is not None))

    @rule(number=people)
    def claim_in_advance(self, number: int) -> None:
        person = self.people[number]
        if not self.has_left(person):
            had = self.held(person)
            self.opened(number, claim_ahead(person))
            assert self.held(person) in (had, MOST_OPEN)

    @rule(number=st.integers(STRANGERS, STRANGERS + OWNERS - 1))
    def claim_own_sheet(self, number: int) -> None:
        if not self.has_left(self.people[number]):
            self.opened(number, claim_own(self.people[number]))

    @rule(number=anybody, at=kept, code=st.sampled_from([1, 1, 1, 0]))
    def send(self, number: int, at: int, code: int) -> None:
        """Press Send on any page, however old: what is taken stays, and is surplus only if too late."""
        found = self.page(number, at)
        if found is None:
            return
        (person, slot), rater = found, laid.rater(found[0])
        slot.refresh_from_db()
        values = dict.fromkeys(slot.sheet.items.values_list("pk", flat=True), code)
        first = self.journal.get((person.pk, slot.sheet_id))
        lost = (
            slot.rater_id not in (None, rater.pk)
            and not slot.sheet.slots.filter(rater=rater, occasion=slot.occasion).exists()
        )
        flagged = m.Lapse.objects.filter(sheet=slot.sheet_id, rater=rater, why="flagged").exists()
        sent = attempt(partial(submit, person, slot.pk, Answers(values)))
        if isinstance(sent, Refusal):
            again = first is not None and first.values != values
            assert sent in {
                *([Refusal.LEFT] if self.has_left(person) else []),
                *([Refusal.TAKEN_AWAY] if flagged else []),
                *([Refusal.SENT] if again else []),
            }
            return
        self.opened(number, sent.next)
        if first is None:
            assert sent.in_time is not lost
            answered = Answered(person.pk, slot.sheet_id, values, sent.in_time)
            self.journal[person.pk, slot.sheet_id] = answered
        else:
            assert (first.values, first.in_time) == (values, sent.in_time)

    @rule(number=anybody, at=kept, why=st.sampled_from([LapseReason.SKIPPED, LapseReason.FLAGGED]))
    def give_a_page_back(self, number: int, at: int, why: LapseReason) -> None:
        if (found := self.page(number, at)) is None:
            return
        person, slot = found
        done = attempt(partial(give_back, person, slot.pk, why))
        was_sent = (person.pk, slot.sheet_id) in self.journal
        assert done == (
            Refusal.LEFT if self.has_left(person) else Refusal.SENT if was_sent else None
        )

    @rule(number=anybody, at=kept)
    def look_at_a_page(self, number: int, at: int) -> None:
        """Open an old page again: the place is there, or somebody else has it."""
        if (found := self.page(number, at)) is None:
            return
        person, slot = found
        had = self.held(person)
        place = attempt(partial(hold, person, slot.pk))
        assert place is not Refusal.NOT_THEIRS
        if isinstance(place, m.Slot):
            self.opened(number, place)
            self.reopened[number] += self.held(person) > had
        beat(person, slot.pk)

    @rule(at=kept, over=st.booleans())
    def time_passes(self, at: int, over: bool) -> None:
        """Let the time of a lease be over; the task of each minute comes by, or not yet."""
        leased = m.Slot.objects.filter(
            sheet__study=self.study, rater__isnull=False, submitted_at=None
        ).order_by("pk")
        for slot in leased[at : at + 2]:
            laid.expire(slot)
        if over:
            lanes.expire(self.study.pk)

    @rule()
    def show_flagged_sheets(self) -> None:
        """Show them again, and lay what could not be laid meanwhile."""
        flagged = m.Sheet.objects.filter(study=self.study, hidden_at__isnull=False)
        for sheet in flagged.filter(owner__participant__enrollments__withdrawn_at=None):
            m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at=None)
        plans.raise_places(self.study, STAGE, self.quota)

    @rule()
    def raise_the_quota(self) -> None:
        if self.quota < STRANGERS:
            self.quota += 1
            m.Study.objects.filter(pk=self.study.pk).update(strangers=self.quota)
            self.show_flagged_sheets()

    @rule(number=anybody)
    def withdraw(self, number: int) -> None:
        """Somebody leaves, of five who want to: else nobody would be left."""
        gone = m.Enrollment.objects.filter(study=self.study, withdrawn_at__isnull=False)
        if gone.count() < 2:
            leaving.withdraw(self.people[number])
            self.pages.pop(number, None)

    @invariant()
    def nothing_is_wrong(self) -> None:
        """Row 6: the quota is exact, and everything else that must hold after a storm holds now."""
        if not hasattr(self, "study"):
            return
        wrong = checks.faults(self.study.pk, self.quota)
        assert not {name: count for name, count in wrong.items() if count}
        assert not checks.lost(self.study.pk, self.journal.values())
        for number, person in enumerate(self.people):
            assert self.held(person) <= MOST_OPEN + self.reopened[number]


def attempt(act: Callable[[], T]) -> T | Refusal:
    """Return what becomes of it, or why it is refused."""
    try:
        return act()
    except SheetError as error:
        return error.why


def test_any_order_of_claims() -> None:
    run_state_machine_as_test(
        Claims, settings=settings(max_examples=20, stateful_step_count=25, deadline=None)
    )


def waits() -> bool:
    """Return whether somebody waits for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def meanwhile(first: Callable[[], object], then: Callable[[], object], act: Callable[[], T]) -> T:
    """Do `first`, let somebody else act until they wait for it, do `then`, and commit both."""

    def alone() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            done = pool.submit(alone)
            until(lambda: waits() or done.done())
            then()
        return done.result()


def stranger(like: m.Enrollment) -> m.Enrollment:
    return make.enrolled(study=like.study, way="labels", part="others")


def claimed(person: m.Enrollment) -> m.Slot:
    slot = claim_other(person)
    assert slot is not None
    return slot


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [claim_other, hold])
def test_a_place_that_is_freed_while_its_holder_comes_back(act: Callable[..., m.Slot]) -> None:
    """Overdue, and freed at the moment at which its holder opens the page: it is leased anew."""
    owner = make.enrolled()
    laid.relevance(owner)
    person = stranger(owner)
    slot = claimed(person)
    laid.expire(slot)
    back = partial(act, person, slot.pk) if act is hold else partial(act, person)
    again = meanwhile(partial(lanes.expire, owner.study_id), lambda: None, back)
    again.refresh_from_db()
    assert again.rater == laid.rater(person)
    assert m.Lapse.objects.get().why == "expired"


@pytest.mark.django_db(transaction=True)
def test_a_sheet_is_flagged_while_somebody_hides_it() -> None:
    """Both lock the sheet before its places: none waits for the other in a circle."""
    owner = make.enrolled()
    sheet = laid.relevance(owner)
    person = stranger(owner)
    slot = claimed(person)
    row = m.Sheet.objects.filter(pk=sheet.pk)
    meanwhile(
        lambda: row.select_for_update(no_key=True).get(),
        lambda: row.update(hidden_at=timezone.now()),
        partial(give_back, person, slot.pk, LapseReason.FLAGGED),
    )
    slot.refresh_from_db()
    assert (slot.rater, slot.offered) == (None, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", [True, False])
def test_two_people_who_label_for_each_other_leave_at_one_moment(first: bool) -> None:
    """Each frees places at the other's sheets and hides their own: none waits in a circle.

    Nor do they where these are the first places of the study that are given up.
    """
    two = [make.enrolled() for _ in range(1)]
    two.append(make.enrolled(study=two[0].study))
    for owner in two:
        for _sheet in range(4):
            laid.relevance(owner)
    for person in two:
        for _sheet in range(4):
            slot = claimed(person)
            items = slot.sheet.items.values_list("pk", flat=True)
            submit(person, slot.pk, Answers(dict.fromkeys(items, 1)))

    if not first:
        other = stranger(two[0])
        give_back(other, claimed(other).pk, LapseReason.SKIPPED)

    def leave(person: m.Enrollment) -> None:
        try:
            leaving.withdraw(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(leave, two))
    assert not m.Judgment.objects.filter(superseded_at=None).exists()
    assert not m.Slot.objects.filter(rater__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_a_small_storm(tmp_path: Path) -> None:
    """Row 6: three servers, one of them killed; what was answered is there, and nothing too often.

    `make bench NAME=claims` is the large one.
    """
    world = build(sheets=60, owners=4, strangers=12, quota=2)
    running = [Direct(tmp_path / f"{number}.log", environment()) for number in range(3)]
    servers = Servers([*running], seed=1)
    crowd = Crowd(world, servers, seed=1)
    trouble = Trouble(crowd, servers, cycles=150, quota=3, seed=1)
    try:
        with ThreadPoolExecutor(2) as pool:
            storm = pool.submit(crowd.storm, 150, 6)
            mess = pool.submit(trouble.run)
            until(lambda: crowd.cycles > 40 or storm.done())
            servers.kill()
            storm.result()
            trouble.over.set()
            mess.result()
        trouble.calm()
        while crowd.finish(3):
            checks.later(world.study.pk)
    finally:
        trouble.over.set()
        servers.stop()
    assert servers.errors == []
    assert crowd.contradictions == []
    assert crowd.cycles >= 150
    wrong = checks.faults(world.study.pk, 3)
    assert not {name: count for name, count in wrong.items() if count}
    assert not checks.lost(world.study.pk, crowd.journal.values())
    assert counters.check(world.study) == []
    here = [one for one in world.strangers if one not in crowd.left]
    assert not any(checks.free(world.study.pk, one) for one in here)
