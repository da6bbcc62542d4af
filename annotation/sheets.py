"""Lay out sheets: what one rater gets at once, with a place for the owner and places for strangers.

`stratum` names a group of sheets that is to advance as fast as the others of its stage. Whoever lays
sheets of known groups gives it, such as an import. The machine does not: what a query says of itself
is where it comes from, and a group for each source (it may be an address) would balance nothing.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotation.arrangement import in_drawn_order, in_reading_order
from annotation.models import (
    Attribute,
    Conversation,
    Enrollment,
    Item,
    Rater,
    RelevancePair,
    ResponsePair,
    Sheet,
)
from annotation.models.rater import RaterKind
from annotation.models.sheet import Stage
from annotation.plans import SEED_BITS, lay_places
from annotation.protocol import protocol

__all__ = [
    "REQUIRED_GAINS",
    "SEED_BITS",
    "lay_comparison",
    "lay_relevance",
    "lay_review",
    "rater_of",
]

# Gains that a comparison must have; the others are folded and free.
REQUIRED_GAINS = 5


def rater_of(enrollment: Enrollment) -> Rater:
    """Return the rater that a participant is, in every study."""
    person = enrollment.participant
    try:
        return person.rater
    except Rater.DoesNotExist:
        rater, _new = Rater.objects.get_or_create(
            participant=person,
            defaults={
                "kind": RaterKind.PERSON,
                "name": person.pseudonym,
                "fingerprint": f"person:{person.pseudonym}",
            },
        )
        # Two requests may do this at once: the one that lost has another row than the one it tried.
        person.rater = rater
        return rater


@transaction.atomic
def lay_review(
    enrollment: Enrollment,
    conversations: Sequence[Conversation],
    attributes: Sequence[Attribute],
    stratum: str = "",
) -> Sheet:
    """Ask of every attribute whether it fits, and what is wrong where it does not.

    They stand in the order of the conversation, those of all arms mixed; what the conversation does
    not decide, a seed does.
    """
    asked = protocol(enrollment.study)
    seed = secrets.randbits(SEED_BITS)
    return _lay(
        enrollment,
        Stage.REVIEW,
        {"conversations": [one.pk for one in conversations], "seed": seed},
        [
            {"question": question, "attribute": one}
            for one in in_reading_order(attributes, conversations, seed)
            for question in (asked.attribute, asked.error_code)
        ],
        stratum,
    )


@transaction.atomic
def lay_relevance(
    enrollment: Enrollment, pairs: Sequence[RelevancePair], stratum: str = ""
) -> Sheet:
    """Ask of a person's attributes whether they matter to one query; all pairs share the query."""
    question = protocol(enrollment.study).relevance
    # A page names its items by their numbers, which must not tell who found an attribute first.
    by_id = {one.pk: one for one in pairs}
    mixed = in_drawn_order(by_id, secrets.randbits(SEED_BITS))
    return _lay(
        enrollment,
        Stage.RELEVANCE,
        {"query": pairs[0].query_id},
        [{"question": question, "relevance_pair": by_id[one]} for one in mixed],
        stratum,
    )


@transaction.atomic
def lay_comparison(
    enrollment: Enrollment,
    pair: ResponsePair,
    attributes: Sequence[Attribute],
    stratum: str = "",
) -> Sheet:
    """Ask which response is better, as a whole and for each attribute, the first ones required."""
    asked = protocol(enrollment.study)
    return _lay(
        enrollment,
        Stage.COMPARISON,
        {
            "query": pair.query_id,
            "response_pair": pair.pk,
            "required": [one.pk for one in attributes[:REQUIRED_GAINS]],
        },
        [
            {"question": asked.overall, "response_pair": pair},
            *(
                {"question": asked.gain, "response_pair": pair, "attribute": one}
                for one in attributes
            ),
        ],
        stratum,
    )


def _lay(
    enrollment: Enrollment,
    stage: Stage,
    shown: dict[str, Any],
    items: list[dict[str, Any]],
    stratum: str,
) -> Sheet:
    # Somebody who goes a way for the second time, after a newer consent text, finds the sheet there:
    # all items of a sheet are laid together, and an item is asked once.
    if items:
        there = Item.objects.filter(study=enrollment.study_id, **items[0]).select_related("sheet")
        if (laid := there.first()) is not None:
            return laid.sheet
    study = enrollment.study
    sheet = Sheet.objects.create(
        study=study, stage=stage, owner=rater_of(enrollment), shown=shown, stratum=stratum
    )
    Item.objects.bulk_create([Item(sheet=sheet, study=study, **item) for item in items])
    lay_places(sheet)
    return sheet
