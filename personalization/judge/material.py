"""What a judge is shown of each item, for many items at once: never an author, never a condition."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import F

from annotation.models import Item, Judgment, ResponsePair, Turn
from annotation.models.judgment import Role
from annotation.models.question import Kind
from personalization.judge.choices import Side, swapped_fields
from personalization.llm.fences import listed, numbered

WITH = (
    "question", "sheet", "record", "attribute", "relevance_pair__attribute",
    "relevance_pair__query", "response_pair__query", "response_pair__a", "response_pair__b",
    "response__query",
)  # fmt: skip
PAIR_PROMPTS = (Kind.OVERALL, Kind.CHOICE)


@dataclass(frozen=True, slots=True)
class Material:
    """The prompt for an item and its texts; those of `swap` change places in the other order."""

    prompt: str
    texts: Mapping[str, str]
    swap: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, str] | None = None  # the names of the two candidates' texts

    def shown(self, side: Side) -> dict[str, str]:
        """Return the texts by name, in the order of `side`, as the prompt has places for them."""
        swap = self.swap if side == "ba" else {}
        texts = {name: self.texts[swap.get(name, name)] for name in self.texts}
        if self.prompt != "judge_record":
            return texts
        return {"fields": listed(f"{name}: {text}" for name, text in texts.items())}

    @property
    def lengths(self) -> tuple[int, int] | None:
        """Return how many characters the two candidates have."""
        if self.candidates is None:
            return None
        a, b = (self.texts[name] for name in self.candidates)
        return len(a), len(b)


def load(items: Collection[int]) -> dict[int, Material]:
    """Return the material of these items; the number of queries does not depend on how many."""
    rows = list(Item.objects.filter(pk__in=items).select_related(*WITH))
    chats = _conversations([one for one in rows if one.attribute_id and not one.response_pair_id])
    known = _known_of_people([one for one in rows if one.response_pair_id])
    return {one.pk: _material(one, chats, known) for one in rows}


def _material(item: Item, chats: Mapping[int, str], known: Mapping[int, list[str]]) -> Material:
    if item.record is not None:
        return _of_record({str(name): str(text) for name, text in item.record.fields.items()})
    if item.relevance_pair is not None:
        pair = item.relevance_pair
        texts = {"query": pair.query.text, "attribute": pair.attribute.text}
        return Material("judge_relevance", texts)
    if item.response_pair is not None:
        return _of_pair(item, known[item.response_pair.pk])
    if item.response is not None:
        texts = {"query": item.response.query.text, "response": item.response.text}
        return Material("judge_record", texts)
    assert item.attribute is not None  # noqa: S101 - item_has_one_subject
    texts = {"attribute": item.attribute.text, "reason": item.attribute.reason}
    return Material("judge_attribute", texts | {"conversation": chats.get(item.pk, "")})


def _of_record(fields: dict[str, str]) -> Material:
    swap = swapped_fields(list(fields)) or {}
    pair = next(((name, other) for name, other in swap.items() if name < other), None)
    # More than one pair of fields may change places; lengths are those of the longest texts.
    for name, other in swap.items():
        if name < other and pair and len(fields[name]) > len(fields[pair[0]]):
            pair = (name, other)
    return Material("judge_record", fields, swap, pair)


def _of_pair(item: Item, attributes: list[str]) -> Material:
    pair = item.response_pair
    assert pair is not None  # noqa: S101 - for the type checker
    texts = {"query": pair.query.text, "response_a": pair.a.text, "response_b": pair.b.text}
    if item.attribute is not None:
        prompt = "judge_gain" if item.question.kind == Kind.GAIN else "judge_record"
        texts["attribute"] = item.attribute.text
    elif item.question.kind in PAIR_PROMPTS:
        prompt, texts["attributes"] = "judge_pair", listed(attributes)
    else:
        prompt = "judge_record"
    names = ("response_a", "response_b")
    return Material(prompt, texts, dict(zip(names, reversed(names), strict=True)), names)


def _conversations(items: Iterable[Item]) -> dict[int, str]:
    """Return, by item, the conversations that its sheet shows beside the attribute."""
    shown = {one.pk: [int(pk) for pk in one.sheet.shown.get("conversations", [])] for one in items}
    wanted = {pk for chats in shown.values() for pk in chats}
    said = defaultdict(list)
    for turn in Turn.objects.filter(conversation__in=wanted).order_by("conversation", "position"):
        said[turn.conversation_id].append((turn.speaker, turn.text))
    texts = {}
    for pk, chats in shown.items():
        turns = [each for chat in chats for each in said[chat]]
        texts[pk] = numbered(
            (number, speaker, text) for number, (speaker, text) in enumerate(turns, 1)
        )
    return texts


def _known_of_people(items: Iterable[Item]) -> dict[int, list[str]]:
    """Return, by response pair, what is known of its person: what people see on the same sheet.

    These are the attributes that a gain is asked for; where there are none, those that the owner
    called relevant to the query.
    """
    pairs = {one.response_pair.pk: one.response_pair for one in items if one.response_pair}
    known: dict[int, list[str]] = {pk: [] for pk in pairs}
    gains = Item.objects.filter(response_pair__in=pairs, attribute__isnull=False)
    beside = gains.filter(question__kind=Kind.GAIN).order_by("pk")
    for pk, text in beside.values_list("response_pair", "attribute__text"):
        known[pk].append(text)
    lacking = {pk: pairs[pk] for pk, texts in known.items() if not texts}
    if lacking:
        said = _called_relevant(lacking.values())
        for pk, pair in lacking.items():
            known[pk] = said[pair.query_id, pair.participant_id]
    return known


def _called_relevant(pairs: Iterable[ResponsePair]) -> dict[tuple[int, int | None], list[str]]:
    """Return, by query and person, the attributes that their owner called relevant to it."""
    wanted = {(pair.query_id, pair.participant_id) for pair in pairs}
    yes = Judgment.objects.filter(
        role=Role.FIRST_PERSON,
        superseded_at=None,
        question__kind=Kind.RELEVANCE,
        item__relevance_pair__query__in={query for query, _person in wanted},
        item__relevance_pair__attribute__participant__in={person for _query, person in wanted},
        question__options__key="yes",
        question__options__code=F("value"),
    )
    said: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    rows = yes.order_by("item").values_list(
        "item__relevance_pair__query",
        "item__relevance_pair__attribute__participant",
        "item__relevance_pair__attribute__text",
    )
    for query, person, text in rows:
        said[query, person].append(text)
    return said
