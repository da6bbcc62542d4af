"""From PostgreSQL to arrays: the labels of one question, coded, without names or model instances.

Columns come straight from the covering index; codes are places in sorted lists of ids, so that the
kernels never see an id. Roles are separate panels from here on and nothing pools them.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Sum

from annotation.models import Option, Question, Rater
from personalization.agreement.arrays import BoolArray, IntArray
from personalization.agreement.frames.data import HUMAN_ROLES, Frame, JudgeAnswers, Labels, Orders
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.patterns import histogram

ITEMS = """
SELECT i.id, coalesce(s.owner_id, -1) FROM annotation_item i
JOIN annotation_sheet s ON s.id = i.sheet_id
WHERE i.question_id = %(question)s
"""
ANSWERS = """
SELECT item_id, rater_id, value FROM annotation_judgment
WHERE question_id = %(question)s AND role = %(role)s AND superseded_at IS NULL
    AND use = 'label' AND occasion = 0 AND value IS NOT NULL
UNION ALL
SELECT item_id, rater_id, -1 FROM annotation_judgment
WHERE question_id = %(question)s AND role = %(role)s AND superseded_at IS NULL
    AND use = 'label' AND occasion = 0 AND value IS NULL
"""
REASONS = """
SELECT rater_id, reason, count(*) FROM annotation_judgment
WHERE question_id = %(question)s AND role = %(role)s AND superseded_at IS NULL
    AND use = 'label' AND occasion = 0 AND value IS NULL
GROUP BY rater_id, reason ORDER BY rater_id, reason
"""
ORDERS = """
SELECT item_id, rater_id, (side = 'ba')::int, coalesce(value, -1) FROM personalization_verdict
WHERE question_id = %(question)s AND side <> 'none' AND sample = 0 AND occasion = 0
    AND settled_at IS NOT NULL
"""
REFERENCES = """
SELECT r.item_id, r.accepted FROM annotation_reference r
JOIN annotation_item i ON i.id = r.item_id
WHERE i.question_id = %(question)s AND r.superseded_at IS NULL
"""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One role's current answers by ids: a value or INVALID each, and the reasons by rater."""

    item_id: IntArray
    rater_id: IntArray
    value: IntArray
    reasons: dict[int, Counter[str]]


def load(question: Question) -> Frame:
    """Return the frame of `question`, each panel read once.

    The stamp is read first, so that an answer given meanwhile makes the frame old rather than
    overlooked; the items are read last, so that no answer lacks its item.
    """
    read_at = stamp(question)
    options = list(question.options.order_by("code"))
    scores = [option.score for option in options]
    people = {role: _answers(question, role) for role in HUMAN_ROLES}
    machines, orders = _answers(question, "machine"), _columns(ORDERS, 4, question=question.pk)
    references = _rows(REFERENCES, question=question.pk)
    item_ids, owner = _items(question)
    panels = {
        role: _labels(answers, item_ids, len(options))
        for role, answers in people.items()
        if answers.item_id.size
    }
    judges = _judges(machines, _orders(orders, item_ids), item_ids)
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
        accepted=_accepted(references, item_ids, len(options)),
        raters=Rater.objects.in_bulk(wanted),
        candidates=_candidates(options),
        stamp=read_at,
    )


def stamp(question: Question) -> str:
    """Return the version of the question's data: moves with every change of a judgment."""
    changes = question.stamps.aggregate(total=Sum("changes"))["total"]
    return f"{changes or 0}"


def _candidates(options: list[Option]) -> tuple[int, int] | None:
    """Return the codes of "the first candidate" and "the second", where the question has them."""
    sides = {option.side: option.code for option in options if option.side}
    return (sides["a"], sides["b"]) if len(sides) == 2 else None


def _rows(sql: str, **parameters: int | str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _columns(sql: str, width: int, **parameters: int | str) -> list[IntArray]:
    """Return the columns of a query of integers, none of them null.

    The database packs each column into one value: a million rows cost half of what they cost row by
    row, and next to nothing here. A value holds 1 GB as text, so 67 million rows are the most.
    """
    names = [f"c{place}" for place in range(width)]
    packed = ", ".join(f"string_agg(int8send({name}), '')" for name in names)
    ((*columns,),) = _rows(
        f"SELECT {packed} FROM ({sql}) AS packed ({', '.join(names)})",  # noqa: S608 - ours
        **parameters,
    )
    return [np.frombuffer(column or b"", ">i8").astype(np.int64) for column in columns]


def _items(question: Question) -> tuple[IntArray, IntArray | None]:
    ids, owner = _columns(ITEMS, 2, question=question.pk)
    order = ids.argsort()
    ids, owner = ids[order], owner[order]
    if not (owner >= 0).any():
        return ids, None
    owners, code = np.unique(owner, return_inverse=True)
    return ids, code - int(owners[0] < 0)


def _answers(question: Question, role: str) -> Answers:
    item_id, rater_id, value = _columns(ANSWERS, 3, question=question.pk, role=role)
    reasons: dict[int, Counter[str]] = defaultdict(Counter)
    for rater, reason, count in _rows(REASONS, question=question.pk, role=role):
        reasons[rater][reason] = count
    return Answers(item_id, rater_id, value, reasons)


def _labels(answers: Answers, item_ids: IntArray, n_values: int) -> Labels:
    read = answers.value != INVALID
    value = answers.value[read]
    rater_ids, rater = np.unique(answers.rater_id[read], return_inverse=True)
    item = np.searchsorted(item_ids, answers.item_id[read])
    reasons = sum(answers.reasons.values(), Counter[str]())
    counts = histogram(item, value, len(item_ids), n_values)
    return Labels(item, rater, value, counts, rater_ids, dict(reasons))


def _judges(answers: Answers, orders: dict[int, Orders], item_ids: IntArray) -> list[JudgeAnswers]:
    item = np.searchsorted(item_ids, answers.item_id)
    judges = []
    for pk in np.unique(answers.rater_id).tolist():
        mine = answers.rater_id == pk
        given = np.full(len(item_ids), NOT_ASKED)
        given[item[mine]] = answers.value[mine]
        judges.append(JudgeAnswers(pk, given, dict(answers.reasons[pk]), orders.get(pk)))
    return judges


def _orders(columns: list[IntArray], item_ids: IntArray) -> dict[int, Orders]:
    """Return, by judge, the pairs it judged in both orders: items and the two values."""
    item_id, rater, swapped, value = columns
    item = np.searchsorted(item_ids, item_id)
    found = {}
    for pk in np.unique(rater).tolist():
        sides = []
        for side in (0, 1):
            mine = (rater == pk) & (swapped == side)
            given = np.full(len(item_ids), NOT_ASKED)
            given[item[mine]] = value[mine]
            sides.append(given)
        both = np.flatnonzero((sides[0] != NOT_ASKED) & (sides[1] != NOT_ASKED))
        found[pk] = Orders(both, sides[0][both], sides[1][both])
    return found


def _accepted(
    references: list[tuple[Any, ...]], item_ids: IntArray, n_values: int
) -> BoolArray | None:
    if not references:
        return None
    accepted = np.zeros((len(item_ids), n_values), bool)
    for item_id, values in references:
        accepted[np.searchsorted(item_ids, item_id), values] = True
    return accepted
