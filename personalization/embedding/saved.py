"""Vectors that were asked for, kept by embedder and text: none is asked for twice.

A call is a row before it is a request, as everywhere (personalization/calls.py). Its vectors are
saved in one transaction with it, and before anybody uses them; the call keeps the answer without
them. The number of a call's work is made from what was asked, so that a call that was lost with its
worker is found, and is asked for again as the next attempt.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now

from personalization import calls
from personalization.embedding.errors import EmbedError
from personalization.llm.backend import Answer, Ask, AskError, Embedded
from personalization.models import Endpoint, ModelCall, Vector
from personalization.prices import cost, rate_on

STEP = "embedding"
WORK_BITS = 63  # of a number in the database
SAVED_AT_ONCE = 200


class EmbedAsk(Ask):
    """A request for vectors, as the embeddings protocol says it."""

    def body(self) -> dict[str, object]:
        """Return the request."""
        return {
            "model": self.model,
            "input": [one.content for one in self.messages],
            "encoding_format": "float",
        }


def hash_of(text: str) -> str:
    """Return the hash by which a text's vector is found."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def known(embedder: str, texts: Iterable[str]) -> dict[str, list[float]]:
    """Return the vectors that are saved, by text."""
    by_hash = {hash_of(text): text for text in texts}
    rows = Vector.objects.filter(embedder=embedder, text_hash__in=by_hash)
    return {by_hash[found]: values for found, values in rows.values_list("text_hash", "values")}


def begin(endpoint: Endpoint, ask: EmbedAsk) -> ModelCall:
    """Return the row of a call that is about to be made."""
    work = int(ask.hash(), 16) >> (256 - WORK_BITS)
    earlier = ModelCall.objects.filter(step=STEP, work_id=work)
    # Those without an end were in flight when their worker ended; an answer that comes after all
    # still replaces this.
    earlier.filter(answer__isnull=True, error=None).update(error=calls.NO_ANSWER, finished_at=Now())
    while True:
        call, new = calls.begin(STEP, work, earlier.count(), endpoint, ask)
        if new:
            return call


@transaction.atomic
def save(
    embedder: str, call: ModelCall, endpoint: Endpoint, texts: Sequence[str], found: Embedded
) -> None:
    """Save an answer and its vectors; a vector that is there already stays as it is."""
    answer = Answer("", "stop", found.raw, found.prompt_tokens, None, found.limits, found.tries)
    rate, read = rate_on(endpoint, call.model), found.prompt_tokens
    micros = None if rate is None or read is None else cost(rate, read, 0)
    calls.answered(call, endpoint, answer, micros)
    Vector.objects.bulk_create(
        [
            Vector(embedder=embedder, text_hash=hash_of(text), values=values)
            for text, values in zip(texts, found.vectors, strict=True)
        ],
        ignore_conflicts=True,
        batch_size=SAVED_AT_ONCE,
    )


def failed(call: ModelCall, endpoint: Endpoint, error: AskError) -> None:
    """Save why there is no answer."""
    calls.failed(call, endpoint, error)


def of_one_length(embedder: str, found: Mapping[str, Sequence[float]]) -> None:
    """Refuse vectors of several lengths: the model has changed behind its name."""
    lengths = sorted({len(values) for values in found.values()})
    if len(lengths) > 1:
        said = ", ".join(map(str, lengths))
        raise EmbedError(
            f"The vectors of {embedder} have several lengths ({said}): another model answers under"
            " the same name. Give the endpoint or the model a new name."
        )
