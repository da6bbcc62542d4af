"""What lines name of a study, looked up for many lines at once: attributes, conversations, queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from annotation.models import Attribute, Conversation, Query, Study, Turn
from annotation.models.conversation import Speaker
from personalization.extraction.reading import key
from personalization.imports.attribute_lines import Pointer
from personalization.imports.cells import shortened, whole_number
from personalization.imports.errors import LineError
from personalization.imports.output_people import Person

MOST_KEPT = 50_000  # attributes that an import keeps in memory
LAST_PLACE = 2**31  # what the column of positions can hold


@dataclass(slots=True)
class Attributes:
    """The attributes of some people, by what makes two texts the same; those taken back as well."""

    study: Study
    by_text: dict[tuple[int, str], Attribute] = field(default_factory=dict)
    by_number: dict[int, Attribute] = field(default_factory=dict)
    loaded: set[int] = field(default_factory=set)  # participants

    def load(self, participants: Iterable[int]) -> None:
        """Look up everything that is known of these people, and forget others if that is much."""
        wanted = set(participants)
        if len(self.by_number) > MOST_KEPT:
            self.by_text, self.by_number, self.loaded = {}, {}, set()
        of_people = Attribute.objects.filter(study=self.study, participant__in=wanted - self.loaded)
        for one in of_people.order_by("-pk"):
            self.add(one)  # of several with the same text, the oldest one counts
        self.loaded |= wanted

    def add(self, one: Attribute) -> None:
        """Note an attribute."""
        self.by_text[one.participant_id, key(one.text)] = one
        self.by_number[one.pk] = one

    def of_text(self, person: Person, text: str) -> Attribute | None:
        """Return the person's attribute with this text, if there is one."""
        return self.by_text.get((person.participant, key(text)))

    def found(self, person: Person, said: str) -> Attribute | None:
        """Return the person's attribute with this text or number, if there is one."""
        found = self.of_text(person, said)
        if found is None and whole_number(said):
            found = self.by_number.get(int(said))
        return found if found and found.participant_id == person.participant else None

    def named(self, person: Person, said: str) -> Attribute:
        """Return the attribute that a line names by its text or number; LineError for none."""
        found = self.found(person, said)
        if found is None:
            raise LineError(
                _("the attribute %(said)s is none of this participant: write its text or number.")
                % {"said": shortened(said)}
            )
        return found


def standing(one: Attribute) -> Attribute:
    """Return an attribute, unless its person has taken it back."""
    if one.withdrawn_at is not None:
        raise LineError(
            _("the attribute %(text)s was taken back: nothing about it is added.")
            % {"text": shortened(one.text)}
        )
    return one


@dataclass(slots=True)
class Chats:
    """Some conversations of a study by number and by key, and the turns that pointers name."""

    by_name: dict[str, Conversation] = field(default_factory=dict)
    by_place: dict[tuple[int, int], Turn] = field(default_factory=dict)
    by_number: dict[int, Turn] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study, names: set[str], pointers: Iterable[Pointer]) -> "Chats":
        """Look up the conversations of these names, and the turns that are pointed at."""
        pointed = list(pointers)
        names = names | {one.conversation for one in pointed if one.conversation}
        numbers = {int(one) for one in names if whole_number(one)}
        found = cls()
        named = Conversation.objects.filter(Q(pk__in=numbers) | Q(key__in=names), study=study)
        for one in named:
            found.by_name[str(one.pk)] = one
        for one in named:
            if one.key:
                found.by_name[one.key] = one  # a key goes before a number
        places = {one.number for one in pointed if one.conversation and one.number < LAST_PLACE}
        turns = {one.number for one in pointed if not one.conversation}
        wanted = Turn.objects.filter(
            Q(conversation__in=[one.pk for one in named], position__in=places) | Q(pk__in=turns),
            conversation__study=study,
        )
        for turn in wanted.select_related("conversation"):
            found.by_place[turn.conversation_id, turn.position] = turn
            found.by_number[turn.pk] = turn
        return found

    def named(self, person: Person, name: str) -> Conversation | None:
        """Return the conversation that a line names; None for no name, LineError for a wrong one."""
        if not name:
            return None
        found = self.by_name.get(name)
        if found is None or found.participant_id != person.participant:
            raise LineError(
                _(
                    "the conversation %(name)s is none of this participant: write its number or key"
                    " as an export shows it."
                )
                % {"name": shortened(name)}
            )
        return found

    def turn(self, person: Person, pointer: Pointer) -> Turn | str:
        """Return the turn that a pointer names, or why it is dropped: as our own extractors' are."""
        if pointer.conversation:
            chat = self.by_name.get(pointer.conversation)
            turn = self.by_place.get((chat.pk, pointer.number)) if chat else None
        else:
            turn = self.by_number.get(pointer.number)
        if turn is None:
            return "no_such_turn"
        if turn.conversation.participant_id != person.participant:
            return "another_person"
        return turn if turn.speaker == Speaker.USER else "not_a_turn_of_the_user"


@dataclass(frozen=True, slots=True)
class Queries:
    """All queries of a study, by key and by text."""

    by_key: Mapping[str, int]
    by_text: Mapping[str, int]

    @classmethod
    def of(cls, study: Study) -> "Queries":
        """Look them up once for an import."""
        rows = list(Query.objects.filter(study=study).values_list("pk", "key", "text"))
        by_text = {" ".join(text.split()): pk for pk, _key, text in reversed(rows)}
        return cls({one: pk for pk, one, _text in rows}, by_text)

    def named(self, said: str) -> int:
        """Return the query that a line names; LineError for none."""
        found = self.by_key.get(said) or self.by_text.get(" ".join(said.split()))
        if found is None:
            raise LineError(
                _("the query %(said)s is none of this study: write its key or its whole text.")
                % {"said": shortened(said)}
            )
        return found
