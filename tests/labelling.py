"""People who label for others: made, given sheets, and sent on."""

from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import claim_other, submit
from tests import factories as make


def labeller(like: m.Enrollment) -> m.Enrollment:
    """Make somebody who only labels, in the study of somebody else."""
    return make.enrolled(study=like.study, way="labels", part="others")


another = labeller


def study_of(person: m.Enrollment, **columns: int) -> m.Study:
    """Change the study of a person, where it is kept and in the person's copy."""
    m.Study.objects.filter(pk=person.study_id).update(**columns)
    person.study.refresh_from_db()
    return person.study


def answers(slot: m.Slot, code: int = 1) -> Answers:
    """Return one answer to everything that a sheet must have."""
    items = m.Item.objects.filter(sheet=slot.sheet_id).exclude(question__kind="error_code")
    return Answers({item.pk: code for item in items})


def fill(person: m.Enrollment, *, send: bool = True) -> m.Slot:
    """Give a person the next sheet of somebody else's, and perhaps send it; return the place."""
    slot = claim_other(person)
    assert slot is not None
    if send:
        submit(person, slot.pk, answers(slot))
    return slot
