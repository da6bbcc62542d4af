"""What a sent sheet brings about: more raters, a later wave, and the sheets put in between."""

from annotation.models import Enrollment, Rater, Slot


def follow(person: Enrollment, rater: Rater, slot: Slot) -> None:
    """Lay the places that follow from a submitted one, in the transaction that submits it."""
