"""From PostgreSQL to arrays: the labels of one question, coded, without names or model instances.

Tuples come straight from the covering index; codes are places in sorted lists of ids, so that the
kernels never see an id. Roles are separate panels from here on and nothing pools them.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Sum

from annotation.models import Option, Question, Rater
from annotation.models.rater import RaterKind
from personalization.agreement.accuracy import INVALID, NOT_ASKED
from personalization.agreement.arrays import BoolArray, FloatArray, IntArray

ITEMS = """
SELECT i.id, coalesce(s.owner_id, -1) FROM annotation_item i
JOIN annotation_sheet s ON s.id = i.sheet_id
WHERE i.question_id = %s ORDER BY i.id
"""
LABELS = """
SELECT item_id, rater_id, value FROM annotation_judgment
WHERE question_id = %s AND role = %s AND superseded_at IS NULL AND use = 'label'
    AND occasion = 0 AND value IS NOT NULL
"""
WITHOUT_VALUE = """
SELECT item_id, rater_id, reason FROM annotation_judgment
WHERE question_id = %s AND role = %s AND superseded_at IS NULL AND use = 'label'
    AND occasion = 0 AND value IS NULL
"""
ORDERS = """
SELECT item_id, rater_id, (side = 'ba')::int, coalesce(value, -1) FROM personalization_verdict
WHERE question_id = %s AND side <> 'none' AND sample = 0 AND occasion = 0
    AND settled_at IS NOT NULL
"""
REFERENCES = """
SELECT r.item_id, r.accepted FROM annotation_reference r
JOIN annotation_item i ON i.id = r.item_id
WHERE i.question_id = %s AND r.superseded_at IS NULL
"""
HUMAN_ROLES = ("first_person", "third_party")


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """One panel's current labels: codes of items and raters, values; (n_ratings,) each."""

    item: IntArray
    rater: IntArray
    value: IntArray
    rater_ids: IntArray
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Pairs judged in both orders: their items, and the value read in each order (-1 unreadable)."""

    item: IntArray
    ab: IntArray
    ba: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class JudgeAnswers:
    """One judge: a value per item (INVALID, NOT_ASKED), both orders where it was asked in both."""

    rater_id: int
    value: IntArray
    reasons: dict[str, int]
    orders: Orders | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Everything the report needs of one question."""

    question: Question
    options: list[str]
    scores: FloatArray | None
    item_ids: IntArray
    owner: IntArray | None
    panels: dict[str, Labels]
    judges: list[JudgeAnswers]
    accepted: BoolArray | None
    raters: dict[int, Rater] = field(default_factory=dict)
    candidates: tuple[int, int] | None = None
    stamp: str = ""

    @property
    def n_items(self) -> int:
        """How many items the question has."""
        return len(self.item_ids)

    @property
    def n_values(self) -> int:
        """How many options the question declares."""
        return len(self.options)


def load(question: Question) -> Frame:
    """Return the frame of `question`, each panel read once."""
    options = list(question.options.order_by("code"))
    scores = [option.score for option in options]
    item_ids, owner = _items(question.pk)
    panels = {
        role: labels
        for role in HUMAN_ROLES
        if len((labels := _labels(question.pk, role, item_ids)).item) or labels.reasons
    }
    judges = _judges(question.pk, item_ids)
    wanted = {int(pk) for labels in panels.values() for pk in labels.rater_ids}
    wanted |= {judge.rater_id for judge in judges}
    return Frame(
        question=question,
        options=[option.key for option in options],
        scores=None if None in scores else np.array(scores, np.float64),
        item_ids=item_ids,
        owner=owner,
        panels=panels,
        judges=judges,
        accepted=_accepted(question.pk, item_ids, len(options)),
        raters=Rater.objects.in_bulk(wanted),
        candidates=_candidates(options),
        stamp=stamp(question),
    )


def stamp(question: Question) -> str:
    """Return the version of the question's data: moves with every change of a judgment."""
    changes = question.stamps.aggregate(total=Sum("changes"))["total"]
    return f"{changes or 0}"


def _candidates(options: list[Option]) -> tuple[int, int] | None:
    """Return the codes of "the first candidate" and "the second", where the question has them."""
    sides = {option.side: option.code for option in options if option.side}
    return (sides["a"], sides["b"]) if len(sides) == 2 else None


def identity_known(frame: Frame, role: str) -> bool:
    """Return whether the panel's raters are people rather than positions in a list (C11)."""
    return all(
        frame.raters[int(pk)].kind != RaterKind.POSITION for pk in frame.panels[role].rater_ids
    )


def _query(sql: str, *parameters: int | str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _columns(rows: list[tuple[Any, ...]], width: int) -> IntArray:
    """Return rows of integers as (width, n)."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, width * len(rows))
    return flat.reshape(-1, width).T


def _items(question: int) -> tuple[IntArray, IntArray | None]:
    ids, owner = _columns(_query(ITEMS, question), 2)
    if not (owner >= 0).any():
        return ids, None
    owners, code = np.unique(owner, return_inverse=True)
    return ids, code - int(owners[0] < 0)


def _labels(question: int, role: str, item_ids: IntArray) -> Labels:
    item, rater, value = _columns(_query(LABELS, question, role), 3)
    rater_ids, code = np.unique(rater, return_inverse=True)
    reasons = Counter(reason for _, _, reason in _query(WITHOUT_VALUE, question, role))
    return Labels(np.searchsorted(item_ids, item), code, value, rater_ids, dict(reasons))


def _judges(question: int, item_ids: IntArray) -> list[JudgeAnswers]:
    item, rater, value = _columns(_query(LABELS, question, "machine"), 3)
    missing = _query(WITHOUT_VALUE, question, "machine")
    answers = {
        pk: np.full(len(item_ids), NOT_ASKED)
        for pk in sorted({*np.unique(rater).tolist(), *(row[1] for row in missing)})
    }
    reasons: dict[int, Counter[str]] = {pk: Counter() for pk in answers}
    for pk, given in answers.items():
        mine = rater == pk
        given[np.searchsorted(item_ids, item[mine])] = value[mine]
    for item_id, pk, reason in missing:
        answers[pk][np.searchsorted(item_ids, item_id)] = INVALID
        reasons[pk][reason] += 1
    orders = _orders(question, item_ids)
    return [
        JudgeAnswers(pk, given, dict(reasons[pk]), orders.get(pk)) for pk, given in answers.items()
    ]


def _orders(question: int, item_ids: IntArray) -> dict[int, Orders]:
    """Return, by judge, the pairs it judged in both orders: items and the two values."""
    rows = _query(ORDERS, question)
    if not rows:
        return {}
    item, rater, swapped, value = _columns(rows, 4)
    found = {}
    for pk in np.unique(rater).tolist():
        sides = []
        for side in (0, 1):
            mine = (rater == pk) & (swapped == side)
            given = np.full(len(item_ids), NOT_ASKED)
            given[np.searchsorted(item_ids, item[mine])] = value[mine]
            sides.append(given)
        both = np.flatnonzero((sides[0] != NOT_ASKED) & (sides[1] != NOT_ASKED))
        found[pk] = Orders(both, sides[0][both], sides[1][both])
    return found


def _accepted(question: int, item_ids: IntArray, n_values: int) -> BoolArray | None:
    rows = _query(REFERENCES, question)
    if not rows:
        return None
    accepted = np.zeros((len(item_ids), n_values), bool)
    for item_id, values in rows:
        accepted[np.searchsorted(item_ids, item_id), values] = True
    return accepted
