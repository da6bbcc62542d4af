"""What kinds of places there are at sheets."""

from django.db.models import TextChoices


class SlotRole(TextChoices):
    """A rater's relation to the sheet's owner."""

    FIRST_PERSON = "first_person"
    THIRD_PARTY = "third_party"


class Purpose(TextChoices):
    """Why a slot exists; only labels count towards the quota, and only they are in panels."""

    LABEL = "label"
    EXTRA = "extra"  # one more rater where the quota's raters do not agree
    REPEAT = "repeat"
    GOLD = "gold"
    TRAINING = "training"
    ATTENTION = "attention"
    PREVIEW = "preview"


# Strangers' places that anybody may fill, whose answers make a majority: those of the quota, and those
# beyond it. A repeat, a check or a preview is one person's, like an own sheet.
ANYBODYS = (Purpose.LABEL, Purpose.EXTRA)
