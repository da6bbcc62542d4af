"""Lay the question whether a response names an attribute, for the comparisons of a study.

It is asked about what is rated: each (pair, attribute) that has a gain. A judge's answer is the flag
of the mention effect; strangers answer a fifth of the sheets, to see how far judges can be trusted.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.mentions import lay_mention
from annotation.models import Attribute, Enrollment, Item, ResponsePair, Sheet, Study
from annotation.models.question import Kind
from annotation.models.response import Condition
from annotation.models.sheet import Stage
from personalization.generation.planning import draw

CHECKED_PERCENT = 20


@dataclass(frozen=True, slots=True)
class LaidMentions:
    """How many sheets were laid, with how many items, and how many of the sheets people get, too."""

    sheets: int
    items: int
    for_people: int


def unlaid(study: Study) -> int:
    """Return about how many (pair, attribute) it was not asked yet whether the response names it."""
    return _unasked(study).count()


def lay_mentions(
    study: Study, most: int | None = None, percent: int = CHECKED_PERCENT
) -> LaidMentions:
    """Ask it of all comparisons that lack it (`most`: no more pairs); harmless twice.

    Each sheet is saved by itself, unless the caller has a transaction open.
    """
    pairs = {pk for pk in _unasked(study).values_list("response_pair", flat=True) if pk}
    laid = [_lay(study, pk, percent) for pk in sorted(pairs, key=draw)[:most]]
    sheets = [one for one in laid if one is not None]
    return LaidMentions(
        sheets=len(sheets),
        items=Item.objects.filter(sheet__in=sheets).count(),
        for_people=sum(one.stage == Stage.MENTION for one in sheets),
    )


def _unasked(study: Study) -> "QuerySet[Item]":
    """Return the gains about which it was not asked, of people who take part."""
    asked = Item.objects.filter(
        question__kind=Kind.MENTION,
        response_pair=OuterRef("response_pair"),
        attribute=OuterRef("attribute"),
    )
    taking_part = Enrollment.objects.filter(
        study=study,
        participant=OuterRef("attribute__participant"),
        withdrawn_at=None,
        preview=False,
    )
    generic = {side: f"response_pair__{side}__condition" for side in "ab"}
    one_side = Q(**{generic["a"]: Condition.NONE}) ^ Q(**{generic["b"]: Condition.NONE})
    return Item.objects.filter(
        one_side,
        Exists(taking_part),
        ~Exists(asked),
        study=study,
        question__kind=Kind.GAIN,
        attribute__withdrawn_at=None,
        sheet__hidden_at=None,
    )


@transaction.atomic
def _lay(study: Study, pk: int, percent: int) -> Sheet | None:
    pair = ResponsePair.objects.select_related("a", "b").get(pk=pk)
    unasked = _unasked(study).filter(response_pair=pair)
    attributes = list(Attribute.objects.filter(pk__in=unasked.values("attribute")).order_by("pk"))
    if not attributes:  # somebody else has asked meanwhile
        return None
    # Of two who lay at once, the second one finds nothing new.
    owner = (
        Enrollment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study", "participant")
        .get(study=study, participant=attributes[0].participant_id)
    )
    return lay_mention(owner, pair, attributes, percent)
