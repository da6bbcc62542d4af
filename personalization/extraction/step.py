"""Plan, ask and settle extractions, and lay the review sheet when a person's are all settled."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotation.enrollment import prepared
from annotation.models import Attribute, AttributeVariant, Conversation, Enrollment, Evidence
from annotation.models.conversation import Speaker, Turn
from annotation.models.person import Part
from annotation.sheets import lay_review
from personalization.arms.holding import hold
from personalization.arms.making import asked_of, live_arms, prompt_of
from personalization.asking import answer_of
from personalization.extraction.reading import Found, UnreadableError, read
from personalization.llm.backend import Ask, AskError, Schema
from personalization.llm.fences import numbered
from personalization.models import Extracted, Extraction, ModelCall
from personalization.models.arm import ArmStep
from personalization.preparing import (
    check_consent,
    check_wanted,
    enrollment_of,
    waiting,
)
from personalization.steps import Request, Step, made, text_of

SCHEMA = Schema(
    "attributes",
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["attributes"],
        "properties": {
            "attributes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["attribute", "reason", "confidence", "evidence"],
                    "properties": {
                        "attribute": {"type": "string"},
                        "reason": {"type": "string"},
                        "confidence": {"type": "number"},
                        "evidence": {"type": "array", "items": {"type": "integer"}},
                    },
                },
            }
        },
    },
)


class Extracting(Step[Extraction]):
    """One extractor over each finished conversation of a person."""

    model = Extraction

    def waited_for(self) -> QuerySet[Extraction]:
        """Return the rows without a run."""
        return Extraction.objects.select_related("arm__endpoint").filter(run=None)

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add an extraction for each finished conversation that has none yet."""
        enrollment = waiting(about, Part.REVIEW)
        if enrollment is None:
            return 0
        done = Extraction.objects.filter(conversation=OuterRef("pk"), trial=False)
        new = [
            Extraction(conversation=one, arm=arm)
            for arm in live_arms(enrollment.study, ArmStep.EXTRACTION)
            for one in _conversations(enrollment).exclude(Exists(done.filter(arm=arm)))
        ]
        Extraction.objects.bulk_create(new)
        _conclude(enrollment)
        return len(new)

    def request(self, row: Extraction) -> Request:
        """Ask for attributes in a fixed form; the turns are numbered, so that they can be named."""
        enrollment = check_wanted(enrollment_of(row.conversation))
        endpoint, sampling = asked_of(row.arm)
        check_consent(enrollment, endpoint)
        turns = numbered((number, one.speaker, one.text) for number, one in _turns(row).items())
        messages = prompt_of(row.arm, "extraction").fill(conversation=turns)
        return Request(endpoint, Ask(row.arm.model, messages, sampling, SCHEMA))

    def settle(self, row: Extraction, call: ModelCall | None) -> None:
        """Write the attributes with their variants and evidence."""
        call = made(call)
        check_wanted(enrollment_of(row.conversation))
        turns = _turns(row)
        of_user = {number for number, one in turns.items() if one.speaker == Speaker.USER}
        try:
            reading = read(text_of(answer_of(call)), turns.keys(), of_user)
        except UnreadableError as error:
            raise AskError("garbage", str(error)) from None
        row.call = call
        for found in reading.found:
            _write(row, found, turns)
        row.found = len(reading.found)
        row.dropped = dict(reading.dropped)

    def settled(self, row: Extraction) -> None:
        """Let the person go on if this was the last one, with or without what could be found out."""
        found = enrollment_of(row.conversation)
        # Of two that settle at once, the second one to get this lock sees both.
        enrollment = waiting(found.pk, Part.REVIEW) if found else None
        if enrollment is not None:
            _conclude(enrollment)


def _conclude(enrollment: Enrollment) -> None:
    """Lay the review sheet and let the person go on, if nothing is left to wait for."""
    conversations = list(_conversations(enrollment))
    rows = Extraction.objects.filter(conversation__in=conversations)
    if rows.filter(settled_at__isnull=True).exists():
        return
    failures = rows.filter(failure__isnull=False).order_by("id").values_list("failure", flat=True)
    attributes = Attribute.objects.filter(
        variants__extracted__extraction__conversation__in=conversations, withdrawn_at=None
    )
    if found := list(attributes.distinct().order_by("id")):
        lay_review(enrollment, conversations, found)
    trouble = f"Attributes could not be extracted. {failures[0]}" if failures else ""
    prepared(enrollment.pk, trouble)


def _write(row: Extraction, found: Found, turns: dict[int, Turn]) -> None:
    conversation, surest = row.conversation, found.variants[0]
    attribute = Attribute.objects.create(
        study_id=conversation.study_id,
        participant_id=conversation.participant_id,
        text=surest.text,
        reason=surest.reason,
        confidence=surest.confidence,
    )
    for one in found.variants:
        variant = AttributeVariant.objects.create(
            attribute=attribute,
            conversation=conversation,
            text=one.text,
            reason=one.reason,
            confidence=one.confidence,
        )
        Extracted.objects.create(extraction=row, variant=variant)
    hold(row.arm, [attribute])
    Evidence.objects.bulk_create(
        [Evidence(attribute=attribute, turn=turns[number]) for number in found.turns]
    )


def _turns(row: Extraction) -> dict[int, Turn]:
    """Return the turns of a conversation by the numbers that the prompt gives them."""
    return dict(enumerate(row.conversation.turns.order_by("position"), 1))


def _conversations(enrollment: Enrollment) -> "QuerySet[Conversation]":
    return Conversation.objects.filter(
        study=enrollment.study_id,
        participant=enrollment.participant_id,
        finished_at__isnull=False,
    ).order_by("id")
