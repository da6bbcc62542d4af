"""People with their chats, and what was read from them."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from annotation.models import (
    Attribute,
    AttributeVariant,
    Conversation,
    Enrollment,
    Evidence,
    Participant,
    Rater,
    Study,
    Turn,
)
from annotation.models.conversation import Speaker, TurnSource
from annotation.models.person import PSEUDONYM_ALPHABET, Part, Scope
from annotation.models.rater import RaterKind
from personalization.demo import extracted as extractor
from personalization.demo import people as plan
from personalization.demo.nouns import stream
from personalization.demo.rows import times

PSEUDONYM_LENGTH, CODE_LENGTH = 10, 10


@dataclass(slots=True)
class Crowd:
    """The rows of each planned person and attribute."""

    raters: dict[plan.Person, Rater] = field(default_factory=dict)
    chats: dict[plan.Person, list[Conversation]] = field(default_factory=dict)
    attributes: dict[plan.Attribute, Attribute] = field(default_factory=dict)

    def participant(self, person: plan.Person) -> Participant:
        """Return the row of a planned person."""
        participant = self.raters[person].participant
        assert participant is not None  # noqa: S101 - by a rule of the table
        return participant


def add(
    study: Study,
    seed: int,
    people: list[plan.Person],
    *,
    scopes: list[Scope],
    finished_at: datetime,
    note: str = "",
) -> Crowd:
    """Add people who have done everything; `note` is said first in each chat, if given."""
    numbers = stream(seed, f"names in {study.name}")
    crowd = Crowd()
    participants = Participant.objects.bulk_create(
        Participant(
            pseudonym=f"p-{_word(numbers, PSEUDONYM_LENGTH)}", created_at=times.joined(one.number)
        )
        for one in people
    )
    Enrollment.objects.bulk_create(
        _enrollment(study, participant, person, scopes, finished_at, numbers)
        for participant, person in zip(participants, people, strict=True)
    )
    raters = Rater.objects.bulk_create(
        Rater(
            kind=RaterKind.PERSON,
            name=one.pseudonym,
            fingerprint=f"person:{one.pseudonym}",
            participant=one,
        )
        for one in participants
    )
    crowd.raters = dict(zip(people, raters, strict=True))
    _add_chats(study, crowd, note)
    _add_attributes(study, crowd, stream(seed, "extractor"), offset=bool(note))
    return crowd


def _word(numbers: random.Random, length: int) -> str:
    return "".join(numbers.choice(PSEUDONYM_ALPHABET) for _ in range(length))


def _enrollment(
    study: Study,
    participant: Participant,
    person: plan.Person,
    scopes: list[Scope],
    finished_at: datetime,
    numbers: random.Random,
) -> Enrollment:
    joined = times.joined(person.number)
    return Enrollment(
        participant=participant,
        study=study,
        part=Part.DONE,
        consent_version=1,
        scopes=scopes,
        joined_at=joined,
        consented_at=joined,
        finished_at=finished_at,
        completion_code=_word(numbers, CODE_LENGTH).upper(),
    )


def _add_chats(study: Study, crowd: Crowd, note: str) -> None:
    conversations, turns = [], []
    for person in crowd.raters:
        at = times.joined(person.number)
        for place, chat in enumerate(person.chats):
            conversation = Conversation(
                study=study,
                participant=crowd.participant(person),
                key=f"person-{person.number:02}-chat-{place + 1}",
                started_at=at,
            )
            said = [(Speaker.ASSISTANT, note)] if note else []
            for one in chat:
                said += [(Speaker.USER, one.said), (Speaker.ASSISTANT, one.replied)]
            for position, (speaker, text) in enumerate(said):
                at += times.SPEAKING
                turns.append(
                    Turn(
                        conversation=conversation,
                        position=position,
                        speaker=speaker,
                        source=TurnSource.SCRIPTED,
                        text=text,
                        at=at,
                    )
                )
            conversation.finished_at = at
            conversations.append(conversation)
            crowd.chats.setdefault(person, []).append(conversation)
    Conversation.objects.bulk_create(conversations)
    Turn.objects.bulk_create(turns)


def _add_attributes(study: Study, crowd: Crowd, numbers: random.Random, *, offset: bool) -> None:
    """Add what was read from the chats, each with the turn that it was read from."""
    attributes, variants, evidence = [], [], []
    turns = {
        (one.conversation_id, one.position): one
        for one in Turn.objects.filter(conversation__study=study)
    }
    for person, chats in crowd.chats.items():
        for conversation, chat in zip(chats, person.chats, strict=True):
            for place, one in enumerate(chat):
                if not isinstance(one, plan.Attribute):
                    continue
                found = extractor.extracted(numbers, one)
                row = Attribute(
                    study=study,
                    participant=crowd.participant(person),
                    text=one.text,
                    reason=found.reason,
                    confidence=found.confidence,
                    created_at=(conversation.finished_at or times.START) + times.PREPARING,
                )
                crowd.attributes[one] = row
                attributes.append(row)
                variants += [
                    AttributeVariant(
                        attribute=row,
                        conversation=conversation,
                        text=text,
                        reason=found.reason,
                        confidence=found.confidence,
                    )
                    for text in found.wordings
                ]
                turn = turns[conversation.pk, 2 * place + offset]
                evidence.append(Evidence(attribute=row, turn=turn))
    Attribute.objects.bulk_create(attributes)
    AttributeVariant.objects.bulk_create(variants)
    Evidence.objects.bulk_create(evidence)
