"""Sheets of which it is known what is right, put to raters beside the quota: three banks.

- Training: the first sheets of somebody who labels. What is right is said at once, and why.
- Gold: now and then, and nobody is told. What somebody thinks of gold is no label: no panel has it.
- Attention: now and then, a sheet that asks for one certain answer.

What may be an attention sheet (Prolific's rules, peers.md section 4): only a question that itself
says what to answer, and assumes no knowledge; or a nonsensical one, on a scale of agreement without
a middle. In a study of less than five minutes one missed check may be a reason to reject a
submission, in a longer one two. Training is no such check: nobody is ever rejected for it.

What is right is a Reference of kind gold. A sheet without one is not put to anybody. Whoever has seen
all sheets of a bank gets no more of them. Checks count as sheets that were asked for, like any other.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.answers import Answer, items_of
from annotation.arrangement import arranged
from annotation.models import Enrollment, Item, Rater, Reference, Slot, Study
from annotation.models.judgment import Reason, ReferenceKind
from annotation.models.person import Part
from annotation.models.sheet import Stage
from annotation.models.slot import Purpose, SlotRole
from annotation.reading import prepared
from annotation.sheets import SEED_BITS
from annotation.submission import sent_answers

BANKS = (Purpose.TRAINING, Purpose.GOLD, Purpose.ATTENTION)
# Before all other places that are kept for a rater.
PRIORITY = {Purpose.TRAINING: 32_002, Purpose.GOLD: 32_001, Purpose.ATTENTION: 32_001}
# Sheets of a bank that are new to a rater, in an order of the rater's own. The bank is read from its
# index and is small; whether a sheet will do is looked up one by one, until there are enough.
PICK = f"""
    SELECT b.id FROM (
        SELECT h.id, h.owner_id, md5(h.id::text || ':' || %(rater)s::text) AS turn
        FROM annotation_sheet h
        WHERE h.study_id = %(study)s AND h.use = %(use)s AND NOT h.use = 'label'
            AND h.stage IN ({", ".join(f"'{stage}'" for stage in Stage)})
            AND h.hidden_at IS NULL
        ORDER BY turn OFFSET 0
    ) b
    WHERE b.owner_id IS DISTINCT FROM %(rater)s::bigint AND NOT EXISTS (
        SELECT FROM annotation_slot t WHERE t.sheet_id = b.id AND t.rater_id = %(rater)s
    ) AND NOT EXISTS (
        SELECT FROM annotation_slot t
        WHERE t.reserved_for_id = %(rater)s AND t.rater_id IS NULL AND t.sheet_id = b.id
    ) AND NOT EXISTS (
        SELECT FROM annotation_lapse p WHERE p.sheet_id = b.id AND p.rater_id = %(rater)s
    ) AND EXISTS (
        SELECT FROM annotation_sheet h
        WHERE h.id = b.id AND annotation_is_offered(h, '{SlotRole.THIRD_PARTY}')
    ) AND EXISTS (
        SELECT FROM annotation_item i JOIN annotation_reference r ON r.item_id = i.id
        WHERE i.sheet_id = b.id AND r.kind = '{ReferenceKind.GOLD}' AND r.superseded_at IS NULL
    )
    ORDER BY b.turn LIMIT %(most)s
"""  # noqa: S608 - our own constants
# Before the first sheet was sent: the training that a rater was given, whatever became of it.
BEGUN = f"""
    SELECT count(*) FROM (
        SELECT lane_id FROM annotation_slot
        WHERE reserved_for_id = %(rater)s AND rater_id IS NULL
        UNION ALL
        SELECT lane_id FROM annotation_slot WHERE rater_id = %(rater)s AND submitted_at IS NULL
    ) s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %(study)s AND l.purpose = '{Purpose.TRAINING}'
"""  # noqa: S608 - our own constants
RESULTS = f"""
    SELECT s.rater_id, s.purpose, count(*) FILTER (WHERE j.value = ANY (r.accepted)),
        count(j.value), count(*)
    FROM annotation_slot s
    JOIN annotation_lane l ON l.id = s.lane_id
    JOIN annotation_judgment j ON j.slot_id = s.id
        AND j.use = s.purpose AND j.superseded_at IS NULL
    JOIN annotation_reference r ON r.item_id = j.item_id
        AND r.kind = '{ReferenceKind.GOLD}' AND r.superseded_at IS NULL
    WHERE s.rater_id = ANY (%(raters)s) AND s.submitted_at IS NOT NULL
        AND l.study_id = %(study)s AND s.purpose = ANY (%(banks)s)
    GROUP BY s.rater_id, s.purpose
