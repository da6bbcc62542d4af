"""The rows of a study that may be shown outside of it: nothing of people who are left out.

The same rows as an export's, for readers that ask for a few at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import Conversation, Item, Judgment, Study
from personalization.releases import pseudonyms
from personalization.releases.membership import PERSON_LEFT_OUT

PEOPLE_LEFT_OUT = f"SELECT t.id FROM annotation_participant t WHERE {PERSON_LEFT_OUT}"  # noqa: S608 - constants
# Whose an item is: by its sheet's owner, and by what it is about.
PEOPLE_OF_ITEM = (
    "sheet__owner__participant",
    "attribute__participant",
    "relevance_pair__attribute__participant",
    "response_pair__participant",
    "response_pair__a__participant",
    "response_pair__b__participant",
    "response__participant",
    "record__participant",
)


@dataclass(frozen=True)
class Kept:
    """One study as seen from outside: its kept rows, and the names of its people there."""

    study: Study
    left_out: Collection[int] = field(repr=False)

    @classmethod
    def of(cls, study: Study) -> "Kept":
        """Look up who is left out now."""
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE_LEFT_OUT, {"study": study.pk})
            return cls(study, [pk for (pk,) in cursor.fetchall()])

    def items(self) -> QuerySet[Item]:
        """Return the study's items, without those of people who are left out."""
        items = Item.objects.filter(study=self.study)
        return items.exclude(self._of_people()) if self.left_out else items

    def judgments(self) -> QuerySet[Judgment]:
        """Return the current answers of kept raters to kept items, of all questions of all studies.

        Callers name the questions: a judgment knows its question, and no study.
        """
        current = Judgment.objects.filter(superseded_at=None)
        if not self.left_out:
            return current
        item = Item.objects.filter(pk=OuterRef("item_id"))
        return current.exclude(rater__participant__in=self.left_out).exclude(
            Exists(item.filter(self._of_people()))
        )

    def conversations(self) -> QuerySet[Conversation]:
        """Return the study's conversations, without those of people who are left out."""
        chats = Conversation.objects.filter(study=self.study)
        return chats.exclude(participant__in=self.left_out)

    def pseudonym(self, participant: int) -> str:
        """Return the person's name in this study, as exports write it."""
        return pseudonyms.person(self._key, participant)

    @cached_property
    def _key(self) -> bytes:
        return pseudonyms.key(self.study.name)

    def _of_people(self) -> Q:
        found = Q()
        for path in PEOPLE_OF_ITEM:
            found |= Q(**{f"{path}__in": self.left_out})
        return found
