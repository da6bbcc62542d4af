"""Ask an arm for attributes of each finished conversation, and settle what it says."""

from django.db import transaction

from annotation.models import Enrollment
from annotation.models.conversation import Speaker
from annotation.models.person import Part
from personalization.arms.configuration import Extracting
from personalization.arms.making import asked_of, live_arms, prompt_of
from personalization.arms.step import ArmStepOf, Missing
from personalization.asking import answer_of
from personalization.extraction.chain import conclude, go_on
from personalization.extraction.people import conversations, locked, turns, unread
from personalization.extraction.reading import Reading, UnreadableError, read
from personalization.extraction.reopening import take_over
from personalization.extraction.schemas import PLAIN, WITH_EVIDENCE
from personalization.extraction.writing import write
from personalization.llm.backend import Ask, AskError
from personalization.llm.fences import numbered
from personalization.models import Arm, ArmAttribute, Extraction, ModelCall
from personalization.models.arm import ArmSource, ArmStep
from personalization.preparing import check_consent, check_wanted, enrollment_of, waiting
from personalization.steps import Request, made, text_of

# Different attributes that a conversation brings, where too few were read to know it.
EACH, FEWEST = 4.0, 10


class ExtractingStep(ArmStepOf[Extraction]):
    """One extractor over one conversation."""

    model = Extraction
    of = ArmStep.EXTRACTION

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add an extraction by each live arm for each finished conversation that has none yet."""
        person = waiting(about, Part.REVIEW)
        if person is None:
            return 0
        arms = live_arms(person.study, ArmStep.EXTRACTION)
        take_over(arms, person)
        new = _new(arms, person)
        # A run may begin with the same ones at this moment.
        Extraction.objects.bulk_create(new, ignore_conflicts=True)
        conclude(person)
        return len(new)

    def missing(
        self, arm: Arm, most: int | None = None, trial: bool = False
    ) -> Missing[Extraction]:
        """Return an extraction for each conversation that the arm has not read."""
        found, withheld = unread(arm, most, again=trial)
        return Missing([Extraction(arm=arm, conversation=one) for one in found], withheld)

    def follow_ups(self, arm: Arm, rows: int) -> float:
        """Return the calls for evidence, one for each attribute; merging asks no model that talks."""
        asks = Extracting.read(arm.configuration).evidence == "second"
        return rows * _attributes_each(arm.study_id) if asks else 0.0

    def request(self, row: Extraction) -> Request:
        """Ask for attributes in a fixed form; the turns are numbered, so that they can be named."""
        person = check_wanted(enrollment_of(row.conversation))
        endpoint, sampling = asked_of(row.arm)
        check_consent(person, endpoint)
        said = numbered(
            (number, one.speaker, one.text) for number, one in turns(row.conversation).items()
        )
        inline = Extracting.read(row.arm.configuration).evidence == "with"
        name = "extraction" if inline else "extraction_plain"
        messages = prompt_of(row.arm, name).fill(conversation=said)
        schema = WITH_EVIDENCE if inline else PLAIN
        return Request(endpoint, Ask(row.arm.model, messages, sampling, schema), name)

    def settle(self, row: Extraction, call: ModelCall | None) -> None:
        """Write the attributes with their variants and evidence; of a trial, what they would be."""
        call = made(call)
        # Read anew: somebody may have left while the model was asked.
        check_wanted(locked(row.conversation.study_id, row.conversation.participant_id))
        numbers = turns(row.conversation)
        manner = Extracting.read(row.arm.configuration)
        of_user = {number for number, one in numbers.items() if one.speaker == Speaker.USER}
        try:
            reading = read(
                text_of(answer_of(call)),
                numbers.keys(),
                of_user,
                manner.floor,
                evidence=manner.evidence == "with",
            )
        except UnreadableError as error:
            raise AskError("garbage", str(error)) from None
        row.call = call
        row.found = len(reading.found)
        row.dropped = dict(reading.dropped)
        if row.trial:
            row.result = _result(reading)
        else:
            write(row, reading.found, numbers)

    def settled(self, row: Extraction) -> None:
        """Go on to merging when this was the last one of a person, with or without anything found."""
        go_on(row, row.conversation.study_id, row.conversation.participant_id)


def _attributes_each(study: int) -> float:
    """Return how many attributes a conversation of a study has brought, after merging."""
    done = Extraction.objects.filter(arm__study=study, trial=False, failure=None)
    read = done.filter(settled_at__isnull=False).count()
    if read < FEWEST:
        return EACH
    of_extractors = {"arm__study": study, "arm__step": ArmStep.EXTRACTION}
    held = ArmAttribute.objects.filter(arm__source=ArmSource.CALLED, **of_extractors)
    return held.count() / read


def _new(arms: list[Arm], person: Enrollment) -> list[Extraction]:
    finished = list(conversations(person))
    read_already = Extraction.objects.filter(arm__in=arms, trial=False, conversation__in=finished)
    done = set(read_already.values_list("arm_id", "conversation_id"))
    return [
        Extraction(conversation=one, arm=arm)
        for arm in arms
        for one in finished
        if (arm.pk, one.pk) not in done
    ]


def _result(reading: Reading) -> dict[str, object]:
    """Return what was found as the page of a trial shows it."""
    return {
        "attributes": [
            {
                "text": one.variants[0].text,
                "reason": one.variants[0].reason,
                "confidence": one.variants[0].confidence,
                "evidence": one.turns,
            }
            for one in reading.found
        ],
        "dropped": dict(reading.dropped),
    }
