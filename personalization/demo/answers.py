"""The two responses to a query: what anybody could be told, and what fits one person; pure."""

import random

from personalization.demo.nouns import Query
from personalization.demo.people import Attribute, Person

MOST_ADVICE = 2
OPENINGS = (
    "Here is a version for you rather than for everybody.",
    "I have kept in mind what you told me earlier.",
    "Let me start from your situation.",
    "Some of the usual advice does not fit you, so I changed it.",
    "This is how I would do it in your place.",
    "A few things you mentioned change the plan.",
)
CLOSINGS = (
    "Tell me which part does not suit you, and I will change it.",
    "If one step is too much, drop it; the order matters more.",
    "Shall I turn this into a list for the fridge?",
    "Write to me when the first part is done.",
    "What would get in the way of this? We can plan for it.",
    "Start with the part you look forward to.",
)


def generic(query: Query, version: int) -> str:
    """Return an answer for anybody: version 0 keeps every step, each other leaves one out."""
    left_out = (version % (len(query.steps) + 1)) - 1
    kept = [step for place, step in enumerate(query.steps) if place != left_out]
    return " ".join([query.opening, *kept, query.closing])


def personalized(
    query: Query, person: Person, numbers: random.Random
) -> tuple[str, list[Attribute]]:
    """Return an answer that takes up one or two attributes of the person, and these attributes."""
    relevant = person.relevant(query)
    chosen = numbers.sample(relevant, min(MOST_ADVICE, len(relevant)))
    first, *others = (one.advice[query.topic] for one in chosen)
    kept = sorted(numbers.sample(range(len(query.steps)), 2 if others else 3))
    steps = [query.steps[place] for place in kept]
    opening = numbers.choice((*OPENINGS, query.opening))
    closing = numbers.choice((*CLOSINGS, query.closing))
    return " ".join([opening, first, *steps, *others, closing]), chosen
