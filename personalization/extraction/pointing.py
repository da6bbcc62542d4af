"""Ask where an attribute was read: a call for each attribute, over all conversations of its person."""

from annotation.models import Conversation, Enrollment, Turn
from annotation.models.conversation import Speaker
from personalization.arms.making import asked_of, prompt_of
from personalization.arms.step import ArmStepOf, Missing
from personalization.asking import answer_of
from personalization.extraction.chain import go_on
from personalization.extraction.ladder import UnreadableError
from personalization.extraction.people import conversations, locked
from personalization.extraction.pointers import Place, check, pointed
from personalization.extraction.schemas import POINTERS
from personalization.extraction.writing import support
from personalization.llm.backend import Ask, AskError
from personalization.llm.fences import numbered
from personalization.models import Arm, ModelCall, Pointing
from personalization.models.arm import ArmStep
from personalization.preparing import NO_LONGER_WANTED, check_consent, check_wanted
from personalization.steps import HopelessError, Request, made, text_of


class PointingStep(ArmStepOf[Pointing]):
    """One look for the evidence of one attribute."""

    model = Pointing
    of = ArmStep.EXTRACTION

    def plan(self, about: int) -> int:
        """Add nothing: evidence is looked for once attributes are merged."""
        return 0

    def missing(self, arm: Arm, most: int | None = None, trial: bool = False) -> Missing[Pointing]:
        """Return nothing: evidence is looked for once attributes are merged."""
        return Missing([])

    def request(self, row: Pointing) -> Request:
        """Ask for turns by the numbers of their conversations, which are those of the database."""
        person = check_wanted(_person(row))
        if row.attribute.withdrawn_at is not None:
            raise HopelessError(NO_LONGER_WANTED)
        endpoint, sampling = asked_of(row.arm)
        check_consent(person, endpoint)
        said = "\n\n".join(
            f"conversation {pk}:\n"
            + numbered((number, one.speaker, one.text) for number, one in turns.items())
            for pk, turns in _turns(person).items()
        )
        messages = prompt_of(row.arm, "evidence").fill(
            attribute=row.attribute.text, conversations=said
        )
        return Request(endpoint, Ask(row.arm.model, messages, sampling, POINTERS), "evidence")

    def settle(self, row: Pointing, call: ModelCall | None) -> None:
        """Write the pointers that hold as evidence; none is left: the attribute has no evidence."""
        call = made(call)
        attribute = row.attribute
        person = check_wanted(locked(attribute.study_id, attribute.participant_id))
        try:
            said = pointed(text_of(answer_of(call)))
        except UnreadableError as error:
            raise AskError("garbage", str(error)) from None
        own = _turns(person)
        found = check(said, _places(said, own))
        row.call = call
        row.found = len(found.kept)
        row.dropped = dict(found.dropped)
        if row.trial:
            row.result = {"turns": [list(one) for one in found.kept], "dropped": row.dropped}
        else:
            turns = [own[conversation][number] for conversation, number in found.kept]
            support([(attribute, turn) for turn in turns], {attribute.pk})

    def settled(self, row: Pointing) -> None:
        """Go on to the review when this was the last one."""
        go_on(row, row.attribute.study_id, row.attribute.participant_id)


def _person(row: Pointing) -> Enrollment | None:
    whose = Enrollment.objects.select_related("study", "participant")
    return whose.filter(
        study=row.attribute.study_id, participant=row.attribute.participant_id
    ).first()


def _turns(person: Enrollment) -> dict[int, dict[int, Turn]]:
    """Return the turns of a person by conversation, and in each by the numbers that prompts give."""
    found = conversations(person).prefetch_related("turns")
    return {
        one.pk: dict(enumerate(sorted(one.turns.all(), key=lambda turn: turn.position), 1))
        for one in found
    }


def _places(said: list[tuple[object, object]], own: dict[int, dict[int, Turn]]) -> dict[int, Place]:
    """Return what can be said of the conversations that are named: those of others are known, too."""
    named = {one for one, _turn in said if isinstance(one, int)} - own.keys()
    held = [one for one in named if 0 < one < 2**63]
    places = {
        pk: Place(is_own=False, turns=frozenset(), of_user=frozenset())
        for pk in Conversation.objects.filter(pk__in=held).values_list("pk", flat=True)
    }
    for pk, turns in own.items():
        of_user = (number for number, one in turns.items() if one.speaker == Speaker.USER)
        places[pk] = Place(True, frozenset(turns), frozenset(of_user))
    return places
