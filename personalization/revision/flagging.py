"""Who says at first that an attribute is problematic: the model, its owner, or most strangers.

A trained verifier is another entry of `WHO`: a function that says of attributes what it finds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from annotation.models import Judgment, Option, Slot
from annotation.models.judgment import Role, Use
from annotation.models.places import ANYBODYS
from annotation.models.question import Kind
from annotation.models.slot import SlotRole
from personalization.arms.configuration import MAJORITY, OWNER
from personalization.revision.reading import Check

ACCEPTED = "accepted"
UNSURE = "The user is not sure that this is true."

# Of attributes, by id; one that nobody has judged yet is missing.
Says = Callable[[Sequence[int]], Mapping[int, Check]]


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one person says of one attribute."""

    rater: int
    problematic: bool


def owner_says(attributes: Sequence[int]) -> dict[int, Check]:
    """Return what owners say of their own attributes: uncertain and rejected are problematic."""
    codes = _codes(attributes, Role.FIRST_PERSON)
    found = {}
    for attribute, votes in _votes(attributes, Role.FIRST_PERSON).items():
        vote = votes[-1]  # to the newest version of the question
        code = codes.get((attribute, vote.rater), "")
        why = f"The user says: {code}." if code else UNSURE
        found[attribute] = Check(vote.problematic, why if vote.problematic else "")
    return found


def majority_says(attributes: Sequence[int]) -> dict[int, Check]:
    """Return what most strangers say, where all that were asked have answered.

    Without a strict majority an attribute is problematic (protocols, RH verifier).
    """
    codes = _codes(attributes, Role.THIRD_PARTY)
    found = {}
    for attribute, votes in _votes(attributes, Role.THIRD_PARTY).items():
        against = [vote.rater for vote in votes if vote.problematic]
        flagged = 2 * len(against) >= len(votes)
        said = {codes.get((attribute, rater), "") for rater in against} - {""}
        why = f"{len(against)} of {len(votes)} readers doubt it"
        why += f": {'; '.join(sorted(said))}." if said else "."
        found[attribute] = Check(flagged, why if flagged else "")
    return found


# None: the arm's own model is asked.
WHO: Mapping[str, Says | None] = {"model": None, OWNER: owner_says, MAJORITY: majority_says}


def _votes(attributes: Sequence[int], role: Role) -> dict[int, list[_Vote]]:
    """Return what people of a role say of attributes; strangers only where none is awaited."""
    rows = _answers(attributes, role, Kind.ATTRIBUTE)
    if role == Role.THIRD_PARTY:
        awaited = Slot.objects.filter(
            sheet=OuterRef("item__sheet"),
            role=SlotRole.THIRD_PARTY,
            purpose__in=ANYBODYS,
            submitted_at=None,
        )
        rows = rows.exclude(Exists(awaited))
    votes = defaultdict(list)
    for attribute, rater, option in _said(rows):
        votes[attribute].append(_Vote(rater, option.key != ACCEPTED))
    return dict(votes)


def _codes(attributes: Sequence[int], role: Role) -> dict[tuple[int, int], str]:
    """Return what people of a role find wrong, by attribute and rater."""
    rows = _said(_answers(attributes, role, Kind.ERROR_CODE))
    return {(attribute, rater): option.label or option.key for attribute, rater, option in rows}


def _said(rows: "QuerySet[Judgment]") -> Iterator[tuple[int, int, Option]]:
    """Yield attribute, rater and chosen option of answers."""
    found = list(rows.values_list("item__attribute", "rater", "question", "value"))
    asked = Option.objects.filter(question__in={question for _a, _r, question, _v in found})
    options = {(one.question_id, one.code): one for one in asked}
    for attribute, rater, question, value in found:
        if attribute is not None and value is not None:
            yield attribute, rater, options[question, value]


def _answers(attributes: Sequence[int], role: Role, kind: Kind) -> "QuerySet[Judgment]":
    """Return the current answers of a role about attributes, the oldest first."""
    return Judgment.objects.filter(
        item__attribute__in=attributes,
        item__response_pair=None,
        item__sheet__hidden_at=None,
        question__kind=kind,
        role=role,
        use=Use.LABEL,
        occasion=0,
        superseded_at=None,
        value__isnull=False,
    ).order_by("pk")
