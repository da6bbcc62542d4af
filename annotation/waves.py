"""Waves: strangers compare responses only after strangers have said what matters to the query.

A comparison waits for the sheet where the same person's attributes were put beside the same query,
until all strangers asked there have answered, those asked beyond the quota too. It does not wait
where there is no such sheet, where the plan asks no strangers there, or where the plan says so. A
flagged sheet is no majority: what waits for it opens when a researcher shows it again, or by `force`.
What was opened stays open.
"""

import random
from collections.abc import Sequence

from django.db import connection, transaction

from annotation import laying, plans
from annotation.laying import OPENED
from annotation.models import Lane, Sheet, Slot, Study
from annotation.models.sheet import SheetUse, Stage
from annotation.models.slot import SlotRole
from annotation.plans import Hold

# Of a study's comparisons, so many are looked at to say whether some wait: the newest.
NEWEST = 200
# So many of the newest, and as many others, are looked at each minute.
STRETCH = 500
CLOSED = f"""
    SELECT EXISTS (
        SELECT FROM (
            SELECT * FROM annotation_sheet WHERE study_id = %s AND stage = '{Stage.COMPARISON}'
            ORDER BY id DESC LIMIT {NEWEST}
        ) newest JOIN annotation_sheet c ON c.id = newest.id
        WHERE c.use = '{SheetUse.LABEL}' AND NOT {OPENED}
            AND annotation_is_offered(c, '{SlotRole.THIRD_PARTY}')
    )
"""  # noqa: S608 - our own constants


def after(slot: Slot) -> int:
    """Open what waited for the sheet of a place, where all strangers have answered now.

    The caller has a turn at the sheet (`annotation.majority`). What somebody else is changing at
    this moment is left to `find_missed`.
    """
    sheet = slot.sheet
    query = sheet.shown.get("query")
    if sheet.stage != Stage.RELEVANCE or sheet.owner_id is None or query is None:
        return 0
    waiting = Sheet.objects.filter(
        owner=sheet.owner_id,
        study=sheet.study_id,
        stage=Stage.COMPARISON,
        use=SheetUse.LABEL,
        shown__query=query,
    )
    return _open(sheet.study, list(waiting.order_by("pk").values_list("pk", flat=True)))


def open_now(study: Study) -> int:
    """Open all comparisons that wait for nothing any more; return how many places that are.

    For whoever has changed the plan, or shown a flagged sheet again. It looks at all of them.
    """
    return laying.fill(study, Stage.COMPARISON, plans.order(study, Stage.COMPARISON, closed=True))


def force(study: Study, stage: str) -> int:
    """Open all sheets of a stage where strangers have no place yet; return how many places.

    The plan stays: sheets that are laid later wait again.
    """
    plan = plans.planned(study, stage)
    wanted = laying.Order(plan.strangers, plan.priority, at_once=True, closed=True)
    return laying.fill(study, stage, wanted)


def is_waiting(study: Study) -> bool:
    """Return whether places for strangers will come, at comparisons that are not open yet."""
    if not plans.planned(study, Stage.COMPARISON).strangers:
        return False
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, [study.pk])
        return bool(cursor.fetchone()[0])


def find_missed() -> int:
    """Open what should be open: among each study's newest comparisons, and a stretch of the others.

    The stretch begins anywhere, so that all are looked at in time and each look costs the same.
    """
    running = Lane.objects.filter(stage=Stage.COMPARISON, study__closed_at=None)
    studies = Study.objects.filter(pk__in=running.values("study"))
    return sum(_open(study, _some(study)) for study in studies)


def _some(study: Study) -> list[int]:
    ids = Sheet.objects.filter(study=study, stage=Stage.COMPARISON).values_list("pk", flat=True)
    newest = list(ids.order_by("-pk")[:STRETCH])
    oldest = ids.order_by("pk").first()
    if oldest is None:
        return []
    start = random.randint(oldest, newest[-1])  # noqa: S311 - nothing is secret here
    return sorted({*newest, *ids.filter(pk__gte=start).order_by("pk")[:STRETCH]})


@transaction.atomic
def _open(study: Study, sheets: Sequence[int]) -> int:
    """Lay places at those of these comparisons that strangers have none at and that wait no more.

    Whoever changes one of them or the plan at this moment is not waited for: the caller may hold what
    they wait for.
    """
    if not sheets or not plans.hold(study.pk, Stage.COMPARISON, Hold.OPEN):
        return 0
    return laying.lay(sheets, plans.order(study, Stage.COMPARISON, closed=True), tries=1)
