"""Write what an extractor found: each text once for a person, whichever arms find it."""

from collections.abc import Collection, Sequence

from annotation.models import Attribute, AttributeVariant, Evidence, Item, Turn
from personalization.arms.holding import hold
from personalization.extraction.reading import Found, key
from personalization.models import Extracted, Extraction


def write(row: Extraction, found: Sequence[Found], turns: dict[int, Turn]) -> None:
    """Save attributes, with the variants and the evidence of one conversation.

    The caller holds the person's lock: of two arms that find the same text, one makes the attribute.
    """
    study, participant = row.conversation.study_id, row.conversation.participant_id
    known = texts(study, participant)
    there = {one.pk for one in known.values()}
    surest = [one.variants[0] for one in found]
    new = [
        Attribute(
            study_id=study,
            participant_id=participant,
            text=one.text,
            reason=one.reason,
            confidence=one.confidence,
        )
        for one in surest
        if key(one.text) not in known
    ]
    known |= {key(one.text): one for one in Attribute.objects.bulk_create(new)}
    mine = [known[key(one.text)] for one in surest]
    _write_variants(row, found, mine)
    support(
        [(of, turns[number]) for of, one in zip(mine, found, strict=True) for number in one.turns],
        there,
    )
    hold(row.arm, mine)


def texts(study: int, participant: int) -> dict[str, Attribute]:
    """Return all attributes of a person by what makes texts the same, the oldest of each.

    Also those that were withdrawn: what a person took back does not return as something new.
    """
    newest_first = Attribute.objects.filter(study=study, participant=participant).order_by("-pk")
    return {key(one.text): one for one in newest_first}


def support(pairs: Sequence[tuple[Attribute, Turn]], there: Collection[int]) -> None:
    """Add turns as evidence, harmless twice; what raters are shown on a sheet stays as it is.

    `there`: the attributes that may be on a sheet already.
    """
    old = {of.pk for of, _turn in pairs if of.pk in there}
    shown = set()
    if old:
        items = Item.objects.filter(attribute__in=old).values_list("attribute", "sheet__shown")
        shown = {(of, pk) for of, one in items for pk in (one or {}).get("conversations", [])}
    Evidence.objects.bulk_create(
        [
            Evidence(attribute=of, turn=turn)
            for of, turn in pairs
            if (of.pk, turn.conversation_id) not in shown
        ],
        ignore_conflicts=True,
    )


def _write_variants(row: Extraction, found: Sequence[Found], mine: Sequence[Attribute]) -> None:
    made = AttributeVariant.objects.bulk_create(
        AttributeVariant(
            attribute=of,
            conversation_id=row.conversation_id,
            text=said.text,
            reason=said.reason,
            confidence=said.confidence,
        )
        for of, one in zip(mine, found, strict=True)
        for said in one.variants
    )
    Extracted.objects.bulk_create(Extracted(extraction=row, variant=one) for one in made)
