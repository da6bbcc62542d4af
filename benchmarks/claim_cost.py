"""The steps of `claim_time`, run by a process that has Django set up."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

from django.db import connection, transaction

from annotation import assignment, lanes
from annotation.answers import Answers
from annotation.models import Enrollment
from annotation.models.slot import SlotRole
from benchmarks.claim_data import ELSEWHERE, PASTS, ROOM, Made, make
from benchmarks.claim_old import INDEX, OLD
from config.embedded import server

# Restarts for each cold figure, and how many calls for the figures beside the table.
RESTARTS, FEW = 5, 20
TAKEN = 100_000
LINE = "{:>10}{:>9}{:>10}{:>8}{:>11}{:>8}{:>9}{:>8}{:>9}{:>9}{:>7}{:>7}{:>7}\n"
HEAD = (
    "sheets", "answers", "claim ms", "p99", "statement", "p99", "send ms", "p99",
    "cold ms", "buffers", "cold", "ratio", "cold",
)  # fmt: skip
BESIDE = "{:<66}{:>9}{:>9}{:>9}\n"
SENT = "UPDATE annotation_slot SET submitted_at = clock_timestamp() WHERE id = %s"
OVERDUE = """
UPDATE annotation_slot s SET rater_id = %(rater)s, leased_at = now() - interval '2 hours',
    leased_until = now() - interval '1 hour'
WHERE s.id IN (
    SELECT s.id FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %(study)s AND s.rater_id IS NULL AND NOT EXISTS (
        SELECT FROM annotation_slot t WHERE t.sheet_id = s.sheet_id AND t.rater_id = %(rater)s
    ) AND s.ordinal = 2 LIMIT 1000
)
"""
# What makes all of a study's sheets nothing for a person: so many were given back for good.
SKIPPED = """
INSERT INTO annotation_lapse (slot_id, sheet_id, rater_id, leased_at, why, note)
SELECT DISTINCT ON (s.sheet_id) s.id, s.sheet_id, %(rater)s, now(), 'skipped', ''
FROM annotation_slot s JOIN annotation_sheet h ON h.id = s.sheet_id WHERE h.study_id = %(study)s
"""
# As many people would take them: the first places of a study, all in a row.
MANY = """
UPDATE annotation_slot s SET rater_id = %(rater)s + 100 * s.ordinal + s.id %% 100, leased_at = now(),
    leased_until = now() + interval '1 hour', submitted_at = now()
WHERE s.id IN (
    SELECT s.id FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %(study)s AND s.rater_id IS NULL ORDER BY s.position LIMIT %(many)s
)
"""


Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Cell:
    """Figures of one size and one past: milliseconds each, and buffers warm and cold."""

    claim: list[float]
    statement: list[float]
    send: list[float]
    cold: list[float]
    buffers: int
    read: int


class People:
    """Those of one past in a study: always a new one, or always the one who has that past."""

    def __init__(self, made: Made, answers: int) -> None:
        self.made = made
        self.past = made.past + PASTS.index(answers) if answers else None

    def next(self) -> Enrollment:
        """Return a person's enrollment, as a request has it."""
        rater = self.past or self.made.newcomer()
        return Enrollment.objects.select_related("study", "participant__rater").get(
            study=self.made.study, participant__rater=rater
        )


def run(sizes: list[int], claims: int) -> None:
    """Make the studies, one after the other, and print a line for each size and past."""
    elsewhere = make(ELSEWHERE, ROOM).study
    write(LINE.format(*HEAD))
    first: Cell | None = None
    made = None
    for size in sizes:
        made = make(f"s{size}", size, elsewhere)
        notes = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in made.seconds.items())
        for answers in (0, *PASTS):
            cell = measured(People(made, answers), claims)
            first = first or cell
            write(_line(size, answers, cell, first))
        write(f"{'':>10}made in: {notes}\n")
        beside(made)
    if made is not None:
        after_many(made)


def measured(people: People, claims: int) -> Cell:
    """Measure claims of people with one past."""
    for _ in range(FEW):
        claimed(people)
    return Cell(
        claim=[claimed(people) for _ in range(claims)],
        statement=[stated(people) for _ in range(claims)],
        send=[sent(people) for _ in range(claims)],
        cold=[cold(people) for _ in range(RESTARTS)],
        buffers=buffers(people),
        read=_restarted(lambda: buffers(people, "Shared Read Blocks")),
    )


def claimed(people: People) -> float:
    """Return the milliseconds of a claim; the sheet is then sent."""
    person = people.next()
    begun = time.perf_counter()
    slot = assignment.claim_other(person)
    taken = 1000 * (time.perf_counter() - begun)
    return taken if slot and run_sql(SENT, [slot.pk]) else float("nan")


def stated(people: People) -> float:
    """Return the milliseconds of the statement in a claim; the sheet is then sent."""
    asked = wanted(people.next())
    with transaction.atomic():
        begun = time.perf_counter()
        slot = lanes.next_place(asked)
        taken = 1000 * (time.perf_counter() - begun)
        if slot is not None:
            run_sql(SENT, [slot.pk])
    return taken


