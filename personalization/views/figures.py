"""From records to the rows of a dot-and-whisker figure: positions in per cent of the axis."""

import math
from dataclasses import dataclass

from personalization.agreement.report import Record

STEP, STEP_BELOW_ZERO = 0.2, 0.25


@dataclass(frozen=True, slots=True)
class Dot:
    """One row: its name, panel colour, text, and positions in per cent (None: nothing to draw)."""

    name: str
    panel: str
    record: Record
    at: float | None
    low: float | None
    high: float | None

    @property
    def width(self) -> float | None:
        """Return the whisker's length in per cent."""
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows on one axis, with its ticks (position, text) and perhaps the ceiling as a band."""

    rows: list[Dot]
    ticks: list[tuple[float, str]]
    zero: float | None
    band: tuple[float, float] | None = None


def dot_figure(named: list[tuple[str, Record]], ceiling: Record | None = None) -> Figure:
    """Return the figure of named records; the axis runs from 0 (or below, where needed) to 1."""
    start = _start([record for _, record in named])
    span = 1 - start

    def place(value: float | None) -> float | None:
        return None if value is None else round(100 * (min(value, 1) - start) / span, 3)

    rows = [
        Dot(name, panel_class(record.panel), record, *map(place, _drawn(record)))
        for name, record in named
    ]
    step = STEP_BELOW_ZERO if start < 0 else STEP
    ticks = [start + step * k for k in range(round(span / step) + 1)]
    band = None
    if ceiling is not None and ceiling.low is not None and ceiling.high is not None:
        low, high = place(max(ceiling.low, start)), place(ceiling.high)
        band = (low or 0.0, round((high or 0.0) - (low or 0.0), 3))
    return Figure(
        rows,
        [
            (round(100 * (tick - start) / span, 3), f"{tick:.2f}" if start < 0 else f"{tick:.1f}")
            for tick in ticks
        ],
        place(0.0) if start < 0 else None,
        band,
    )


def _drawn(record: Record) -> tuple[float | None, float | None, float | None]:
    return record.value, record.low, record.high


def _start(records: list[Record]) -> float:
    """Return 0, or the next quarter below the lowest thing drawn."""
    drawn = [value for record in records for value in _drawn(record) if value is not None]
    lowest = min(drawn, default=0.0)
    return 0.0 if lowest >= 0 else math.floor(lowest / STEP_BELOW_ZERO) * STEP_BELOW_ZERO


def panel_class(panel: str) -> str:
    """Return the CSS class that colours a panel, the same on every page."""
    if panel.startswith("judge:"):
        return "panel-judge"
    if panel == "first_person":
        return "panel-first-person"
    return "panel-reference" if panel == "reference" else "panel-third-party"
