"""What goes wrong meanwhile: killed servers, leases whose time is over, and people who leave."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

from django.db import connection

from annotation.models import Sheet
from tests.fire.crowd import Crowd, Kept, together
from tests.fire.servers import Servers

TIME_PASSES = """
UPDATE annotation_slot SET leased_until = clock_timestamp() - interval '1 second'
WHERE id IN (
    SELECT s.id FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %s AND s.rater_id IS NOT NULL AND s.submitted_at IS NULL
        AND s.leased_until > clock_timestamp()
    ORDER BY (s.rater_id = ANY (%s)) DESC, random() LIMIT 1 FOR UPDATE OF s SKIP LOCKED
)
"""
# Two people who have the same sheet open.
TWO_HOLDERS = """
SELECT e.id, s.id, s.sheet_id FROM annotation_slot s
JOIN annotation_sheet h ON h.id = s.sheet_id
JOIN annotation_rater r ON r.id = s.rater_id
JOIN annotation_enrollment e ON e.participant_id = r.participant_id AND e.study_id = h.study_id
WHERE s.submitted_at IS NULL AND s.offered AND s.sheet_id = (
    SELECT t.sheet_id FROM annotation_slot t JOIN annotation_sheet k ON k.id = t.sheet_id
    WHERE k.study_id = %s AND t.submitted_at IS NULL AND t.rater_id IS NOT NULL AND t.offered
    GROUP BY t.sheet_id HAVING count(*) > 1 ORDER BY random() LIMIT 1
)
"""


class Trouble:
    """Things that happen after so many cycles, until the storm is over."""

    def __init__(self, crowd: Crowd, servers: Servers, cycles: int, quota: int, seed: int) -> None:
        self.crowd, self.servers, self.cycles, self.quota = crowd, servers, cycles, quota
        self.study = crowd.world.study
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.over = threading.Event()
        self.raised = False
        # What happens, and after how many cycles again.
        self.habits: list[tuple[Callable[[], None], int]] = [
            (self.time_passes, 3),
            (self.sweep, 8),
            (self.kill, 300),
            (self.look_at_flags, 120),
            (self.flag_together, 400),
            (self.withdraw, max(cycles // 5, 60)),
        ]

    def run(self) -> None:
        """Make trouble in this thread, until `over` is set."""
        due = [self.chance.randint(1, every) for _habit, every in self.habits]
        try:
            while not self.over.wait(0.01):
                done = self.crowd.cycles
                for at, (habit, every) in enumerate(self.habits):
                    if done >= due[at]:
                        due[at] += self.chance.randint(every // 2, every + every // 2)
                        habit()
                if done >= self.cycles // 2 and not self.raised:
                    self.raise_quota()
        finally:
            connection.close()

    def time_passes(self) -> None:
        """Let the time of a lease be over, of somebody who is away first."""
        away = [kept.person for kept in list(self.crowd.away.values())]
        raters = self._raters(away)
        with connection.cursor() as cursor:
            cursor.execute(TIME_PASSES, [self.study.pk, raters])
            self.counts["expiries"] += cursor.rowcount

    def sweep(self) -> None:
        """Free what is overdue, as the task of each minute does."""
        self.servers.ask("expire", study=self.study.pk)

    def kill(self) -> None:
        """Kill a server in the middle of what it does."""
        self.servers.kill()

    def look_at_flags(self, all_of_them: bool = False) -> None:
        """Let a researcher show half of the flagged sheets again."""
        flagged = Sheet.objects.filter(study=self.study, hidden_at__isnull=False)
        shown = flagged.filter(owner__participant__enrollments__withdrawn_at=None)
        half = (shown.count() + 1) // 2
        for sheet in shown if all_of_them else shown.order_by("?")[:half]:
            Sheet.objects.filter(pk=sheet.pk).update(hidden_at=None)

    def calm(self) -> None:
        """Show all flagged sheets again, and lay what could not be laid while they were hidden."""
        self.look_at_flags(all_of_them=True)
        while not self.servers.ask("raise", study=self.study.pk, strangers=self.quota).done:
            continue

    def flag_together(self) -> None:
        """Let everybody who has a certain sheet open flag it at one moment."""
        with connection.cursor() as cursor:
            cursor.execute(TWO_HOLDERS, [self.study.pk])
            holders = [Kept(*row) for row in cursor.fetchall()]
        together([partial(self.crowd.give_back, one, "flagged") for one in holders])
        self.counts["flags at once"] += len(holders) > 1

    def withdraw(self) -> None:
        """Let two people leave at one moment: two strangers, or two owners."""
        world = self.crowd.world
        owners = [one for one in world.owners if one not in self.crowd.left]
        strangers = [one for one in world.strangers if one not in self.crowd.left]
        of_owners = len(owners) > 4 and self.chance.random() < 0.5
        # Owners label for others as well: the one's places may be at the other's sheets.
        two = self.chance.sample(owners if of_owners else strangers, 2)
        if len(strangers) > self.quota + 4:
            together([partial(self._withdraw, one) for one in two])

    def _withdraw(self, person: int) -> None:
        self.crowd.left.add(person)
        while not self.servers.ask("withdraw", person=person).came:
            continue
        self.counts["withdrawals"] += 1

    def raise_quota(self) -> None:
        """Let a researcher want one more stranger at each sheet."""
        done = self.servers.ask("raise", study=self.study.pk, strangers=self.quota)
        self.raised = done.done

    def _raters(self, people: list[int]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id FROM annotation_rater r JOIN annotation_enrollment e"
                " ON e.participant_id = r.participant_id WHERE e.id = ANY (%s)",
                [people],
            )
            return [row[0] for row in cursor.fetchall()]
