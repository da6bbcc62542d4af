"""The demo study as files, exactly as a person would bring them in; pure, and fixed by the seed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from personalization.demo import items, judges, labels, people, questions
from personalization.demo.items import Item
from personalization.demo.questions import Specification


@dataclass(frozen=True, slots=True)
class QuestionFiles:
    """A question with its items, people's labels and judges' answers, as JSON lines."""

    question: Specification
    items: bytes
    human: bytes
    judges: bytes


def generate(seed: int) -> list[QuestionFiles]:
    """Return the files of every question."""
    crowd = people.draw(seed)
    fits = items.attribute_fits(seed, crowd)
    relevance = items.relevance(seed, crowd)
    overall = items.overall(seed, crowd)
    preferences = labels.of_people(seed, "overall", overall, crowd)
    rated = judges.ratings(seed, overall)
    return [
        _files(
            questions.ATTRIBUTE_FITS,
            fits,
            labels.of_people(seed, "attribute_fits", fits, crowd),
            judges.of_fits(seed, fits),
        ),
        _files(
            questions.RELEVANCE,
            relevance,
            labels.of_people(seed, "relevance", relevance, crowd),
            judges.of_relevance(seed, relevance),
        ),
        _files(questions.OVERALL, overall, preferences, judges.of_overall(seed, rated)),
        _files(
            questions.CHOICE, overall, labels.choices(preferences), judges.of_choice(seed, rated)
        ),
    ]


def _files(
    question: Specification,
    of: list[Item],
    human: Iterable[labels.Row],
    machine: Iterable[labels.Row],
) -> QuestionFiles:
    cards = [{"item": one.key, "owner": one.owner.name, **one.fields} for one in of]
    return QuestionFiles(question, _lines(cards), _lines(human), _lines(machine))


def _lines(rows: Iterable[labels.Row]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
