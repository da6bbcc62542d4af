"""Let the sheets that are there follow a changed plan; how many places that lays is known before."""

from dataclasses import dataclass

from django.db import connection

from annotation import laying, plans
from annotation.laying import OPENED, Order
from annotation.majority import AWAITED
from annotation.models import Study
from annotation.models.sheet import SheetUse
from annotation.models.slot import SlotRole

# The same sheets as in `annotation.laying`.
MISSING = f"""
SELECT coalesce(sum(%(strangers)s - there), 0), count(*) FROM (
    SELECT (
        SELECT count(*) FROM annotation_slot p WHERE p.sheet_id = c.id
            AND p.role = '{SlotRole.THIRD_PARTY}' AND p.ordinal < %(strangers)s
    ) AS there
    FROM annotation_sheet c
    WHERE c.study_id = %(study)s AND c.stage = %(stage)s AND c.use = '{SheetUse.LABEL}'
        AND c.hidden_at IS NULL AND annotation_is_offered(c, '{SlotRole.THIRD_PARTY}')
        AND (%(at_once)s OR {OPENED} OR NOT {AWAITED})
) counted WHERE there < %(strangers)s
"""  # noqa: S608 - our own constants


@dataclass(frozen=True, slots=True)
class Missing:
    """So many places at so many sheets."""

    places: int = 0
    sheets: int = 0


def missing(study: Study, stage: str, order: Order) -> Missing:
    """Return what `annotation.laying.fill` would lay for this order now."""
    with connection.cursor() as cursor:
        cursor.execute(
            MISSING,
            {
                "study": study.pk,
                "stage": stage,
                "strangers": order.strangers,
                "at_once": order.at_once,
            },
        )
        places, sheets = cursor.fetchone()
    return Missing(int(places), sheets)


def follow(study: Study, stage: str) -> int:
    """Let the sheets of a stage follow its plan; return how many places are new.

    Strangers' places that are missing are laid, in batches, and those that wait for answers get the
    priority. None is taken away. Doing it again does what was missed.
    """
    order = plans.order(study, stage)
    laying.move(study, stage, order.priority)
    return laying.fill(study, stage, order)
