"""The people of the demo: who they are, and what was wrongly read into their conversations; pure."""

import random
from dataclasses import dataclass, field

from personalization.demo.fillers import FILLERS
from personalization.demo.mistakes import DOUBTFUL, WRONG
from personalization.demo.nouns import Fill, Filler, Mistake, Query, Topic, Trait, stream
from personalization.demo.planted import CREW, PEOPLE, QUERIES_EACH
from personalization.demo.queries_body import QUERIES as OF_BODY
from personalization.demo.queries_desk import QUERIES as OF_DESK
from personalization.demo.queries_free import QUERIES as OF_FREE_TIME
from personalization.demo.traits_body import TRAITS as BODY
from personalization.demo.traits_home import TRAITS as HOME
from personalization.demo.traits_tastes import TRAITS as TASTES
from personalization.demo.traits_work import TRAITS as WORK

QUERIES = (*OF_BODY, *OF_DESK, *OF_FREE_TIME)
TRAITS = (*BODY, *HOME, *WORK, *TASTES)
VERSIONS = 3
# How many attributes the people of a crew have: 108 in all, each trait in each version once.
NUMBERS_OF_ATTRIBUTES = (3, 4, 5, 6)
LONGEST_CHAT = 6  # exchanges


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """A sentence about a person, the exchange it was read from, and what the owner says of it."""

    text: str
    said: str
    replied: str
    fits: str
    advice: dict[Topic, str] = field(default_factory=dict)
    error: str = ""
    further: bool = False  # read by another arm than ours (arms.py)


@dataclass(slots=True, eq=False)
class Person:
    """A person, what is true of them, what is not, what they say, and what they ask for."""

    number: int
    crew: int
    room: int  # how many more attributes they get
    groups: set[str] = field(default_factory=set)
    attributes: list[Attribute] = field(default_factory=list)
    mistakes: list[Attribute] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    # One or two chats: exchanges in their order, of an attribute or of nothing in particular.
    chats: list[list[Attribute | Filler]] = field(default_factory=list)

    @property
    def extracted(self) -> list[Attribute]:
        """Return what was read from the chats, in the order in which it was said."""
        return [one for chat in self.chats for one in chat if isinstance(one, Attribute)]

    @property
    def missed(self) -> list[str]:
        """Return what could have been read from the chats, and was not."""
        found = [one for chat in self.chats for one in chat if isinstance(one, Filler)]
        return [one.missed for one in found if one.missed]

    def relevant(self, query: Query) -> list[Attribute]:
        """Return the attributes that matter to `query`."""
        return [one for one in self.attributes if query.topic in one.advice]


def draw(seed: int) -> list[Person]:
    """Return the people of a seed."""
    numbers = stream(seed, "people")
    rooms = [*NUMBERS_OF_ATTRIBUTES] * (PEOPLE // len(NUMBERS_OF_ATTRIBUTES))
    numbers.shuffle(rooms)
    people = [Person(place + 1, place // CREW, room) for place, room in enumerate(rooms)]
    _deal_traits(people, numbers)
    _deal_mistakes(people, numbers)
    _deal_queries(people, numbers)
    for person in people:
        person.chats = _chats(person, numbers)
    return people


def _deal_traits(people: list[Person], numbers: random.Random) -> None:
    """Give each version of each trait to somebody; traits that exclude others come first."""
    traits = list(TRAITS)
    numbers.shuffle(traits)
    for trait in sorted(traits, key=lambda one: one.group == ""):
        free = [one for one in people if one.room and trait.group not in one.groups]
        numbers.shuffle(free)
        # Whoever has most room left, so that nobody is left with room at the end.
        free.sort(key=lambda one: -one.room)
        for person, fill in zip(free[:VERSIONS], trait.fills, strict=True):
            person.attributes.append(_true(trait, fill))
            person.room -= 1
            if trait.group:
                person.groups.add(trait.group)
    for person in people:
        numbers.shuffle(person.attributes)


def _deal_mistakes(people: list[Person], numbers: random.Random) -> None:
    """Give everybody one doubtful attribute, and three of four people one that is wrong."""
    for mistakes, fits in ((DOUBTFUL, "uncertain"), (WRONG, "rejected")):
        dealt = [_mistaken(one, fill, fits) for one in mistakes for fill in one.fills]
        for person, attribute in zip(numbers.sample(people, len(dealt)), dealt, strict=True):
            person.mistakes.append(attribute)


def _deal_queries(people: list[Person], numbers: random.Random) -> None:
    """Let everybody ask what some attribute of theirs matters to, each query about equally often."""
    asked = [0] * len(QUERIES)
    for person in people:
        order = list(range(len(QUERIES)))
        numbers.shuffle(order)
        for place in sorted(order, key=lambda one: asked[one]):
            if len(person.queries) < QUERIES_EACH and person.relevant(QUERIES[place]):
                person.queries.append(QUERIES[place])
                asked[place] += 1


def _chats(person: Person, numbers: random.Random) -> list[list[Attribute | Filler]]:
    """Return everything that a person says in one chat, or in two where it would be long."""
    fillers = numbers.sample(FILLERS, numbers.choice((1, 2)))
    said: list[Attribute | Filler] = [*person.attributes, *person.mistakes, *fillers]
    numbers.shuffle(said)
    if len(said) <= LONGEST_CHAT:
        return [said]
    half = (len(said) + 1) // 2
    return [said[:half], said[half:]]


def _true(trait: Trait, fill: Fill) -> Attribute:
    return Attribute(
        trait.attribute.format(**fill),
        trait.said.format(**fill),
        trait.replied.format(**fill),
        "accepted",
        {topic: advice.format(**fill) for topic, advice in trait.advice.items()},
    )


def _mistaken(mistake: Mistake, fill: Fill, fits: str) -> Attribute:
    return Attribute(
        mistake.attribute.format(**fill),
        mistake.said.format(**fill),
        mistake.replied.format(**fill),
        fits,
        error=mistake.error,
    )
