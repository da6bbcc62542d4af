"""Examples for a judge's prompt: items of the same question whose answer is known.

They come from the development part of the study alone (personalization/splits.py), so never from a
person on whom the judge is measured. The same seed draws the same items, as long as the known
answers are the same; the judge keeps item and answer, so later answers do not change it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import connection
from django.db.models import Count

from annotation.models import Judgment, Question, Reference
from annotation.models.judgment import Role, Use
from personalization.judge import statements
from personalization.judge.manner import Manner
from personalization.judge.planning import agreed, standing
from personalization.judge.scales import scale_of
from personalization.models import JudgeRun

LEAST_VOTES = 2

Shots = tuple[tuple[int, int], ...]


class NoExamplesError(Exception):
    """There is no item with a known answer in the development part, for these questions."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__(", ".join(map(str, questions)))
        self.questions = tuple(questions)


def draw(
    questions: Sequence[Question],
    count: int,
    seed: int = 0,
    *,
    tie: bool = True,
    provider: str = "",
) -> Shots:
    """Return up to `count` examples for each question: (item, code of its answer).

    Every answer that a judge is offered has as many as the others, as far as there are any.
    `provider`: who runs the judge's model; then only of people who have agreed to that.
    NoExamplesError where a question has none at all.
    """
    drawn: list[tuple[int, int]] = []
    without = []
    for question in questions:
        offered = [one.code for one in scale_of(question).offered_for(tie)]
        known = known_answers(_items(question, provider))
        by_code: dict[int, list[int]] = {
            code: [item for item, value in known.items() if value == code] for code in offered
        }
        chosen = balanced(by_code, count, seed)
        drawn += chosen
        if not chosen:
            without.append(question)
    if without:
        raise NoExamplesError(without)
    return tuple(drawn)


def balanced(by_code: Mapping[int, Collection[int]], count: int, seed: int) -> Shots:
    """Draw from each answer's items in turn until there are enough; then mix them.

    >>> sorted(code for _item, code in balanced({0: range(9), 1: [20], 2: []}, 4, seed=1))
    [0, 0, 0, 1]
    """
    left = {
        code: sorted(items, key=lambda item: _rank(seed, item)) for code, items in by_code.items()
    }
    turns = sorted(left, key=lambda code: _rank(seed, code))
    drawn: list[tuple[int, int]] = []
    while len(drawn) < count and any(left.values()):
        drawn += [(left[code].pop(), code) for code in turns if left[code]]
    drawn = drawn[:count]
    return tuple(sorted(drawn, key=lambda one: _rank(f"{seed} order", one[0])))


def known_answers(items: Collection[int]) -> dict[int, int]:
    """Return the answers that are known, by item: one reference, else what strangers agree on.

    Strangers: two votes at least, and more than half of them for one answer. Where references
    accept several answers, or contradict each other, none is known.
    """
    accepted: dict[int, list[set[int]]] = defaultdict(list)
    current = Reference.objects.filter(item__in=items, superseded_at=None)
    for item, codes in current.values_list("item", "accepted"):
        accepted[item].append({int(code) for code in codes})
    votes: dict[int, dict[int, int]] = defaultdict(dict)
    given = Judgment.objects.filter(
        item__in=items, role=Role.THIRD_PARTY, use=Use.LABEL, occasion=0,
        superseded_at=None, value__isnull=False,
    )  # fmt: skip
    for item, value, number in given.values_list("item", "value").annotate(number=Count("pk")):
        votes[item][value] = number
    known = {}
    for item in sorted(items):
        right = set.union(*accepted[item]) if item in accepted else _agreed_on(votes[item])
        if len(right) == 1:
            known[item] = right.pop()
    return known


def standing_shots(run: JudgeRun, manner: Manner) -> set[int]:
    """Return which of a judge's examples may still be sent: people leave while a run goes on."""
    return standing(run, [item for item, _code in manner.shots]) if manner.shots else set()


def _items(question: Question, provider: str) -> list[int]:
    asked = {"question": question.pk, **agreed(question.study_id, provider)}
    with connection.cursor() as cursor:
        cursor.execute(statements.DEVELOPMENT, asked)
        return [item for item, _question, withheld in cursor.fetchall() if not withheld]


def _agreed_on(votes: Mapping[int, int]) -> set[int]:
    number = sum(votes.values())
    return {value for value, n in votes.items() if number >= LEAST_VOTES and 2 * n > number}


def _rank(seed: int | str, number: int) -> bytes:
    """Return where a number stands in an order that follows from the seed, in every process."""
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()
