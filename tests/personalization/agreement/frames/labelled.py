"""Random studies with everything that a selection can filter by, made of rows."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from annotation.models import (
    Author,
    Demographic,
    Item,
    Judgment,
    Question,
    Rater,
    Record,
    Response,
    ResponsePair,
)
from tests import factories as make

START = datetime(2026, 1, 1, tzinfo=UTC)
LANGUAGES, CATEGORIES, BANDS = ("de", "en"), ("food", "work"), ("18-29", "30-39")


@dataclass(frozen=True)
class Mixed:
    """A question with items of cards and of pairs, answered by owners, strangers and judges."""

    question: Question
    people: list[Rater]
    judges: list[Rater]


def mixed(seed: int = 0, *, items: int = 24, options: int = 3, owned: bool = True) -> Mixed:
    """Make a study by chance, the same one for the same seed."""
    chance = random.Random(seed)
    names = tuple(f"o{place}" for place in range(options))
    question = make.question(options=names)
    people = [make.person_rater() for _ in range(6)]
    judges = [make.judge() for _ in range(2)]
    for person in people[:5]:
        assert person.participant
        for key, values in (("age_band", BANDS), ("language", LANGUAGES)):
            Demographic.objects.create(
                study=question.study,
                participant=person.participant,
                key=key,
                value=chance.choice(values),
            )
    for person in people[:4]:
        if owned:
            chat = make.conversation(study=question.study, of=person.participant)
            make.turn(conversation=chat, source=chance.choice(("typed", "scripted")))
    authors = [
        Author.objects.get_or_create(kind="model", name=name, sampling={})[0]
        for name in ("writer-a", "writer-b")
    ]
    for _ in range(items):
        owner = chance.choice([*people[:4], None]) if owned else None
        _answer(chance, _item(chance, question, owner, authors), people, judges, options)
    return Mixed(question, people, judges)


def _item(
    chance: random.Random, question: Question, owner: Rater | None, authors: list[Author]
) -> Item:
    sheet = make.sheet(study=question.study, owner=owner)
    if chance.random() < 0.5:
        fields = {"language": chance.choice(LANGUAGES), "category": chance.choice(CATEGORIES)}
        card = Record.objects.create(study=question.study, key=make.new("card"), fields=fields)
        return make.item(subject=card, question=question, sheet=sheet)
    query = make.query(study=question.study)
    a, b = (
        make.response(query=query, by=chance.choice(authors), condition=condition)
        for condition in chance.sample(("none", "all", "human"), 2)
    )
    pair = ResponsePair.objects.create(query=query, a=a, b=b)
    return make.item(subject=pair, question=question, sheet=sheet)


def _answer(
    chance: random.Random, item: Item, people: list[Rater], judges: list[Rater], options: int
) -> None:
    for rater in chance.sample(people, chance.randint(0, len(people))):
        role = "first_person" if item.sheet.owner_id == rater.pk else "third_party"
        _judgment(chance, item, rater, role, options)
    for rater in judges:
        _judgment(chance, item, rater, "machine", options)


def _judgment(chance: random.Random, item: Item, rater: Rater, role: str, options: int) -> None:
    value = chance.choice([None, *range(options)])
    Judgment.objects.create(
        item=item,
        question_id=item.question_id,
        rater=rater,
        role=role,
        use=chance.choice(("label", "label", "label", "training")),
        value=value,
        reason="skipped" if value is None else None,
        # Whole days: that two labels of an item are given at once is not rare.
        at=START + timedelta(days=chance.randint(0, 9)),
        superseded_at=START if chance.random() < 0.1 else None,
    )


@dataclass(frozen=True)
class Row:
    """One label with all that a selection looks at."""

    judgment: Judgment
    shared: bool
    arms: frozenset[str]
    language: str
    category: str


def rows(data: Mixed, role: str) -> list[Row]:
    """Return a role's current labels with a value, read by the ORM, in order of time."""
    said: dict[tuple[int | None, str], str] = {
        (one.participant_id, one.key): one.value
        for one in Demographic.objects.filter(study=data.question.study)
    }
    found = []
    labels = Judgment.objects.filter(
        question=data.question, role=role, use="label", superseded_at=None, value__isnull=False
    ).select_related(
        "rater",
        "item__sheet__owner__participant",
        "item__record",
        "item__response_pair__a__author",
        "item__response_pair__b__author",
    )
    for judgment in labels.order_by("at", "pk"):
        item, owner = judgment.item, judgment.item.sheet.owner
        whose = owner.participant_id if owner else None
        band = said.get((whose, "age_band"))
        card = item.record.fields if item.record else {}
        found.append(
            Row(
                judgment,
                band is not None and band == said.get((judgment.rater.participant_id, "age_band")),
                frozenset(_arms(item, owner)),
                card.get("language") or said.get((whose, "language"), ""),
                card.get("category", ""),
            )
        )
    return found


def _arms(item: Item, owner: Rater | None) -> list[str]:
    arms = []
    if item.response_pair:
        written: list[Response] = [item.response_pair.a, item.response_pair.b]
        arms += [f"condition:{one.condition}" for one in written]
        arms += [f"author:{one.author.name}" for one in written]
    if owner and owner.participant:
        for chat in owner.participant.conversations.filter(study=item.study):
            arms += [f"source:{turn.source}" for turn in chat.turns.filter(speaker="user")]
    return arms
