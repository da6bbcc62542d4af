"""Conditions: which attributes the author of a response is given, for each (person, query).

A person was paired with a query where their attributes were put beside it (relevance). Attributes
come surest first; those that were withdrawn or flagged never come. Where a manner names a profile,
only the attributes of that arm. There is no response where a condition has no attributes to give,
nor while it waits for strangers: `outlook` says how many pairs that are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotation.models import Attribute, Item, Judgment
from annotation.models.judgment import Reason, Role
from annotation.models.question import Kind
from annotation.models.response import Condition
from annotation.models.sheet import Stage
from personalization.arms.configuration import MAJORITY, OWNER, Generating
from personalization.arms.making import UnfitError
from personalization.generation.matching import Pair, generics, manner_of
from personalization.generation.said import (
    People,
    paired,
    said_by_most,
    said_by_owner,
    undecided_pairs,
    unfinished,
)
from personalization.models import Arm
from personalization.models.arm import ArmStep


@dataclass(frozen=True, slots=True)
class Given:
    """What an arm's authors are given: ids of attributes by (person, query), where it is known.

    Of the other pairs: for how many there is nothing to give, and how many wait for strangers.
    """

    attributes: dict[Pair, list[int]]
    nothing: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of all (person, query) of a study: for how many an arm has what it needs, and why not."""

    pairs: int
    ready: int
    nothing: int  # no attribute to give
    undecided: int  # strangers have not said yet what is relevant, or true
    ungeneric: int  # length-matched: there is no response without attributes yet


def waits_for_strangers(manner: Generating) -> bool:
    """Return whether people who wait would wait for other people's answers."""
    if manner.condition == Condition.VERIFIED:
        return manner.verified_by == MAJORITY
    return manner.condition == Condition.RELEVANT_MAJORITY


def given(arm: Arm, people: People = None) -> Given:
    """Return what an arm's authors are given; UnfitError where it names an arm that is not there."""
    manner, study = manner_of(arm), arm.study_id
    pairs = sorted(paired(study, people))
    if manner.condition == Condition.NONE:
        return Given({pair: [] for pair in pairs})
    undecided: set[Pair] = set()
    chosen = _usable(study, people, _profile(arm, manner))
    if manner.condition == Condition.RELEVANT_OWNER:
        found = _by_query(said_by_owner(study, Kind.RELEVANCE, people), chosen)
    elif manner.condition == Condition.RELEVANT_MAJORITY:
        undecided = undecided_pairs(study, pairs, people)
        found = _by_query(said_by_most(study, Kind.RELEVANCE, people), chosen)
    else:
        if manner.condition == Condition.VERIFIED:
            chosen, unknown = _verified(arm, manner, chosen, people)
            undecided = {pair for pair in pairs if pair[0] in unknown}
        elif not manner.profile:
            # What an arm has rewritten says once more what is there.
            chosen = chosen.filter(refined_from=None)
        found = _for_all_queries(pairs, chosen)
    ready = {pair: found[pair] for pair in pairs if pair in found and pair not in undecided}
    return Given(ready, len(pairs) - len(ready) - len(undecided), len(undecided))


def outlook(arm: Arm) -> Outlook:
    """Return for how many (person, query) an arm has what it needs, done or not."""
    found, ungeneric = given(arm), 0
    ready = set(found.attributes)
    if manner_of(arm).matched:
        ungeneric = len(ready - generics(arm).keys())
    pairs = len(ready) + found.nothing + found.undecided
    return Outlook(pairs, len(ready) - ungeneric, found.nothing, found.undecided, ungeneric)


def relevant_to_owner(study: int, people: People = None) -> dict[Pair, list[int]]:
    """Return the attributes that their owners found relevant, the surest first."""
    return _by_query(
        said_by_owner(study, Kind.RELEVANCE, people), _usable(study, people, profile=None)
    )


