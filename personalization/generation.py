"""Generation: two responses to each of a person's queries, one of them personalized."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from annotation.enrollment import prepared
from annotation.models import Attribute, Author, Enrollment, Judgment, Response, ResponsePair
from annotation.models.person import Part
from annotation.models.question import Kind
from annotation.models.response import AuthorKind, Condition
from annotation.sheets import lay_comparison, rater_of
from personalization.arms.configuration import Generating
from personalization.arms.holding import hold_response
from personalization.arms.making import COMPARED, asked_of, live_arms, prompt_of
from personalization.asking import answer_of
from personalization.llm.backend import Ask
from personalization.llm.fences import listed
from personalization.models import Generation, ModelCall
from personalization.models.arm import ArmStep
from personalization.preparing import check_consent, check_wanted, waiting
from personalization.steps import Request, Step, made, text_of


class GeneratingStep(Step[Generation]):
    """One response for each query and condition."""

    model = Generation

    def waited_for(self) -> QuerySet[Generation]:
        """Return the rows without a run."""
        return Generation.objects.select_related("arm__endpoint").filter(run=None)

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add two rows for each query to which the person found something of theirs relevant."""
        enrollment = waiting(about, Part.COMPARISON)
        if enrollment is None:
            return 0
        planned = set(enrollment.generations.filter(trial=False).values_list("query_id", "arm_id"))
        arms = live_arms(enrollment.study, ArmStep.GENERATION)
        conditions = {arm.pk: Generating.read(arm.configuration).condition for arm in arms}
        new = [
            Generation(
                enrollment=enrollment,
                query_id=query,
                condition=conditions[arm.pk],
                arm=arm,
                attributes=[] if conditions[arm.pk] == Condition.NONE else attributes,
            )
            for query, attributes in _relevant(enrollment).items()
            for arm in arms
            if (query, arm.pk) not in planned
        ]
        Generation.objects.bulk_create(new)
        _conclude(enrollment)
        return len(new)

    def request(self, row: Generation) -> Request:
        """Ask for an answer to the query, with the attributes that the condition allows."""
        enrollment = check_wanted(row.enrollment)
        endpoint, sampling = asked_of(row.arm)
        check_consent(enrollment, endpoint)
        known = listed(one.text for one in _in_order(row.attributes))
        messages = prompt_of(row.arm, "generation").fill(query=row.query.text, attributes=known)
        return Request(endpoint, Ask(row.arm.model, messages, sampling))

    def settle(self, row: Generation, call: ModelCall | None) -> None:
        """Write the response with its author."""
        call = made(call)
        # Read anew: somebody may have left while the model was asked.
        check_wanted(Enrollment.objects.get(pk=row.enrollment_id))
        text = text_of(answer_of(call))
        sampling = {
            key: value for key, value in call.request.items() if key not in ("model", "messages")
        }
        author, _new = Author.objects.get_or_create(
            kind=AuthorKind.MODEL,
            name=call.model,
            sampling=sampling,
            defaults={"family": family(call.model)},
        )
        row.call = call
        row.response = Response.objects.create(
            query=row.query,
            participant=row.enrollment.participant,
            author=author,
            condition=row.condition,
            text=text,
        )
        hold_response(row.arm, row.response)

    def settled(self, row: Generation) -> None:
        """Lay the sheets and let the person go on if this was the last one."""
        # Of two that settle at once, the second one to get this lock sees both.
        enrollment = waiting(row.enrollment_id, Part.COMPARISON)
        if enrollment is not None:
            _conclude(enrollment)


def family(model: str) -> str:
    """Return the family of a model, as far as its name tells.

    >>> family("meta-llama/Llama-3.3-70B-Instruct"), family("gpt-5.4")
    ('llama', 'gpt')
    """
    return model.rpartition("/")[2].partition("-")[0].casefold()


def _conclude(enrollment: Enrollment) -> None:
    """Lay a sheet for each pair and let the person go on, if nothing is left to wait for."""
    rows = list(enrollment.generations.select_related("response").order_by("query_id", "id"))
    if any(row.settled_at is None for row in rows):
        return
    troubles = [row.failure for row in rows if row.failure]
    pairs = 0
    for query in dict.fromkeys(row.query_id for row in rows):
        together = [row for row in rows if row.query_id == query]
        written = [row.response for row in together if row.response is not None]
        if len(written) < len(COMPARED):
            continue
        if len({one.text for one in written}) < len(COMPARED):
            troubles.append("Both responses to a query are the same.")
            continue
        ids = next(row.attributes for row in together if row.attributes)
        lay_comparison(enrollment, _pair(enrollment, written), _in_order(ids))
        pairs += 1
    said = f"{pairs} of {len(rows) // len(COMPARED)} queries have a pair of responses."
    prepared(enrollment.pk, f"{said} {troubles[0]}" if troubles else "")


def _pair(enrollment: Enrollment, written: Sequence[Response]) -> ResponsePair:
    a, b = sorted(written, key=lambda one: one.pk)
    pair, _new = ResponsePair.objects.get_or_create(
        a=a, b=b, defaults={"query_id": a.query_id, "participant": enrollment.participant}
    )
    return pair


def _relevant(enrollment: Enrollment) -> dict[int, list[int]]:
    """Return by query the attributes that the owner found relevant to it, the surest first."""
    said = Judgment.objects.filter(
        question__kind=Kind.RELEVANCE,
        question__options__key="yes",
        question__options__code=F("value"),
        rater=rater_of(enrollment),
        superseded_at=None,
        item__study=enrollment.study_id,
        item__relevance_pair__attribute__participant=enrollment.participant_id,
        item__relevance_pair__attribute__withdrawn_at=None,
    ).order_by(
        F("item__relevance_pair__attribute__confidence").desc(nulls_last=True),
        "item__relevance_pair__attribute",
    )
    relevant: dict[int, list[int]] = {}
    for query, attribute in said.values_list(
        "item__relevance_pair__query", "item__relevance_pair__attribute"
    ):
        relevant.setdefault(query, []).append(attribute)
    return dict(sorted(relevant.items()))


def _in_order(ids: Sequence[int]) -> list[Attribute]:
    found = Attribute.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found]
