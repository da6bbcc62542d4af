"""Revision for somebody who waits: between the extraction and the review sheet, where it was chosen."""

from annotation.models import Enrollment
from annotation.work import look
from personalization.arms.making import live_arms
from personalization.models import Revision
from personalization.models.arm import ArmStep
from personalization.revision import beginning

STEP = "revision"


def under_way(enrollment: Enrollment) -> bool:
    """Return whether a person's attributes are still being revised; plan what is missing.

    The caller holds the lock of the person, who waits for the review.
    """
    rows = lacking(enrollment)
    # A run may begin with the same ones at this moment.
    Revision.objects.bulk_create(rows, ignore_conflicts=True)
    for _row in rows:
        look(STEP)
    return Revision.objects.filter(
        attribute__study=enrollment.study_id,
        attribute__participant=enrollment.participant_id,
        run=None,
        settled_at=None,
    ).exists()


def lacking(enrollment: Enrollment) -> list[Revision]:
    """Return the first checks of live arms that a person's attributes do not have, not saved.

    Only arms whose model flags: people have judged nothing yet.
    """
    arms = [
        arm
        for arm in live_arms(enrollment.study, ArmStep.REVISION)
        if beginning.people_of(arm) is None
    ]
    return [
        beginning.first(arm, one)
        for arm in arms
        for one in beginning.of_base(arm)
        .filter(beginning.not_begun(arm), participant=enrollment.participant_id)
        .order_by("pk")
    ]
