"""Sheets that nobody may open for now: flagged, or put away by a researcher; and back again."""

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from annotation.enrollment import locked
from annotation.models import Enrollment, Sheet
from annotation.models.sheet import Stage
from annotation.plans import lay_places


def has_withdrawn(sheet: Sheet) -> bool:
    """Return whether the person whom a sheet is about has taken everything back."""
    return _owner(sheet).filter(withdrawn_at__isnull=False).exists()


@transaction.atomic
def hide(sheet: Sheet) -> bool:
    """Let nobody open a sheet until it is shown again; return whether that changed anything.

    Answers that were sent stay. Whoever has it open is told that it was taken away.
    """
    shown = Sheet.objects.filter(pk=sheet.pk, hidden_at=None)
    return bool(shown.update(hidden_at=Now()))


@transaction.atomic
def show_again(sheet: Sheet) -> bool:
    """Offer a hidden sheet to raters again; return whether that changed anything.

    Never where its owner has withdrawn. Whoever flagged or skipped it does not get it again. Places
    that the plan got for its stage meanwhile are laid now.
    """
    for person in _owner(sheet):
        # Whoever withdraws at this moment comes first, or finds the sheet shown and hides it.
        if locked(person.pk).withdrawn_at is not None:
            return False
    hidden = Sheet.objects.filter(pk=sheet.pk, hidden_at__isnull=False)
    if not hidden.update(hidden_at=None):
        return False
    if sheet.stage in Stage.values:
        lay_places(Sheet.objects.select_related("study").get(pk=sheet.pk))
    return True


def _owner(sheet: Sheet) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(study=sheet.study_id, participant__rater=sheet.owner_id)