"""  # noqa: S608 - our own constants


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of one item, which answers are right, and why."""

    item: Item
    given: Answer | None
    right: tuple[int, ...]
    why: str

    @property
    def fits(self) -> bool | None:
        """Return whether the answer is one of the right ones; None where the person did not decide."""
        if self.given is None or isinstance(self.given, Reason):
            return None
        return self.given in self.right


@dataclass(frozen=True, slots=True)
class Result:
    """How one rater did at the checks of one kind, in items.

    Somebody who could not tell is neither right nor wrong, and is counted apart.
    """

    right: int
    wrong: int
    open: int

    @property
    def asked(self) -> int:
        """Return how many items were answered in any way."""
        return self.right + self.wrong + self.open


def begin(person: Enrollment, rater: Rater) -> int:
    """Keep the study's training sheets for a rater who has sent nothing yet; return how many new.

    The caller has locked the enrollment. Called again, it adds only what is missing.
    """
    if not person.study.training_first or person.others_sent or person.preview:
        return 0
    with prepared() as cursor:
        cursor.execute(BEGUN, {"rater": rater.pk, "study": person.study_id})
        begun: int = cursor.fetchone()[0]
    missing = person.study.training_first - begun
    return _put(person, rater, Purpose.TRAINING, missing) if missing > 0 else 0


def due(person: Enrollment, rater: Rater) -> int:
    """Keep the checks that come next for a rater, who has just sent a sheet; return how many.

    Sheets of all kinds are counted. Where a gold and an attention sheet fall together, gold comes
    first; and where a page has got the next sheet in advance, the check comes after that one.
    """
    study, number = person.study, person.others_sent + 1
    wanted = [
        use
        for use, every in (
            (Purpose.GOLD, study.gold_every),
            (Purpose.ATTENTION, study.attention_every),
        )
        if every and number % every == 0
    ]
    if person.part == Part.OTHERS:
        wanted = wanted[: max(0, study.sheets_each - person.others_sent)]
    return sum(_put(person, rater, use, 1) for use in wanted)


def feedback(slot: Slot) -> list[Feedback]:
    """Return what is right at each item of a sent sheet where that is known, as the page had them."""
    items = arranged(slot, items_of(slot))
    known = Reference.objects.filter(item__in=items, kind=ReferenceKind.GOLD, superseded_at=None)
    right = {one.item_id: one for one in known}
    given = sent_answers(slot, slot.rater) if slot.rater else {}
    return [
        Feedback(
            item=item,
            given=given.get(item.pk),
            right=tuple(right[item.pk].accepted),
            why=right[item.pk].note,
        )
        for item in items
        if item.pk in right
    ]


def results(study: Study, raters: Iterable[int]) -> dict[tuple[int, Purpose], Result]:
    """Return how raters (a page of them, by id) did at the checks of a study, by rater and bank.

    Whoever was not checked is not in it. Reads the places of these raters and nothing else.
    """
    asked: dict[str, Any] = {
        "study": study.pk,
        "raters": list(raters),
        "banks": [bank.value for bank in BANKS],
    }
    with connection.cursor() as cursor:
        cursor.execute(RESULTS, asked)
        rows: Sequence[tuple[int, str, int, int, int]] = cursor.fetchall()
    return {
        (rater, Purpose(bank)): Result(right, told - right, all_ - told)
        for rater, bank, right, told, all_ in rows
    }


def _put(person: Enrollment, rater: Rater, use: Purpose, most: int) -> int:
    """Keep sheets of a bank for a rater, as many as there are new ones, in the rater's own order."""
    wanted: dict[str, Any] = {"use": use.value, "rater": rater.pk, "most": most}
    with prepared() as cursor:
        cursor.execute(PICK, {"study": person.study_id, **wanted})
        sheets = [pk for (pk,) in cursor.fetchall()]
    Slot.objects.bulk_create(
        [
            Slot(
                sheet_id=pk,
                role=SlotRole.THIRD_PARTY,
                purpose=use,
                reserved_for=rater,
                priority=PRIORITY[use],
                seed=secrets.randbits(SEED_BITS),
            )
            for pk in sheets
        ]
    )
    return len(sheets)