def relevant_to_most(study: int, people: People = None) -> dict[Pair, list[int]]:
    """Return the attributes that a strict majority of strangers found relevant, the surest first."""
    return _by_query(
        said_by_most(study, Kind.RELEVANCE, people), _usable(study, people, profile=None)
    )


def _profile(arm: Arm, manner: Generating) -> Arm | None:
    if not manner.profile:
        return None
    return _named(arm, manner.profile, ArmStep.EXTRACTION, ArmStep.REVISION)


def _named(arm: Arm, name: str, *steps: ArmStep) -> Arm:
    """Return the arm of this name, of the first of these steps that has one."""
    for step in steps:
        found = Arm.objects.filter(study=arm.study_id, step=step, name=name).first()
        if found is not None:
            return found
    raise UnfitError(f"there is no arm called {name} whose attributes {arm.name} could use")


def _usable(study: int, people: People, profile: Arm | None) -> QuerySet[Attribute]:
    """Return the attributes that may be given, the surest first."""
    flagged = Judgment.objects.filter(
        Q(item__attribute=OuterRef("pk")) | Q(item__relevance_pair__attribute=OuterRef("pk")),
        reason=Reason.FLAGGED,
        superseded_at=None,
    ).exclude(role=Role.MACHINE)
    hidden = Item.objects.filter(
        attribute=OuterRef("pk"), question__kind=Kind.ATTRIBUTE, sheet__hidden_at__isnull=False
    )
    found = Attribute.objects.filter(
        ~Exists(flagged), ~Exists(hidden), study=study, withdrawn_at=None
    )
    if people is not None:
        found = found.filter(participant__in=people)
    if profile is not None:
        found = found.filter(in_arms__arm=profile, in_arms__left_out=None)
    return found.order_by(F("confidence").desc(nulls_last=True), "pk")


def _verified(
    arm: Arm, manner: Generating, chosen: QuerySet[Attribute], people: People
) -> tuple[QuerySet[Attribute], set[int]]:
    """Return the attributes that hold, and the people of whom strangers have not said all yet."""
    study = arm.study_id
    if manner.verified_by == OWNER:
        said = said_by_owner(study, Kind.ATTRIBUTE, people).values("item__attribute")
        return chosen.filter(pk__in=said), set()
    if manner.verified_by == MAJORITY:
        said = said_by_most(study, Kind.ATTRIBUTE, people).values("item__attribute")
        items = Item.objects.filter(
            sheet__in=unfinished(study, Stage.REVIEW).values("pk"), attribute__isnull=False
        )
        if people is not None:
            items = items.filter(attribute__participant__in=people)
        unknown = set(items.values_list("attribute__participant", flat=True).distinct())
        return chosen.filter(pk__in=said), unknown
    revision = _named(arm, manner.verified_by, ArmStep.REVISION)
    return chosen.filter(
        pk__in=revision.attributes.filter(left_out=None).values("attribute")
    ), set()


def _by_query(said: QuerySet[Judgment], chosen: QuerySet[Attribute]) -> dict[Pair, list[int]]:
    """Return what was said to be relevant to each query, in the order of `chosen`."""
    queries: dict[int, set[int]] = {}
    for attribute, query in said.values_list(
        "item__relevance_pair__attribute", "item__relevance_pair__query"
    ):
        queries.setdefault(attribute, set()).add(query)
    found: dict[Pair, list[int]] = {}
    for pk, person in chosen.filter(pk__in=queries).values_list("pk", "participant"):
        for query in queries[pk]:
            found.setdefault((person, query), []).append(pk)
    return found


def _for_all_queries(pairs: Iterable[Pair], chosen: QuerySet[Attribute]) -> dict[Pair, list[int]]:
    """Return all that is chosen of a person, whatever the query."""
    known: dict[int, list[int]] = {}
    for pk, person in chosen.values_list("pk", "participant"):
        known.setdefault(person, []).append(pk)
    return {(person, query): known[person] for person, query in pairs if person in known}
