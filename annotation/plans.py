"""What a study wants of a stage, and the places that follow from it: the quota is the places."""

import secrets
from dataclasses import dataclass
from enum import Enum

from django.db import connection, transaction

from annotation import laying, majority
from annotation.laying import Order
from annotation.models import Plan, Sheet, Slot, Study
from annotation.models.sheet import STRANGERS_ONLY, SheetUse, Stage
from annotation.models.slot import SlotRole
from annotation.reading import prepared

SEED_BITS = 31
PLAN = """
    SELECT strangers, extra_most, priority, after_majority, owner_repeats, stranger_repeats
    FROM annotation_plan WHERE study_id = %s AND stage = %s
"""


class Hold(Enum):
    """How a plan is held; many may lay at once."""

    LAY = "pg_advisory_xact_lock_shared"
    # Without waiting for somebody who changes the plan.
    OPEN = "pg_try_advisory_xact_lock_shared"
    CHANGE = "pg_advisory_xact_lock"


@dataclass(frozen=True, slots=True)
class Planned:
    """What holds for a stage now; see `annotation.models.plan`."""

    strangers: int
    extra_most: int = 0
    priority: int = 0
    after_majority: bool = True
    owner_repeats: int = 0
    stranger_repeats: int = 0


def planned(study: Study, stage: str) -> Planned:
    """Return the plan of a stage; without one, a study's number of strangers and the defaults."""
    with prepared() as cursor:
        cursor.execute(PLAN, [study.pk, stage])
        row = cursor.fetchone()
    if row is None:
        return Planned(study.strangers)
    strangers, *others = row
    return Planned(study.strangers if strangers is None else strangers, *others)


@transaction.atomic
def lay_places(sheet: Sheet) -> int:
    """Lay the places that the plan wants at a sheet and that are not there; return how many.

    The owner's place is kept for the owner. Strangers get theirs where the owner lets them see the
    sheet, and not before what it waits for is there (see `annotation.waves`). Only sheets for labels
    have a quota: checks get a place when one is due.
    """
    if sheet.use != SheetUse.LABEL:
        return 0
    hold(sheet.study_id, sheet.stage, Hold.LAY)
    wanted = order(sheet.study, sheet.stage)
    if not wanted.at_once:
        majority.take_turn(sheet)
    # Two who do this at once take turns.
    Sheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    return _lay_own(sheet) + laying.lay([sheet.pk], wanted)


def order(study: Study, stage: str, *, closed: bool = False) -> Order:
    """Return what is to be laid at sheets of a stage; `closed`: where strangers have no place yet."""
    plan = planned(study, stage)
    waits = (
        stage == Stage.COMPARISON
        and plan.after_majority
        and planned(study, Stage.RELEVANCE).strangers > 0
    )
    return Order(plan.strangers, plan.priority, at_once=not waits, closed=closed)


def change(study: Study, stage: str, **columns: object) -> Plan:
    """Change the plan of a stage, and nothing that is there; what is laid from now on follows it."""
    with transaction.atomic():
        hold(study.pk, stage, Hold.CHANGE)
        plan, _new = Plan.objects.update_or_create(study=study, stage=stage, defaults=columns)
    return plan


def raise_places(study: Study, stage: str, strangers: int) -> int:
    """Plan so many strangers, and lay the places that are missing; return how many that are.

    All sheets that strangers may see now get them, but those that still wait for a majority: these
    get them when they open. Places are never taken away: a lower number only concerns sheets that are
    laid later. Doing it again lays what was missed, and nothing twice.
    """
    change(study, stage, strangers=strangers)
    return laying.fill(study, stage, order(study, stage))


def prioritise(study: Study, stage: str, priority: int) -> int:
    """Plan another priority, also for the places that still wait for answers; return how many."""
    change(study, stage, priority=priority)
    return laying.move(study, stage, priority)


def hold(study: int, stage: str, how: Hold) -> bool:
    """Let no plan change under a sheet that is laid, until the transaction ends; return whether.

    Whoever changes a plan so sees all sheets that were laid by the old one.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how.value}(hashtextextended(%s, 0))", [f"plan {study} {stage}"])
        return cursor.fetchone()[0] is not False


def _lay_own(sheet: Sheet) -> int:
    own = {"sheet": sheet, "role": SlotRole.FIRST_PERSON, "ordinal": 0}
    if sheet.owner_id is None or sheet.stage in STRANGERS_ONLY:
        return 0
    if Slot.objects.filter(**own).exists():
        return 0
    seed = secrets.randbits(SEED_BITS)
    Slot.objects.create(**own, reserved_for_id=sheet.owner_id, seed=seed)
    return 1
