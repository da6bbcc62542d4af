"""What an extractor would say of an attribute: reason, confidence, and other wordings; pure."""

import random
from dataclasses import dataclass

from personalization.demo.people import Attribute

CONFIDENCE = {"accepted": (0.72, 0.97), "uncertain": (0.48, 0.74), "rejected": (0.42, 0.81)}
REASONS = {
    "accepted": (
        "The person says so in plain words.",
        "It is told as a habit, not as an exception.",
        "It explains what the person asks for.",
    ),
    "uncertain": ("A single remark points to it.", "The person mentions it once."),
    "rejected": ("It is mentioned in the conversation.", "The message is about it."),
}
START = "The user "
OTHER_STARTS = ("This user ", "Apparently the user ", "It seems that the user ")
MORE_VARIANTS = 1 / 3


@dataclass(frozen=True, slots=True)
class Extracted:
    """What comes with an attribute; the first wording is the attribute's own."""

    reason: str
    confidence: float
    wordings: tuple[str, ...]


def extracted(numbers: random.Random, attribute: Attribute) -> Extracted:
    """Return what an extractor would have said when it found the attribute."""
    reason = numbers.choice(REASONS[attribute.fits])
    confidence = round(numbers.uniform(*CONFIDENCE[attribute.fits]), 2)
    wordings = [attribute.text]
    if numbers.random() < MORE_VARIANTS:
        wordings.append(numbers.choice(OTHER_STARTS) + attribute.text.removeprefix(START))
    return Extracted(reason, confidence, tuple(wordings))
