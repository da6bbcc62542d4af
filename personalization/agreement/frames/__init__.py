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
)
from personalization.agreement.frames.loading import load, stamp

__all__ = [
    "HUMAN_ROLES",
    "Frame",
    "JudgeAnswers",
    "Labels",
    "Orders",
    "Repeats",
    "Sides",
    "identity_known",
    "load",
    "stamp",
]
