"""The arms: what other arms than ours have read, and which arm holds which attribute and response."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from annotation.models import Attribute, AttributeVariant, Evidence, Response, Study, Turn
from annotation.models.conversation import Speaker
from personalization.arms.configuration import Extracting, Generating, Manner, Revising, fingerprint
from personalization.demo import planted
from personalization.demo.arms import Arms
from personalization.demo.extracted import extracted
from personalization.demo.nouns import stream
from personalization.demo.people import Attribute as Planned
from personalization.demo.rows import times
from personalization.demo.rows.people import Crowd
from personalization.models import Arm, ArmAttribute, ArmResponse, Extracted, Extraction
from personalization.models.arm import ArmSource, ArmStep


def add(study: Study, crowd: Crowd, arms: Arms, seed: int) -> None:
    """Add the arms that read, with what they hold; what is not ours is added to the crowd's."""
    by_us = list(AttributeVariant.objects.filter(attribute__study=study).order_by("pk"))
    by_them = _Reading(study, crowd, arms, seed).add()
    ours = _arm(study, ArmStep.EXTRACTION, planted.OURS, Extracting())
    theirs = _arm(study, ArmStep.EXTRACTION, planted.THEIRS, Extracting(0.0, ""), imported=True)
    revised = _arm(study, ArmStep.REVISION, planted.REVISED, Revising(), base=ours)
    ArmAttribute.objects.bulk_create(
        ArmAttribute(arm=arm, attribute=crowd.attributes[one], left_out=why)
        for arm, why, held in (
            (ours, None, arms.ours),
            (theirs, None, arms.theirs),
            (revised, None, arms.revised),
            (revised, "refined", arms.refined),
            (revised, "withdrawn", arms.withdrawn),
        )
        for one in held
    )
    chats = list(study.conversations.order_by("pk").values_list("pk", flat=True))
    unsure = stream(seed, "unsure").sample(chats, round(planted.BELOW_FLOOR * len(chats)))
    _add_extractions(study, ours, by_us, unsure)
    _add_extractions(study, theirs, by_them, ())


def add_of_responses(study: Study) -> None:
    """Add an arm for each author and condition, with the responses that it wrote."""
    arms: dict[tuple[str, str], Arm] = {}
    rows = []
    written = Response.objects.filter(query__study=study).select_related("author").order_by("pk")
    for one in written:
        author, condition = one.author.name, one.condition
        if (author, condition) not in arms:
            manner = Generating(condition=condition)
            name = f"{author}, {condition}"
            arms[author, condition] = _arm(study, ArmStep.GENERATION, name, manner, model=author)
        rows.append(ArmResponse(arm=arms[author, condition], response=one))
    ArmResponse.objects.bulk_create(rows)


@dataclass(slots=True)
class _Reading:
    """What is read by others than us, on its way into the tables."""

    study: Study
    crowd: Crowd
    arms: Arms
    seed: int

    def add(self) -> list[AttributeVariant]:
        """Add the attributes that are not ours, and return the wordings of the other extractor."""
        numbers = stream(self.seed, "other arms")
        turns = self._turns()
        rows = self.crowd.attributes
        for one in (one for further in self.arms.further.values() for one in further):
            found = extracted(numbers, one.attribute)
            turn = turns[one.attribute]
            rows[one.attribute] = Attribute(
                study=self.study,
                participant_id=turn.conversation.participant_id,
                text=one.attribute.text,
                reason=found.reason,
                confidence=found.confidence,
                refined_from=rows[one.refined_from] if one.refined_from else None,
                created_at=(turn.conversation.finished_at or times.START) + times.PREPARING,
            )
        further = [one for one in rows if one.further]
        Attribute.objects.bulk_create(rows[one] for one in further)
        Evidence.objects.bulk_create(
            Evidence(attribute=rows[one], turn=turns[one]) for one in further
        )
        return AttributeVariant.objects.bulk_create(
            AttributeVariant(
                attribute=rows[one],
                conversation=turns[one].conversation,
                text=one.text,
                reason=found.reason,
                confidence=found.confidence,
            )
            for one in self.arms.theirs
            for found in [extracted(numbers, one)]
        )

    def _turns(self) -> dict[Planned, Turn]:
        """Return what each attribute was read from."""
        said = Turn.objects.filter(conversation__study=self.study, speaker=Speaker.USER)
        turns = {
            (one.conversation.participant_id, one.text): one
            for one in said.select_related("conversation")
        }
        return {
            one: turns[self.crowd.participant(person).pk, one.said]
            for person, further in self.arms.further.items()
            for one in (*person.extracted, *(each.attribute for each in further))
        }


def _arm(
    study: Study,
    step: ArmStep,
    name: str,
    manner: Manner,
    *,
    model: str = "",
    base: Arm | None = None,
    imported: bool = False,
) -> Arm:
    """Add an arm; no model is behind it, as everything here comes from a script."""
    configuration = {"name": name, "synthetic": True, "manner": manner.to_json()}
    return Arm.objects.create(
        study=study,
        step=step,
        name=name,
        source=ArmSource.IMPORTED if imported else ArmSource.CALLED,
        model=model,
        base=base,
        configuration=configuration,
        fingerprint=fingerprint(configuration),
        created_at=times.START,
    )


def _add_extractions(
    study: Study, arm: Arm, variants: list[AttributeVariant], unsure: Collection[int]
) -> None:
    """Add a settled extraction of each chat; in `unsure` ones a sentence was dropped as too unsure."""
    found = Counter(one.conversation_id for one in variants)
    rows = {
        chat.pk: Extraction(
            arm=arm,
            conversation=chat,
            found=found[chat.pk],
            dropped={"below_floor": 1} if chat.pk in unsure else {},
            due_at=chat.finished_at or times.START,
            settled_at=(chat.finished_at or times.START) + times.PREPARING,
        )
        for chat in study.conversations.order_by("pk")
    }
    Extraction.objects.bulk_create(rows.values())
    Extracted.objects.bulk_create(
        Extracted(extraction=rows[one.conversation_id or 0], variant=one) for one in variants
    )
