"""Sheets that are put again to the same person: how steady people are, owners and strangers.

Owner against self is the first-person ceiling, and a stranger against self is self-consistency
(protocols.md, section 5). A repeat is a place of its own at the same sheet, on a later occasion,
with the other response first, so that a habit of choosing one side does not look steady.

Which sheets are repeated is drawn from the ids of their places: the same at every look, and as many
of a hundred as the plan of the stage says. A stranger's repeat comes after GAP more sheets and
counts as one of the sheets that the person is asked for, so nobody works longer for it. The last
sheets of a way are never repeated: of all of them, strangers repeat somewhat fewer than the plan
says.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import Exists, OuterRef

from annotation.models import Enrollment, Lapse, Plan, Rater, Slot
from annotation.models.plan import HUNDRED
from annotation.models.slot import GIVEN_BACK, Purpose, SlotRole
from annotation.reading import Reader
from annotation.sheets import SEED_BITS

# So many sheets a stranger sends before one of them comes again.
GAP = 5
# Looked at no further back than this, where sheets of other studies and own ones stand between.
LOOK_BACK = 4 * GAP
AGAIN = 1
# Among the places kept for a rater: after checks, before sheets that were assigned by name.
PRIORITY = 32_000
# Neither put again before, nor given back for good by this person, who sent it after all.
FRESH = """
    NOT EXISTS (
        SELECT FROM annotation_slot t WHERE t.sheet_id = s.sheet_id
            AND t.reserved_for_id = %(rater)s AND t.purpose = 'repeat'
    ) AND NOT EXISTS (
        SELECT FROM annotation_lapse p WHERE p.sheet_id = s.sheet_id
            AND p.rater_id = %(rater)s AND p.why IN ('skipped', 'flagged')
    )
"""
# The other people's sheet that a rater sent some sheets ago, where it may be repeated.
EARLIER = Reader(
    f"""
    WITH latest AS MATERIALIZED (
        SELECT id FROM annotation_slot
        WHERE rater_id = %(rater)s AND submitted_at IS NOT NULL
        ORDER BY submitted_at DESC LIMIT {LOOK_BACK}
    ), earlier AS MATERIALIZED (
        SELECT s.id FROM latest JOIN annotation_slot s USING (id)
        JOIN annotation_lane l ON l.id = s.lane_id
        WHERE l.study_id = %(study)s AND s.role = '{SlotRole.THIRD_PARTY}'
        ORDER BY s.submitted_at DESC OFFSET {GAP} LIMIT 1
    )
    SELECT {{s}}, p.stranger_repeats FROM earlier JOIN annotation_slot s USING (id)
    JOIN annotation_lane l ON l.id = s.lane_id
    JOIN annotation_plan p ON p.study_id = l.study_id AND p.stage = l.stage
    WHERE s.purpose = '{Purpose.LABEL}' AND s.offered AND p.stranger_repeats > 0 AND {FRESH}
    """,  # noqa: S608 - our own constants
    "stranger_repeats",
    s=Slot,
)


def lay_own(person: Enrollment, rater: Rater) -> int:
    """Draw which of a person's own sheets are put to them again; return how many new ones.

    The caller has locked the enrollment. What was drawn before is not drawn again.
    """
    share = dict(Plan.objects.filter(study=person.study_id).values_list("stage", "owner_repeats"))
    there = Slot.objects.filter(sheet=OuterRef("sheet"), reserved_for=rater, purpose=Purpose.REPEAT)
    given_back = Lapse.objects.filter(sheet=OuterRef("sheet"), rater=rater, why__in=GIVEN_BACK)
    answered = Slot.objects.filter(
        ~Exists(there),
        ~Exists(given_back),
        sheet__owner=rater,
        sheet__study=person.study_id,
        sheet__hidden_at=None,
        role=SlotRole.FIRST_PERSON,
        purpose=Purpose.LABEL,
        submitted_at__isnull=False,
    )
    after = timedelta(hours=person.study.repeat_after_hours)
    again = [
        _again(slot, rater, after)
        for slot in answered.select_related("sheet").order_by("position", "id")
        if is_drawn(slot.pk, share.get(slot.sheet.stage, 0))
    ]
    Slot.objects.bulk_create(again)
    return len(again)


def due(person: Enrollment, rater: Rater) -> Slot | None:
    """Put the sheet that a stranger sent GAP sheets before the last one to them again, if drawn.

    The caller has just kept a sheet and holds the lock of the enrollment, so that each sheet is
    looked at once. Answers that came too late have no place: nothing of them is repeated.
    """
    if person.others_sent <= GAP:
        return None
    found = EARLIER.first({"rater": rater.pk, "study": person.study_id})
    if found is None or not is_drawn(found[0].pk, found[1]):
        return None
    again = _again(found[0], rater)
    again.save()
    return again


def is_drawn(place: int, percent: int) -> bool:
    """Return whether the sheet answered at a place is repeated, where so many of a hundred are.

    >>> [place for place in range(100) if is_drawn(place, 5)]
    [3, 16, 21, 42, 53, 80, 81]
    >>> all(is_drawn(place, 100) for place in range(100)), is_drawn(3, 0)
    (True, False)
    """
    drawn = hashlib.sha256(f"repeat:{place}".encode()).digest()
    return int.from_bytes(drawn[:8]) % HUNDRED < percent


def _again(slot: Slot, rater: Rater, after: timedelta = timedelta()) -> Slot:
    """Return a new place for the same rater, where the other response stands first."""
    return Slot(
        sheet_id=slot.sheet_id,
        role=slot.role,
        purpose=Purpose.REPEAT,
        occasion=AGAIN,
        reserved_for=rater,
        not_before=slot.submitted_at + after if slot.submitted_at and after else None,
        priority=PRIORITY,
        seed=secrets.randbits(SEED_BITS - 1) * 2 + (1 - slot.seed % 2),
    )
