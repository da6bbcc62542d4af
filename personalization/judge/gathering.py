"""What is read from the database around items that judges are shown, for many items at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from annotation.models import Conversation, Item, Judgment, ResponsePair, Turn
from annotation.models.judgment import Role
from annotation.models.question import Kind
from personalization.judge.persona import OWNERS
from personalization.llm.fences import numbered

# What is asked about one person's taste or needs; a conversation of this person may help.
ABOUT_A_PERSON = (Kind.RELEVANCE, Kind.GAIN, Kind.OVERALL, Kind.CHOICE)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Conversations by item, and what is known of the person by response pair."""

    conversations: Mapping[int, str]
    known: Mapping[int, Sequence[str]]


def people_of(items: Collection[int]) -> dict[int, int | None]:
    """Return the person (participant) that each item is about; None where it is nobody's."""
    rows = Item.objects.filter(pk__in=items).values_list("pk", *OWNERS)
    return {pk: next((one for one in people if one is not None), None) for pk, *people in rows}


def conversations(items: Iterable[Item], *, everywhere: bool) -> dict[int, str]:
    """Return, by item, what its person has said in conversations, turns numbered through.

    Attributes are judged by the conversations on their sheet; `everywhere`: other questions about
    a person by all conversations of this person in the study.
    """
    shown: dict[int, list[int]] = {}
    others = []
    for one in items:
        if one.attribute_id is not None and one.response_pair_id is None:
            shown[one.pk] = [int(pk) for pk in one.sheet.shown.get("conversations", [])]
        elif everywhere and one.question.kind in ABOUT_A_PERSON:
            others.append(one)
    if others:
        people = people_of([one.pk for one in others])
        held = _held_by({one.study_id for one in others}, set(people.values()))
        shown |= {one.pk: held[one.study_id, people[one.pk]] for one in others}
    return _as_texts(shown)


def _held_by(
    studies: set[int], people: set[int | None]
) -> defaultdict[tuple[int, int | None], list[int]]:
    """Return the conversations of people, by study and person, the oldest first."""
    found: defaultdict[tuple[int, int | None], list[int]] = defaultdict(list)
    rows = Conversation.objects.filter(study__in=studies, participant__in=people - {None})
    for pk, study, person in rows.order_by("pk").values_list("pk", "study", "participant"):
        found[study, person].append(pk)
    return found


def _as_texts(shown: Mapping[int, Sequence[int]]) -> dict[int, str]:
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


def known_of_people(items: Iterable[Item]) -> dict[int, list[str]]:
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
