"""Sheets of which it is known what is right, and people who get them in between."""

from annotation import models as m
from tests import factories as make
from tests import laid


def banked(owner: m.Enrollment, use: str, *, accepted: tuple[int, ...] = (1,)) -> m.Sheet:
    """Lay a relevance sheet of one item for a bank, with what is right; it has no other places."""
    sheet = laid.relevance(owner, "The user sails.")
    sheet.slots.all().delete()
    m.Sheet.objects.filter(pk=sheet.pk).update(use=use)
    for item in sheet.items.all():
        m.Reference.objects.create(
            item=item, kind="gold", accepted=list(accepted), note="The person says so twice."
        )
    return sheet


def labeller(owner: m.Enrollment, **study: int) -> m.Enrollment:
    """Return somebody who labels in the owner's study, after setting it so."""
    m.Study.objects.filter(pk=owner.study_id).update(**{"sheets_each": 99, **study})
    owner.study.refresh_from_db()
    return make.enrolled(study=owner.study, way="labels", part="others")


def author(sheets: int = 0) -> m.Enrollment:
    """Return somebody with so many sheets that wait for strangers."""
    owner = make.enrolled(part="done")
    for _ in range(sheets):
        laid.relevance(owner, "The user sails.")
    return owner
