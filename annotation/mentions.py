"""Whether a response names an attribute (RH, mention effect): which one is asked about, and sheets.

The owner is not asked: it takes no owner to see what a text says. Judges answer all sheets, people a
sample of them, so that the judges can be checked.
"""

import hashlib
from collections.abc import Sequence

from django.db import transaction

from annotation.models import Attribute, Enrollment, Item, Response, ResponsePair, Sheet
from annotation.models.question import Kind
from annotation.models.response import Condition
from annotation.models.sheet import Stage
from annotation.plans import lay_places
from annotation.protocol import question
from annotation.sheets import rater_of

# The stage of sheets that nobody but judges reads: it has no page and no places.
JUDGES_ONLY = "mention_judges"
HUNDRED = 100


def personalized(pair: ResponsePair) -> Response | None:
    """Return the response that was written with attributes; None where not exactly one was."""
    written = [one for one in (pair.a, pair.b) if one.condition != Condition.NONE]
    return written[0] if len(written) == 1 else None


def is_checked(pair: ResponsePair, percent: int) -> bool:
    """Return whether people are asked about a pair, too, where so many of a hundred are.

    >>> [pk for pk in range(40) if is_checked(ResponsePair(pk=pk), 20)]
    [7, 10, 12, 13, 22, 25, 31]
    """
    drawn = hashlib.sha256(f"mention:{pair.pk}".encode()).digest()
    return int.from_bytes(drawn[:8]) % HUNDRED < percent


@transaction.atomic
def lay_mention(
    enrollment: Enrollment, pair: ResponsePair, attributes: Sequence[Attribute], percent: int
) -> Sheet | None:
    """Ask of attributes whether the personalized response names them; None where that says nothing.

    What was asked before is not asked again.
    """
    response = personalized(pair)
    if response is None:
        return None
    asked = question(enrollment.study, Kind.MENTION)
    there = set(
        Item.objects.filter(question=asked, response_pair=pair).values_list("attribute", flat=True)
    )
    new = [one for one in attributes if one.pk not in there]
    if not new:
        return None
    sheet = Sheet.objects.create(
        study=enrollment.study,
        stage=Stage.MENTION if is_checked(pair, percent) else JUDGES_ONLY,
        owner=rater_of(enrollment),
        shown={"query": pair.query_id, "response": response.pk},
    )
    Item.objects.bulk_create(
        Item(sheet=sheet, study=enrollment.study, question=asked, response_pair=pair, attribute=one)
        for one in new
    )
    if sheet.stage == Stage.MENTION:
        lay_places(sheet)
    return sheet
