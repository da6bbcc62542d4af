"""How far runs are, and how a list of them is narrowed down."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy

from personalization.judge.runs import OURS
from personalization.models import ArmLedger, JudgeRun, Ledger
from personalization.models.run import Run, RunSource
from personalization.runs.ledger import COLUMNS, Entry, Live, Totals, live
from personalization.runs.pausing import ASKED


class State(TextChoices):
    """How far a run is; it follows from its times."""

    WAITING = "waiting", gettext_lazy("Waiting for a worker")
    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    FINISHED = "finished", gettext_lazy("Finished")


MOVING = (State.WAITING, State.RUNNING)
OPEN = (*MOVING, State.PAUSED)
SOURCES = {
    RunSource.CALLED: gettext_lazy("Judges asked here"),
    RunSource.COMPUTED: gettext_lazy("Baselines"),
    RunSource.IMPORTED: gettext_lazy("Imported"),
    RunSource.POSTED: gettext_lazy("Sent by a program"),
}
# What came of readings stands in the ledger beside the calls, under such names.
READ, VALUE, DIFFERING, PAIRS = "read_", "read_value", "read_inconsistent", "read_pairs"
SomeRun = TypeVar("SomeRun", bound=Run)
_UNDER_WAY = Q(cancelled_at=None, finished_at=None)
IN_STATE = {
    State.WAITING: _UNDER_WAY & Q(paused_at=None, planned=0),
    State.RUNNING: _UNDER_WAY & Q(paused_at=None, planned__gt=0),
    State.PAUSED: _UNDER_WAY & Q(paused_at__isnull=False),
    State.CANCELLED: Q(cancelled_at__isnull=False),
    State.FINISHED: Q(cancelled_at=None, finished_at__isnull=False),
}


def state_of(run: Run) -> State:
    """Return how far a run is."""
    if run.cancelled_at:
        return State.CANCELLED
    if run.finished_at:
        return State.FINISHED
    if run.paused_at:
        return State.PAUSED
    return State.RUNNING if run.planned else State.WAITING


@dataclass(frozen=True, slots=True)
class Lacking:
    """Readings without a value for one reason, or items whose orders differ; of how many."""

    reason: str
    n: int
    of: int

    @property
    def share(self) -> float:
        """Return the share, of 1."""
        return self.n / self.of


@dataclass(frozen=True, slots=True)
class Course(Generic[SomeRun]):
    """How far a run is, how fast, what it has cost: the same for judges and for arms."""

    run: SomeRun
    state: State
    totals: Totals
    live: Live | None

    @property
    def moving(self) -> bool:
        """Return whether it may look different a moment later."""
        return self.state in MOVING

    @property
    def open(self) -> bool:
        """Return whether the run can still be steered."""
        return self.state in OPEN

    @property
    def trouble(self) -> str:
        """Return the kind of what is wrong, as the run keeps it before a colon."""
        return self.run.trouble.partition(":")[0]

    @property
    def why(self) -> str:
        """Return what was said with the trouble: an endpoint's words, or a name."""
        return self.run.trouble.partition(": ")[2] if self.asked_to else self.run.trouble

    @property
    def asked_to(self) -> bool:
        """Return whether somebody has paused the run: no fault, then."""
        return self.trouble == ASKED

    @property
    def answers(self) -> int:
        """Return how many answers came, saved ones too."""
        return self.totals.answered.calls

    @property
    def minutes_left(self) -> float | None:
        """Return in how many minutes the run is done if it goes on as now; None = nobody knows."""
        if self.state != State.RUNNING or self.live is None or not self.live.per_minute:
            return None
        return (self.run.planned - self.run.settled) / self.live.per_minute


@dataclass(frozen=True, slots=True)
class Line(Course[JudgeRun]):
    """One run of a judge: also what came of its readings."""

    @property
    def ours(self) -> bool:
        """Return whether the run was started here: others came with files, or over the API."""
        return self.run.source in OURS

    @property
    def open(self) -> bool:
        """Return whether the run can still be steered."""
        return self.ours and self.state in OPEN

    @property
    def lacking(self) -> list[Lacking]:
        """Return the readings without a value by reason, and the items whose orders differ."""
        read = {name: one.calls for name, one in self.totals.outcomes.items()}
        pairs = read.pop(PAIRS, 0)
        differing = read.pop(DIFFERING, 0)
        readings = {name: n for name, n in read.items() if name.startswith(READ)}
        total = sum(readings.values())
        found = [
            Lacking(name.removeprefix(READ), n, total)
            for name, n in readings.items()
            if n and name != VALUE
        ]
        if differing:
            found.append(Lacking(DIFFERING.removeprefix(READ), differing, max(pairs, differing)))
        return found


def lines(runs: Iterable[JudgeRun]) -> list[Line]:
    """Return the lines of some runs."""
    runs = list(runs)
    totals = totals_of(Ledger, (one.pk for one in runs))
    return [_line(one, totals.get(one.pk, Totals({}))) for one in runs]


def _line(run: JudgeRun, totals: Totals) -> Line:
    state = state_of(run)
    return Line(
        run, state, totals, live(run) if state == State.RUNNING and totals.outcomes else None
    )


def totals_of(ledger: type[Ledger | ArmLedger], runs: Iterable[int]) -> dict[int, Totals]:
    """Return all that some runs have done so far, in one query."""
    rows = ledger._default_manager.filter(run__in=list(runs)).values_list("run", "outcome")
    found: dict[int, dict[str, Entry]] = {}
    for run, outcome, *sums in rows.annotate(*map(Sum, COLUMNS)).order_by("run", "outcome"):
        found.setdefault(run, {})[outcome] = Entry(outcome, *sums)
    return {run: Totals(outcomes) for run, outcomes in found.items()}


@dataclass(frozen=True, slots=True)
class Filters:
    """How a list of runs is narrowed down; what is unknown narrows nothing."""

    state: str = ""
    source: str = ""
    states: list[tuple[str, Any]] = field(default_factory=lambda: list(State.choices))
    sources: list[tuple[str, Any]] = field(default_factory=lambda: list(SOURCES.items()))

    @classmethod
    def read(cls, asked: Any) -> "Filters":  # noqa: ANN401 - a query string
        """Return what a query string asks for."""
        state, source = asked.get("state", ""), asked.get("source", "")
        return cls(state if state in State else "", source if source in SOURCES else "")

    def __bool__(self) -> bool:
        return bool(self.state or self.source)

    def apply(self, runs: "QuerySet[JudgeRun]") -> "QuerySet[JudgeRun]":
        """Return the runs that are asked for."""
        if self.state:
            runs = runs.filter(IN_STATE[State(self.state)])
        return runs.filter(source=self.source) if self.source else runs
