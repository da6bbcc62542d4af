"""From checked lines to attributes of an arm, some hundred lines at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import Attribute, AttributeVariant, Conversation, Evidence, Item, Study
from personalization.imports.attribute_lines import Said, Told, Wording
from personalization.imports.attribute_rows import Mark, New, free_numbers, mark_of
from personalization.imports.cells import shortened
from personalization.imports.errors import LineError
from personalization.imports.outcome import OutputCounts
from personalization.imports.output_lookup import Attributes, Chats, standing
from personalization.imports.output_people import Person
from personalization.models import Arm, ArmAttribute, Extracted, Extraction
from personalization.models.arm import ArmStep


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its person: ready to be matched with the study."""

    line: int
    person: Person
    told: Told


@dataclass(slots=True)
class Loading:
    """Some lines on their way into the tables of an arm."""

    study: Study
    arm: Arm
    counts: OutputCounts
    attributes: Attributes
    chats: Chats = field(default_factory=Chats)
    held: dict[int, str | None] = field(default_factory=dict)  # attribute -> why it is left out
    seen: set[Mark] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)  # attributes with items: they stay as they are
    turns: dict[int, set[int]] = field(default_factory=dict)  # attribute -> its evidence
    numbers: Iterator[int] = field(default_factory=lambda: iter(()))
    extractions: dict[int, Extraction] = field(default_factory=dict)  # by conversation
    new: New = field(default_factory=New)

    def add(self, lines: Sequence[Placed]) -> Iterator[tuple[int, str]]:
        """Add what the lines say, and yield the number and fault of each that cannot be added."""
        self._look_up(lines)
        for one in lines:
            try:
                self._add(one)
            except LineError as fault:
                yield one.line, str(fault)
        self.new.save()
        self._count_found()

    def _look_up(self, lines: Sequence[Placed]) -> None:
        said = [each for one in lines for each in one.told.said]
        self.attributes.load(one.person.participant for one in lines)
        names = {one.told.conversation for one in lines if one.told.conversation}
        pointers = (each for one in said for each in one.evidence)
        self.chats = Chats.of(self.study, names, pointers)
        known = {one.pk for one in self._named(lines)}
        holding = ArmAttribute.objects.filter(arm=self.arm, attribute__in=known)
        self.held = dict(holding.values_list("attribute", "left_out"))
        items = Item.objects.filter(study=self.study, attribute__in=known)
        self.asked = set(items.values_list("attribute", flat=True))
        variants = AttributeVariant.objects.filter(attribute__in=known)
        mine = variants.filter(extracted__extraction__arm=self.arm)
        self.seen = {mark_of(one) for one in (*mine, *variants.filter(conversation=None))}
        self.turns = {}
        evidence = Evidence.objects.filter(attribute__in=known)
        for attribute, turn in evidence.values_list("attribute", "turn"):
            self.turns.setdefault(attribute, set()).add(turn)
        rows = Extraction.objects.filter(
            arm=self.arm, conversation__in={one.pk for one in self.chats.by_name.values()}
        )
        self.extractions = {one.conversation_id: one for one in rows.filter(trial=False)}
        self.numbers = free_numbers(Attribute, len(said))
        self.new = New()

    def _named(self, lines: Sequence[Placed]) -> Iterator[Attribute]:
        """Yield the attributes of the study that lines are about."""
        for one in lines:
            for said in one.told.said:
                texts = [said.wording.text] if said.wording else []
                for text in (*texts, said.refined_from):
                    if found := self.attributes.found(one.person, text):
                        yield found

    def _add(self, one: Placed) -> None:
        """Add a line, all of it or, where something in it is wrong, none."""
        chat = self.chats.named(one.person, one.told.conversation)
        ready = [(said, *self._matched(one.person, said)) for said in one.told.said]
        if chat is not None and self.arm.step == ArmStep.EXTRACTION:
            self._extraction(chat)
        for said, known, origin in ready:
            if said.wording is None:
                self._leave_out(origin, "withdrawn")
            else:
                self._hold(one.person, said, said.wording, known, origin, chat)

    def _matched(self, person: Person, said: Said) -> tuple[Attribute | None, Attribute | None]:
        """Return the attribute that is there already, and the one that is rewritten, if any."""
        origin = self.attributes.named(person, said.refined_from) if said.refined_from else None
        if origin is not None:
            standing(origin)
        if said.wording is None:
            self._check(origin, {None, "refined"})
            return None, origin
        known = self.attributes.of_text(person, said.wording.text)
        if known is not None:
            standing(known)
            self._check(known, {"withdrawn", "refined"})
        if origin is not None and origin != known:
            self._check(origin, {None, "withdrawn"})
        return known, origin

    def _check(self, attribute: Attribute | None, otherwise: set[str | None]) -> None:
        """Refuse a line that says of an attribute the opposite of what is here, or above."""
        if attribute is None or attribute.pk not in self.held:
            return
        if self.held[attribute.pk] in otherwise:
            raise LineError(
                _("the arm %(arm)s has said otherwise about %(text)s already.")
                % {"arm": self.arm.name, "text": shortened(attribute.text)}
            )

    def _leave_out(self, attribute: Attribute | None, why: str) -> None:
        if attribute is None or self.held.get(attribute.pk) == why:
            self.counts.unchanged += 1
            return
        self._holds(attribute, why)
        self.counts.withdrawn += why == "withdrawn"

    def _holds(self, attribute: Attribute, why: str | None = None) -> None:
        self.new.held.append(ArmAttribute(arm=self.arm, attribute=attribute, left_out=why))
        self.held[attribute.pk] = why

    def _hold(
        self,
        person: Person,
        said: Said,
        wording: Wording,
        known: Attribute | None,
        origin: Attribute | None,
        chat: Conversation | None,
    ) -> None:
        # Of two entries of one line with the same text, the second one finds the first one's.
        known = known or self.attributes.of_text(person, wording.text)
        attribute = known or self._new(person, wording, origin)
        if attribute.pk in self.held:
            self.counts.unchanged += 1
        else:
            self._holds(attribute)
            self.counts.shared += known is not None
        if origin is not None and origin.pk != attribute.pk and origin.pk not in self.held:
            self._leave_out(origin, "refined")
        if self.arm.step == ArmStep.EXTRACTION:
            for one in (wording, *said.variants):
                self._add_variant(attribute, one, chat)
        if attribute.pk not in self.asked:
            self._add_evidence(person, attribute, said, origin)

    def _new(self, person: Person, wording: Wording, origin: Attribute | None) -> Attribute:
        attribute = Attribute(
            pk=next(self.numbers),
            study=self.study,
            participant_id=person.participant,
            text=wording.text,
            reason=wording.reason,
            confidence=wording.confidence,
            refined_from=origin,
        )
        self.new.attributes.append(attribute)
        self.attributes.add(attribute)
        self.counts.new += 1
        return attribute

    def _add_variant(
        self, attribute: Attribute, wording: Wording, chat: Conversation | None
    ) -> None:
        variant = AttributeVariant(
            attribute=attribute,
            conversation=chat,
            text=wording.text,
            reason=wording.reason,
            confidence=wording.confidence,
        )
        if (mark := mark_of(variant)) in self.seen:
            return
        self.seen.add(mark)
        self.new.variants.append(variant)
        self.counts.variants += 1
        if chat is not None:
            row = self._extraction(chat)
            self.new.extracted.append(Extracted(extraction=row, variant=variant))

    def _extraction(self, chat: Conversation) -> Extraction:
        """Return the extraction of a conversation: also where nothing was found it was read."""
        if chat.pk not in self.extractions:
            row = Extraction(arm=self.arm, conversation=chat, found=0, settled_at=timezone.now())
            self.extractions[chat.pk] = row
            self.new.extractions.append(row)
            self.counts.conversations += 1
        return self.extractions[chat.pk]

    def _add_evidence(
        self, person: Person, attribute: Attribute, said: Said, origin: Attribute | None
    ) -> None:
        """Add the turns that support an attribute; a rewritten one without its own keeps the old."""
        found: set[int] = set()
        for pointer in said.evidence:
            turn = self.chats.turn(person, pointer)
            if isinstance(turn, str):
                self.counts.pointers_dropped += 1
            else:
                found.add(turn.pk)
        if not said.evidence and origin is not None:
            found = self.turns.get(origin.pk, set())
        there = self.turns.setdefault(attribute.pk, set())
        more = sorted(found - there)
        self.new.evidence += [Evidence(attribute=attribute, turn_id=one) for one in more]
        self.counts.evidence += len(more)
        there.update(more)

    def _count_found(self) -> None:
        """Note with each extraction how many attributes came of it."""
        came = (
            Extracted.objects.filter(extraction=OuterRef("pk"))
            .order_by()
            .values("extraction")
            .annotate(n=Count("variant__attribute", distinct=True))
        )
        rows = Extraction.objects.filter(pk__in=[one.pk for one in self.extractions.values()])
        rows.update(found=Coalesce(Subquery(came.values("n")), 0))
