"""Calls to models as rows: begun before the request, answered or failed before anybody reads on."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from personalization.llm import protocol
from personalization.llm.backend import Answer, Ask, AskError, error_kind
from personalization.models import Endpoint, ModelCall

LOST = "lost"
NO_ANSWER = f"{LOST}: the worker ended before the answer came"
QUIET = timedelta(seconds=5)  # an endpoint's row is written no more often than this


class Lost(Exception):  # noqa: N818 - no error of ours: the work goes on with the next attempt
    """A call was in flight when its worker ended: ask again, as the next attempt."""


def begin(
    step: str, work_id: int, attempt: int, endpoint: Endpoint, ask: Ask, prompt_hash: str = ""
) -> tuple[ModelCall, bool]:
    """Return the call of an attempt, and whether it is new, so that the request is to be made."""
    attempted = {"step": step, "work_id": work_id, "attempt": attempt}
    try:
        with transaction.atomic():
            call = ModelCall.objects.create(
                **attempted,
                endpoint=endpoint.name,
                model=ask.model,
                request=ask.body(),
                request_hash=ask.hash(),
                prompt_hash=prompt_hash,
            )
    except IntegrityError:
        return ModelCall.objects.get(**attempted), False
    return call, True


def resume(call: ModelCall) -> ModelCall:
    """Return a call that was begun before, if it was answered; AskError or Lost otherwise."""
    if call.answer is not None:
        return call
    if call.error is None:
        ModelCall.objects.filter(pk=call.pk, answer__isnull=True).update(
            error=NO_ANSWER, finished_at=Now()
        )
        raise Lost
    kind, _, message = call.error.partition("\n")[0].partition(": ")
    if kind == LOST:
        raise Lost
    raise AskError(error_kind(kind), message)


def lose(call: ModelCall, cost_micros: int | None = None) -> None:
    """Save that a call was under way when its worker ended, and what it may have cost."""
    unfinished = ModelCall.objects.filter(pk=call.pk, answer__isnull=True)
    unfinished.filter(Q(error=None) | Q(error=NO_ANSWER)).update(
        error=NO_ANSWER, finished_at=Now(), cost_micros=cost_micros
    )


def answered(
    call: ModelCall, endpoint: Endpoint, answer: Answer, cost_micros: int | None = None
) -> ModelCall:
    """Save the raw answer; it also replaces a loss that was noted too early."""
    call.answer, call.error, call.cost_micros = dict(answer.raw), None, cost_micros
    call.prompt_tokens, call.completion_tokens = answer.prompt_tokens, answer.completion_tokens
    ModelCall.objects.filter(pk=call.pk).update(
        answer=call.answer,
        error=None,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        cost_micros=cost_micros,
        finished_at=Now(),
    )
    noted = Q(answered_at__gte=Now() - QUIET) & (
        Q(failed_at=None) | Q(failed_at__lte=F("answered_at"))
    )
    Endpoint.objects.filter(pk=endpoint.pk).exclude(noted).update(answered_at=Now())
    return call


def error_text(error: AskError) -> str:
    """Return an error as a call keeps it: what it was, and below it what came in place of an answer."""
    said, content = (each.replace("\0", "�") for each in (str(error), error.content))
    return f"{said}\n{content}" if content else said


def failed(
    call: ModelCall, endpoint: Endpoint, error: AskError, cost_micros: int | None = None
) -> None:
    """Save why there is no answer; what came in its place stays in the record of the call alone."""
    ModelCall.objects.filter(pk=call.pk, answer__isnull=True).update(
        error=error_text(error), cost_micros=cost_micros, finished_at=Now()
    )
    said = str(error).replace("\0", "�")
    noted = Q(failed_at__gte=Now() - QUIET) & (
        Q(answered_at=None) | Q(answered_at__lte=F("failed_at"))
    )
    Endpoint.objects.filter(pk=endpoint.pk).exclude(noted).update(failed_at=Now(), error=said)


def answer_of(call: ModelCall) -> Answer:
    """Return the saved answer of a call; raises AskError where it is not of the protocol."""
    return protocol.answer(call.answer)


def lost_calls() -> QuerySet[ModelCall]:
    """Return the calls that were in flight when a worker ended."""
    return ModelCall.objects.filter(error__startswith=f"{LOST}: ")
