"""The labels of one question, each item with what it is about."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef

from annotation.models import Item, Question, Study
from personalization.agreement import frames
from personalization.agreement.arrays import IntArray
from personalization.agreement.frames import Frame, JudgeAnswers
from personalization.agreement.frames.coding import places
from personalization.agreement.frames.reading import columns
from personalization.agreement.report import question_name
from personalization.agreement.report.judges import is_baseline
from personalization.agreement.report.people import single_values

NOBODY = -1
# Owners by the person, where there is one: the same in all questions, and beside what arms have made.
SUBJECTS = """
SELECT i.id, coalesce(i.attribute_id, -1), coalesce(i.response_pair_id, -1),
    coalesce(w.participant_id, s.owner_id + (1::bigint << 40), -1)
FROM annotation_item i JOIN annotation_sheet s ON s.id = i.sheet_id
LEFT JOIN annotation_rater w ON w.id = s.owner_id
WHERE i.question_id = %(question)s
"""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A frame, and of each of its items: attribute, response pair, owner; (N,) each, -1 = none.

    All by their numbers in the database.
    """

    frame: Frame
    attribute: IntArray
    pair: IntArray
    owner: IntArray

    @property
    def name(self) -> str:
        """Return the question's name in records."""
        return question_name(self.frame.question)

    @property
    def pk(self) -> int:
        """Return the question's number."""
        return int(self.frame.question.pk)

    def coded(self, *keys: str) -> IntArray | None:
        """Return the place among `keys` of each option, -1 for another; None where one is missing."""
        if not set(keys) <= set(self.frame.options):
            return None
        return np.array([keys.index(one) if one in keys else -1 for one in self.frame.options])

    def majority(self, role: str) -> IntArray:
        """Return a panel's label per item: the strict majority, < 0 where there is none."""
        return single_values(self.frame, role)

    def ratings(self, role: str) -> IntArray:
        """Return how many answers of a panel stand behind each item's label."""
        counts: IntArray = self.frame.panels[role].majorities.sum(axis=1)
        return counts


def asked(study: Study, kind: str) -> Asked | None:
    """Return the labels of the study's newest question of a kind that has items; None without one."""
    laid = Exists(Item.objects.filter(question=OuterRef("pk")))
    question = Question.objects.filter(laid, study=study, kind=kind).order_by("-pk").first()
    if question is None:
        return None
    frame = frames.load(question)
    ids, *given = columns(SUBJECTS, {"question": question.pk}, 4)
    place, known = places(frame.item_ids, ids)
    about = np.full((3, frame.n_items), NOBODY)
    about[:, place[known]] = np.stack(given)[:, known]
    return Asked(frame, about[0], about[1], about[2])


def judges_of(frame: Frame) -> list[JudgeAnswers]:
    """Return the judges that are a panel: baselines know nothing, and their labels compare no arms."""
    return [one for one in frame.judges if not is_baseline(frame, one)]


def translated(values: IntArray, codes: IntArray) -> IntArray:
    """Return values by another code; what is below 0 stays as it is.

    >>> translated(np.array([0, 1, -1]), np.array([1, 0])).tolist()
    [1, 0, -1]
    """
    return np.where(values >= 0, codes[np.maximum(values, 0)], values)
