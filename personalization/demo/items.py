"""The items of the demo and the owner's answer to each; pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from personalization.demo.answers import generic, personalized
from personalization.demo.nouns import Query, Topic, stream
from personalization.demo.people import QUERIES, Attribute, Person
from personalization.demo.planted import GAINS, PAIRS_OF_RELEVANCE, RELEVANT_SHARE

# Which of the two answers is the personalized one is written in the item's key alone, so that no
# card shows it: pg = a is personalized and b generic, gp the other way round.
PERSONALIZED_A, PERSONALIZED_B = "pg", "gp"


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its key, its owner, what it shows, and the owner's answer."""

    key: str
    owner: Person
    fields: dict[str, str]
    answer: str

    @property
    def sign(self) -> int:
        """Return 1 where b is the personalized answer, -1 where a is: turns points into gains."""
        return 1 if self.key.endswith(PERSONALIZED_B) else -1


def attribute_fits(seed: int, people: list[Person]) -> list[Item]:
    """Return every attribute read from somebody's conversations, right or wrong."""
    found = [(person, one) for person in people for one in (*person.attributes, *person.mistakes)]
    stream(seed, "attribute_fits").shuffle(found)
    return [
        Item(
            f"attribute-{number:03}",
            person,
            {"attribute": one.text, "conversation": f"User: {one.said}\nAssistant: {one.replied}"},
            one.fits,
        )
        for number, (person, one) in enumerate(found, 1)
    ]


def relevance(seed: int, people: list[Person]) -> list[Item]:
    """Return attributes beside queries of the same person, with the planted share of relevant ones."""
    numbers = stream(seed, "relevance")
    pairs = [
        (person, query, one)
        for person in people
        for query in person.queries
        for one in person.attributes
    ]
    relevant = [pair for pair in pairs if _matters(pair[2], pair[1].topic)]
    others = [pair for pair in pairs if not _matters(pair[2], pair[1].topic)]
    yes = round(RELEVANT_SHARE * PAIRS_OF_RELEVANCE)
    chosen = numbers.sample(relevant, yes) + numbers.sample(others, PAIRS_OF_RELEVANCE - yes)
    numbers.shuffle(chosen)
    return [
        Item(
            f"relevance-{number:03}",
            person,
            {"query": query.text, "attribute": one.text},
            "YES" if _matters(one, query.topic) else "NO",
        )
        for number, (person, query, one) in enumerate(chosen, 1)
    ]


def overall(seed: int, people: list[Person]) -> list[Item]:
    """Return two answers to every query of every person; half of the sides are swapped."""
    numbers = stream(seed, "overall")
    gains = [gain for gain, count in GAINS.items() for _place in range(count)]
    numbers.shuffle(gains)
    sides = [PERSONALIZED_A, PERSONALIZED_B] * (len(gains) // 2)
    numbers.shuffle(sides)
    items = []
    asked = zip(_in_rounds(people, numbers), gains, sides, strict=True)
    for number, ((person, query, version), gain, side) in enumerate(asked, 1):
        plain, fitted = generic(query, version), personalized(query, person, numbers)
        a, b = (fitted, plain) if side == PERSONALIZED_A else (plain, fitted)
        fields = {
            "query": query.text,
            "attributes": "\n".join(f"- {one.text}" for one in person.attributes),
            "response_a": a,
            "response_b": b,
        }
        points = gain if side == PERSONALIZED_B else -gain
        items.append(Item(f"overall-{number:03}-{side}", person, fields, str(points)))
    return items


def _in_rounds(people: list[Person], numbers: random.Random) -> Iterator[tuple[Person, Query, int]]:
    """Yield every request and a version of its plain answer, each query once in a round of all."""
    queries = numbers.sample(QUERIES, len(QUERIES))
    crowd = numbers.sample(people, len(people))
    asking = [[one for one in crowd if query in one.queries] for query in queries]
    for turn in range(max(map(len, asking))):
        for place, query in enumerate(queries):
            if turn < len(asking[place]):
                yield asking[place][turn], query, turn + place


def _matters(attribute: Attribute, topic: Topic) -> bool:
    return topic in attribute.advice
