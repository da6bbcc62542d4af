"""Whether posted answers can be answers to their items."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from annotation.models import Item
from annotation.models.question import Audience
from personalization.models.verdict import Side
from personalization.posting.shapes import Answer, Asked, Fault, Judge

MOST_CONFIGURATION = 20_000  # bytes of JSON
SUM_TOLERANCE = 0.001
# Which sides an item's rows have together.
WHOLE = ({Side.NONE}, {Side.AB, Side.BA})


def judge_faults(judge: Judge) -> Iterator[Fault]:
    """Yield what is wrong with a judge's configuration."""
    try:
        text = judge.canonical()
    except TypeError:
        yield Fault(None, "judge.configuration", "This is nested too deeply.")
        return
    if len(text) > MOST_CONFIGURATION:
        message = f"This may hold up to {MOST_CONFIGURATION} bytes of JSON."
        yield Fault(None, "judge.configuration", message)
    if b"\\u0000" in text:
        yield Fault(None, "judge.configuration", "Null characters are not allowed.")


def answer_faults(
    answers: Sequence[Answer], items: dict[int, Item], asked: dict[int, Asked]
) -> Iterator[Fault]:
    """Yield what is wrong with each row, by itself and together with the item's other rows."""
    sides: defaultdict[int, set[str]] = defaultdict(set)
    for one in answers:
        if one.side in sides[one.item]:
            yield Fault(one.row, "item", f"Another row already answers item {one.item}.")
        sides[one.item].add(one.side)
        item = items[one.item]
        yield from _wrong(one, item, asked[item.question_id])
    for one in answers:
        if sides[one.item] not in WHOLE:
            message = "Give an item one row without side, or one row ab and one row ba."
            yield Fault(one.row, "side", message)


def _wrong(one: Answer, item: Item, asked: Asked) -> Iterator[Fault]:
    open_to_judges = [
        key for key, option in asked.options.items() if option.audience != Audience.PEOPLE
    ]
    if (one.value is None) == (one.reason is None):
        yield Fault(one.row, "value", "Give a value or a reason, and not both.")
    elif one.value is not None and one.value not in open_to_judges:
        yield Fault(one.row, "value", f"This must be one of: {', '.join(open_to_judges)}.")
    if one.side != Side.NONE and not (asked.sided or item.response_pair_id):
        yield Fault(one.row, "side", "This item has no two candidates: leave side out.")
    if (one.distribution is None) != (one.distribution_source is None):
        text = "distribution and distribution_source come together."
        yield Fault(one.row, "distribution_source", text)
    if one.distribution is not None:
        if len(one.distribution) != len(asked.options):
            text = f"Give {len(asked.options)} shares: one for each option, in their order."
            yield Fault(one.row, "distribution", text)
        elif abs(sum(one.distribution) - 1) > SUM_TOLERANCE:
            yield Fault(one.row, "distribution", "Shares add up to 1.")