def sent(people: People) -> float:
    """Return the milliseconds of sending a sheet and claiming the next; that one is sent as well."""
    person = people.next()
    slot = assignment.claim_other(person)
    if slot is None:
        return float("nan")
    answers = Answers(dict.fromkeys(slot.sheet.items.values_list("pk", flat=True), 1))
    begun = time.perf_counter()
    after = assignment.submit(person, slot.pk, answers)
    taken = 1000 * (time.perf_counter() - begun)
    if after.next is not None:
        run_sql(SENT, [after.next.pk])
    return taken


def cold(people: People) -> float:
    """Return the milliseconds of the first claim after a restart."""
    person = people.next()

    def first() -> float:
        begun = time.perf_counter()
        slot = assignment.claim_other(person)
        taken = 1000 * (time.perf_counter() - begun)
        if slot is not None:
            run_sql(SENT, [slot.pk])
        return taken

    return _restarted(first)


def buffers(people: People, *names: str) -> int:
    """Return how many pages the statement looks at; its place is not kept."""
    asked = wanted(people.next()).parameters()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {lanes.CLAIM.statement}", asked)
        found = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return sum(plan[name] for name in names or ("Shared Hit Blocks", "Shared Read Blocks"))


def beside(made: Made) -> None:
    """Print what else is asked: whether something is there, when it comes back, and the old way."""
    people = People(made, PASTS[-1])
    person = people.next()
    asked = wanted(person)
    write(BESIDE.format("", "median ms", "p99", "least"))
    _several("is there something? (other_available)", lambda: assignment.other_available(person))
    _several("when does something come back? (next_release)", lambda: lanes.next_release(asked))
    _several("is there plenty? (is_plenty)", lambda: lanes.is_plenty(made.study.pk))
    run_sql(OVERDUE, {"rater": people.past, "study": made.study.pk})
    _several("a hundred overdue places freed", lambda: lanes.expire(made.study.pk), 5)
    if made.sheets <= max(PASTS):
        nothing = People(made, 0).next()
        run_sql(SKIPPED, {"rater": nothing.participant.rater.pk, "study": made.study.pk})
        none = wanted(nothing)
        _several("nothing for somebody: the first look", lambda: lanes.next_place(none), 1)
        _several("nothing for somebody: looked again", lambda: lanes.next_place(none))
    run_sql(INDEX)
    run_sql("ANALYZE annotation_slot")
    for answers in (0, *PASTS):
        one = People(made, answers).next()
        asking = {"rater": one.participant.rater.pk, "study": made.study.pk}
        name = f"the way before lanes, {answers:,} answers: its one query"
        _several(name, lambda asking=asking: run_sql(OLD, asking), FEW)  # type: ignore[misc]
    run_sql("DROP INDEX old_free")


def after_many(made: Made) -> None:
    """Print what a new person's claim takes after many in a row, before any clean-up."""
    run_sql("ALTER TABLE annotation_slot SET (autovacuum_enabled = false)")
    many = run_sql(MANY, {"rater": made.others, "study": made.study.pk, "many": TAKEN})
    people = People(made, 0)
    write(f"\n{many:,} places taken in a row, and nothing cleaned up:\n")
    _several("a new person's claim, the first after that", lambda: claimed(people), 1)
    _several("new people's claims", lambda: claimed(people))
    write(f"buffers of a new person's claim: {buffers(people)}\n")


def _several(name: str, act: Callable[[], object], times: int = FEW) -> None:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    write(BESIDE.format(name, _ms(median(taken)), _ms(_p99(taken)), _ms(min(taken))))


def _restarted(act: Callable[[], Number]) -> Number:
    """Do something with the database just started, and its files in nobody's memory."""
    connection.close()
    handle = server.start()
    handle.stop()
    for folder, _folders, names in os.walk(server.folder()):
        for name in names:
            _forget(os.path.join(folder, name))
    handle.start()
    connection.ensure_connection()
    return act()


def _forget(name: str) -> None:
    if hasattr(os, "posix_fadvise"):
        file = os.open(name, os.O_RDONLY)
        try:
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(file)


def wanted(person: Enrollment) -> lanes.Wanted:
    """Return what a person asks for who labels for others."""
    return lanes.Wanted(person, person.participant.rater, SlotRole.THIRD_PARTY)


def run_sql(statement: str, parameters: Any = None) -> int:  # noqa: ANN401 - as of a cursor
    """Run a statement; return how many rows it found or changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _line(size: int, answers: int, cell: Cell, first: Cell) -> str:
    return LINE.format(
        f"{size:,}", f"{answers:,}",
        _ms(median(cell.claim)), _ms(_p99(cell.claim)),
        _ms(median(cell.statement)), _ms(_p99(cell.statement)),
        _ms(median(cell.send)), _ms(_p99(cell.send)), _ms(median(cell.cold)),
        cell.buffers, cell.read,
        f"{median(cell.claim) / median(first.claim):.2f}",
        f"{median(cell.cold) / median(first.cold):.2f}",
    )  # fmt: skip


def _p99(taken: list[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(0.99 * len(taken)))]


def _ms(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 100 else f"{ms:.2f}"


def write(text: str) -> None:
    """Print without delay: some steps take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()
