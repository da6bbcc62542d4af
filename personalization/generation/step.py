"""Generation: a response to a request under a condition, written by the model of an arm."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from annotation.models import Attribute, Enrollment, Response
from annotation.models.person import Part
from annotation.work import look
from personalization.arms.holding import hold_response
from personalization.arms.making import asked_of, prompt_of
from personalization.arms.step import ArmStepOf, Missing
from personalization.asking import answer_of
from personalization.generation import planning
from personalization.generation.authors import author_of
from personalization.generation.leaks import Written, fatal, leaks
from personalization.generation.matching import generic_row, manner_of, words_of
from personalization.generation.waiting import conclude, wanted
from personalization.llm.backend import Ask, AskError
from personalization.llm.fences import listed
from personalization.models import Arm, Generation, ModelCall
from personalization.models.arm import ArmStep
from personalization.preparing import check_consent, check_wanted, waiting
from personalization.steps import HopelessError, Request, made, text_of


class LeakError(AskError):
    """A text that is no response, because of what it gives away; another one may be better."""

    def __init__(self, found: Iterable[str]) -> None:
        super().__init__("garbage", ", ".join(found))

    def __str__(self) -> str:
        return f"leak: {self.message}"


class GeneratingStep(ArmStepOf[Generation]):
    """One response for each person, query and arm."""

    model = Generation
    of = ArmStep.GENERATION

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add the rows of a person who waits to compare responses."""
        enrollment = waiting(about, Part.COMPARISON)
        if enrollment is None:
            return 0
        rows = _saved(wanted(enrollment))
        if not rows:
            conclude(enrollment)
        return len(rows)

    def missing(
        self, arm: Arm, most: int | None = None, trial: bool = False
    ) -> Missing[Generation]:
        """Return a row for each person and query for which the condition has its attributes."""
        return planning.missing(arm, most, trial)

    def request(self, row: Generation) -> Request:
        """Ask for an answer to the query, with the attributes that the condition allows."""
        enrollment = check_wanted(row.enrollment)
        endpoint, sampling = asked_of(row.arm)
        check_consent(enrollment, endpoint)
        texts = {"query": row.query.text, "attributes": listed(_texts(row.attributes))}
        name = "generation"
        if manner_of(row.arm).matched:
            name, texts["words"] = "generation_matched", str(_length(row))
        messages = prompt_of(row.arm, name).fill(**texts)
        return Request(endpoint, Ask(row.arm.model, messages, sampling), name)

    def settle(self, row: Generation, call: ModelCall | None) -> None:
        """Write the response with its author; LeakError for a text that gives away too much."""
        call = made(call)
        # Read anew: somebody may have left while the model was asked.
        enrollment = check_wanted(Enrollment.objects.get(pk=row.enrollment_id))
        answer = answer_of(call)
        text = text_of(answer)
        found = leaks(_written(row, text, answer.finish, call.model))
        row.call = call
        if row.trial:
            row.leaks = found
            row.result = {
                "text": text,
                "words": words_of(text),
                "leaks": found,
                "attributes": _texts(row.attributes),
            }
            return
        if bad := fatal(found):
            raise LeakError(bad)
        if manner_of(row.arm).matched:
            row.words = _length(row)
        row.leaks = found
        row.response = Response.objects.create(
            query=row.query,
            participant_id=enrollment.participant_id,
            author=author_of(call),
            condition=row.condition,
            text=text,
        )
        hold_response(row.arm, row.response)

    def settled(self, row: Generation) -> None:
        """Lay the sheets and let the person go on if this was the last one that they wait for."""
        if row.trial:
            return
        # Of two that settle at once, the second one to get this lock sees both.
        enrollment = waiting(row.enrollment_id, Part.COMPARISON)
        if enrollment is not None:
            self._conclude(enrollment)

    def _conclude(self, enrollment: Enrollment) -> None:
        """Let a person go on; a length-matched response becomes due when the other one is there."""
        rows = _saved(wanted(enrollment))
        if not rows:
            conclude(enrollment)
        for _row in rows:
            look(self.name)


def _saved(rows: list[Generation]) -> list[Generation]:
    """Save those that are new; a run may add the same ones at this moment."""
    new = [row for row in rows if row.pk is None]
    Generation.objects.bulk_create(new, ignore_conflicts=True)
    return rows


def _written(row: Generation, text: str, finish: str, model: str) -> Written:
    others: list[str] = []
    if not row.attributes:
        mine = Attribute.objects.filter(
            study=row.arm.study_id, participant=row.enrollment.participant_id
        )
        others = list(mine.values_list("text", flat=True))
    name = "generation_matched" if manner_of(row.arm).matched else "generation"
    return Written(
        text,
        row.query.text,
        finish,
        model,
        given=_texts(row.attributes),
        others=others,
        asked=[part for _role, part in prompt_of(row.arm, name).sections],
    )


def _length(row: Generation) -> int:
    """Return how many words a length-matched response is asked to have."""
    if row.words is not None:
        return row.words
    other = generic_row(row)
    if other is None:
        raise HopelessError("unmatched: there is no response without attributes to be as long as")
    if other.response is None:
        raise HopelessError(f"unmatched: the response without attributes failed. {other.failure}")
    row.words = words_of(other.response.text)
    return row.words


def _texts(ids: Sequence[int]) -> list[str]:
    """Return the texts of attributes in the order in which the prompt names them."""
    found = dict(Attribute.objects.filter(pk__in=ids).values_list("pk", "text"))
    return [found[one] for one in ids if one in found]
