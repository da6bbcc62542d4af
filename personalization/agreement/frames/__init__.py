"""From PostgreSQL to arrays: what a report needs of one question, in integer codes."""

from personalization.agreement.frames.data import (
    HUMAN_ROLES,
    Frame,
    JudgeAnswers,
    Labels,
    Orders,
    Repeats,
    Sides,
    identity_known,
    seed_of,
)
from personalization.agreement.frames.known import check
from personalization.agreement.frames.loading import load, stamp
from personalization.agreement.frames.patterns import load_patterns
from personalization.agreement.frames.selection import EVERYTHING, Selection, SelectionError

__all__ = [
    "EVERYTHING",
    "HUMAN_ROLES",
    "Frame",
    "JudgeAnswers",
    "Labels",
    "Orders",
    "Repeats",
    "Selection",
    "SelectionError",
    "Sides",
    "check",
    "identity_known",
    "load",
    "load_patterns",
    "seed_of",
    "stamp",
]
