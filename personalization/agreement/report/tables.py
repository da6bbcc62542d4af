"""Counts beside the coefficients: label shares, reasons without a value, confusion tables."""

from dataclasses import asdict, dataclass

import numpy as np

from personalization.agreement.coefficients.cohen import confusion
from personalization.agreement.frames import Frame
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.people import single_values


@dataclass(frozen=True, slots=True)
class Shares:
    """How often one panel gave each option, and why it gave none."""

    panel: str
    counts: list[int]
    reasons: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """Return the counts by field name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Confusion:
    """Items by the panel's majority (rows) and the judge's value (columns)."""

    panel: str
    against: str
    counts: list[list[int]]

    def as_dict(self) -> dict[str, object]:
        """Return the table by field name, for JSON."""
        return asdict(self)


def shares(frame: Frame) -> list[Shares]:
    """Return the label shares of each human panel and each judge."""
    people = [
        Shares(role, _tally(labels.value, frame), labels.reasons)
        for role, labels in frame.panels.items()
    ]
    judges = [
        Shares(
            judge_name(frame, judge),
            _tally(judge.value[judge.value >= 0], frame),
            judge.reasons,
        )
        for judge in frame.judges
    ]
    return people + judges


def confusions(frame: Frame) -> list[Confusion]:
    """Return each judge against the majority of each human panel."""
    majorities = {role: single_values(frame, role) for role in frame.panels}
    return [
        Confusion(
            judge_name(frame, judge),
            role,
            confusion(values, judge.value, frame.n_values).tolist(),
        )
        for role, values in majorities.items()
        for judge in frame.judges
    ]


def _tally(values: np.ndarray, frame: Frame) -> list[int]:
    counts: list[int] = np.bincount(values, minlength=frame.n_values).tolist()
    return counts
