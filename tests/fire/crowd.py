"""People with browsers: they claim, answer, wait too long, press twice, skip, and try once more."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.fire.servers import Reply, Servers
from tests.fire.world import World

Values = dict[int, int]
Key = tuple[int, int]
# How often, of a hundred sheets: each is a habit of people or of their browsers.
AWAY, SKIP, FLAG, TWICE, AT_ONCE, OTHERWISE, AHEAD, DRAFT, BEAT = 10, 4, 1, 4, 4, 1, 15, 8, 8
OWNERS = 10
MOST_AWAY = 16
TRIES = 6


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server said it had taken: believed, and looked for at the end."""

    person: int
    sheet: int
    values: Values
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that somebody left open."""

    person: int
    slot: int
    sheet: int


class Crowd:
    """Everybody, as threads; what happened is counted."""

    def __init__(self, world: World, servers: Servers, seed: int) -> None:
        self.world, self.servers, self.seed = world, servers, seed
        self.lock = threading.Lock()
        self.journal: dict[Key, Answered] = {}
        self.contradictions: list[Answered] = []
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.away: dict[int, Kept] = {}
        self.left: set[int] = set()
        self.sheets: dict[int, int] = {}  # of places, as far as known

    @property
    def cycles(self) -> int:
        """Return how many sheets were sent, each counted once."""
        return len(self.journal)

    def storm(self, cycles: int, threads: int) -> None:
        """Label until so many sheets are sent, or nothing is left."""

        def one(number: int) -> None:
            chance = random.Random(self.seed * 1000 + number)
            while self.cycles < cycles and self.counts["nothing in a row"] < 300:
                self.cycle(chance)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, range(threads)))

    def cycle(self, chance: random.Random) -> None:
        """Let one person claim a sheet and do something with it."""
        if self.away and chance.random() < len(self.away) / MOST_AWAY / 5:
            self.come_back(chance)
            return
        here = OWNERS * chance.random() < 1
        people = self.world.owners if here else self.world.strangers
        person = chance.choice(people)
        if person in self.left or person in self.away:
            return
        do = "own" if here and chance.random() < 0.7 else "other"
        kept = self.claim(person, do)
        if kept is None:
            return
        if do == "other" and self.happens(chance, AHEAD):
            self.ask("ahead", person)
        if self.happens(chance, DRAFT):
            self.ask("draft", person, slot=kept.slot, entered={"missing": "x"})
        if self.happens(chance, BEAT):
            self.ask("beat", person, slot=kept.slot)
        if do == "other" and self.happens(chance, AWAY) and len(self.away) < MOST_AWAY:
            with self.lock:
                self.away.setdefault(person, kept)
            return
        if self.happens(chance, SKIP):
            self.give_back(kept, "skipped")
        elif self.happens(chance, FLAG):
            self.give_back(kept, "flagged")
        else:
            self.send(kept, chance)

    def finish(self, threads: int) -> int:
        """Let everybody who is still there label until nothing is left; return how many sheets."""
        before = self.cycles
        calm = random.Random(self.seed)
        while self.away:
            self.come_back(calm)

        def one(person: int) -> None:
            while kept := self.claim(person):
                self.post(kept, self.values(kept))

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, [one for one in self.world.strangers if one not in self.left]))
        return self.cycles - before

    def happens(self, chance: random.Random, percent: int) -> bool:
        """Return whether something happens that happens so often."""
        return chance.random() * 100 < percent

    def ask(self, do: str, person: int, **more: object) -> Reply:
        """Ask for a person, and count what was refused."""
        reply = self.servers.ask(do, person=person, **more)
        with self.lock:
            self.counts[do] += reply.came
            self.counts["unanswered"] += not reply.came
            if reply.refused:
                self.refusals[f"{do}: {reply.refused}"] += 1
        return reply

    def claim(self, person: int, do: str = "other") -> Kept | None:
        """Return the place that a person gets; None for nothing."""
        reply = self.ask(do, person)
        if not reply.done:
            return None
        with self.lock:
            nothing = reply.said["slot"] is None
            self.counts["nothing"] += nothing
            row = self.counts["nothing in a row"] + 1 if nothing else 0
            self.counts["nothing in a row"] = row
        if nothing:
            return None
        return Kept(person, reply.said["slot"], reply.said["sheet"])

    def give_back(self, kept: Kept, why: str) -> None:
        """Skip or flag."""
        for _try in range(TRIES):
            reply = self.ask("give_back", kept.person, slot=kept.slot, why=why)
            if reply.came:
                self.counts[why] += reply.done
                return

    def come_back(self, chance: random.Random) -> None:
        """Let somebody send the page that was open for long."""
        with self.lock:
            if not self.away:
                return
            person = chance.choice(list(self.away))
            kept = self.away.pop(person)
        self.counts["came back"] += 1
        self.send(kept, chance)

    def values(self, kept: Kept, turn: int = 0) -> Values:
        """Return what a person thinks of a sheet, always the same; turned where they think again."""
        said = random.Random(kept.person * 1_000_003 + kept.sheet)
        return {item: (said.randrange(2) + turn) % 2 for item in self.world.items[kept.sheet]}

    def send(self, kept: Kept, chance: random.Random) -> None:
        """Send a page: once, twice, at once from two tabs, or with other answers in the second one."""
        values = self.values(kept)
        both: list[Values] = [values]
        if self.happens(chance, AT_ONCE):
            both = [values, values]
        elif self.happens(chance, OTHERWISE):
            both = [values, self.values(kept, turn=1)]
        if len(both) == 1:
            self.post(kept, values)
        else:
            self.counts["double posts"] += 1
            together([partial(self.post, kept, said) for said in both])
        if self.happens(chance, TWICE):
            self.counts["double posts"] += 1
            self.post(kept, values)

    def post(self, kept: Kept, values: Values) -> None:
        """Press Send, again where no answer came, and believe the answer."""
        for _try in range(TRIES):
            reply = self.ask("submit", kept.person, slot=kept.slot, values=values)
            if reply.done:
                self.believe(Answered(kept.person, kept.sheet, values, reply.said["in_time"]))
            if reply.came:
                return

    def believe(self, answered: Answered) -> None:
        """Write down what was taken; the same once more is no new cycle."""
        with self.lock:
            first = self.journal.setdefault((answered.person, answered.sheet), answered)
            self.counts["replays"] += first is not answered
            if answered != first:
                self.contradictions.append(answered)


def together(acts: Sequence[Callable[[], None]]) -> None:
    """Do everything at once."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
