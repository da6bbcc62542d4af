"""Lay comparison sheets for what arms have written and nobody has compared yet.

Each personalized response is put beside the one without attributes by the same author. Rated are the
attributes that most strangers found relevant to the request (RH; where a study asks no strangers
about relevance, those that the owner found relevant), whatever the author was given. Sheets come in
a drawn order, so that their numbers tell nothing of arms. Whoever is labelling own sheets just now
gets no more of them: their comparisons are laid when they are done.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from annotation.models import Attribute, Enrollment, Item, Response, Study
from annotation.models.person import Part
from annotation.models.response import Condition
from annotation.models.sheet import Stage
from annotation.plans import planned
from annotation.sheets import lay_comparison
from personalization.generation.conditions import relevant_to_most, relevant_to_owner
from personalization.generation.matching import Pair, generic_of, is_generic
from personalization.generation.pairs import may_be_seen, pair_of
from personalization.generation.planning import draw
from personalization.generation.said import paired, undecided_pairs
from personalization.models import Arm, ArmResponse, Generation
from personalization.models.arm import ArmStep

AT_WORK = (Part.REVIEW, Part.RELEVANCE, Part.COMPARISON)


@dataclass(frozen=True, slots=True)
class Laid:
    """How many sheets were laid, for so many people, with so many items."""

    sheets: int
    items: int
    people: int


@dataclass(frozen=True, slots=True)
class Unlaid:
    """How many comparisons can be laid, for how many people; and what the others lack.

    No response without attributes, strangers who say what is relevant, an owner who is done, two
    responses that differ, or that tell raters nothing of what they are.
    """

    pairs: int
    people: int
    ungeneric: int = 0
    undecided: int = 0
    at_work: int = 0
    same: int = 0
    unclean: int = 0


@dataclass(slots=True)
class _Found:
    """What can be laid: (without attributes, with attributes), and the counts of what cannot."""

    pairs: list[tuple[Response, Response]] = field(default_factory=list)
    ungeneric: int = 0
    undecided: int = 0
    at_work: int = 0
    same: int = 0
    unclean: int = 0


def unlaid(study: Study, arms: Sequence[Arm] | None = None) -> Unlaid:
    """Return what `lay_comparisons` would lay; without `arms`, of all personalized ones."""
    found = _find(study, arms)
    return Unlaid(
        pairs=len(found.pairs),
        people=len({personal.participant_id for _generic, personal in found.pairs}),
        ungeneric=found.ungeneric,
        undecided=found.undecided,
        at_work=found.at_work,
        same=found.same,
        unclean=found.unclean,
    )


def lay_comparisons(
    study: Study, arms: Sequence[Arm] | None = None, most: int | None = None
) -> Laid:
    """Lay a comparison for each pair that has none (`most`: no more pairs); harmless twice.

    Each sheet is saved by itself, unless the caller has a transaction open.
    """
    pairs = sorted(_find(study, arms).pairs, key=lambda pair: draw(pair[1].pk))[:most]
    people = {personal.participant_id or 0 for _generic, personal in pairs}
    rated = _rated(study, people)
    items = {personal: _lay(study, generic, personal, rated) for generic, personal in pairs}
    laid = {one.participant_id: count for one, count in items.items() if count}
    counts = [count for count in items.values() if count]
    return Laid(len(counts), sum(counts), len(laid))


def _find(study: Study, arms: Sequence[Arm] | None) -> _Found:
    everyone = list(Arm.objects.filter(study=study, step=ArmStep.GENERATION).order_by("pk"))
    chosen = everyone if arms is None else arms
    people = _people(study)
    partners = _partners(study)
    found = _Found()
    for arm in (one for one in chosen if not is_generic(one)):
        generic = generic_of(arm, everyone)
        plain = _written(generic) if generic is not None else {}
        generics = _ids(generic) if generic is not None else set()
        for (person, query), personal in _written(arm).items():
            if person is None or person not in people or personal.condition == Condition.NONE:
                continue
            other = plain.get((person, query)) or plain.get((None, query))
            # Also beside another one of that arm: to one request there may be several.
            if partners[personal.pk] & generics:
                continue
            if other is None:
                found.ungeneric += 1
            else:
                _sort_in(found, people[person], other, personal)
    _set_aside_undecided(study, found)
    return found


def _sort_in(found: _Found, owner: Enrollment, generic: Response, personal: Response) -> None:
    if owner.finished_at is None and (owner.waiting_since or owner.part in AT_WORK):
        found.at_work += 1
    elif generic.text == personal.text:
        found.same += 1
    elif not all(may_be_seen(one, _row_of(one)) for one in (generic, personal)):
        found.unclean += 1
    else:
        found.pairs.append((generic, personal))


def _set_aside_undecided(study: Study, found: _Found) -> None:
    """Leave out pairs about whose request strangers have not said all."""
    if not _asks_strangers(study):
        return
    people = {personal.participant_id or 0 for _generic, personal in found.pairs}
    undecided = undecided_pairs(study.pk, paired(study.pk, people), people)
    ready = [
        (generic, personal)
        for generic, personal in found.pairs
        if (personal.participant_id, personal.query_id) not in undecided
    ]
    found.undecided = len(found.pairs) - len(ready)
    found.pairs = ready


def _rated(study: Study, people: set[int]) -> dict[Pair, list[int]]:
    """Return the attributes that are rated, by person and query."""
    if _asks_strangers(study):
        return relevant_to_most(study.pk, people)
    return relevant_to_owner(study.pk, people)


def _asks_strangers(study: Study) -> bool:
    return planned(study, Stage.RELEVANCE).strangers > 0


@transaction.atomic
def _lay(study: Study, generic: Response, personal: Response, rated: dict[Pair, list[int]]) -> int:
    """Lay one comparison; return how many items it has, 0 where somebody else has laid it."""
    # Of two who lay at once, the second one finds it there.
    owner = (
        Enrollment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study", "participant")
        .get(study=study, participant=personal.participant_id)
    )
    pair = pair_of(generic, personal)
    if pair is None or owner.withdrawn_at is not None:
        return 0
    if Item.objects.filter(response_pair=pair, study=study).exists():
        return 0
    ids = rated.get((owner.participant_id, personal.query_id), [])
    found = Attribute.objects.in_bulk(ids)
    sheet = lay_comparison(owner, pair, [found[one] for one in ids if one in found])
    return sheet.items.count()


def _people(study: Study) -> dict[int, Enrollment]:
    """Return who takes part and has not left, by participant."""
    taking_part = Enrollment.objects.filter(
        study=study, consented_at__isnull=False, withdrawn_at=None, preview=False
    )
    return {one.participant_id: one for one in taking_part}


def _partners(study: Study) -> dict[int, set[int]]:
    """Return beside which other responses each one stands on a sheet."""
    compared = (
        Item.objects.filter(study=study, response_pair__isnull=False)
        .values_list("response_pair__a", "response_pair__b")
        .distinct()
    )
    partners: dict[int, set[int]] = defaultdict(set)
    for a, b in compared:
        partners[a].add(b)
        partners[b].add(a)
    return partners


def _ids(arm: Arm) -> set[int]:
    return set(ArmResponse.objects.filter(arm=arm).values_list("response", flat=True))


def _written(arm: Arm) -> dict[tuple[int | None, int], Response]:
    """Return the responses of an arm by person (None: for nobody in particular) and query."""
    rows: Iterable[ArmResponse] = (
        ArmResponse.objects.filter(arm=arm)
        .select_related("response__query", "response__generation")
        .order_by("-response")
    )
    # Of several to the same request the oldest one counts.
    return {(row.response.participant_id, row.response.query_id): row.response for row in rows}


def _row_of(response: Response) -> Generation | None:
    try:
        return response.generation
    except Generation.DoesNotExist:
        return None
