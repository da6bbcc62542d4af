"""Which embedder a key names, and what of all this can be chosen.

`tfidf`, `endpoint:<endpoint's name>/<model>` or `local:<folder below CONCORD_MODELS>`.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from asgiref.sync import async_to_sync
from numpy.typing import NDArray

from personalization.embedding import tfidf
from personalization.embedding.endpoint import EndpointEmbedder
from personalization.embedding.errors import EmbedError
from personalization.embedding.local import LocalEmbedder, folders
from personalization.models import Endpoint

TFIDF, ENDPOINT, LOCAL = "tfidf", "endpoint:", "local:"


class Embedder(Protocol):
    """What makes vectors of texts. Equal names, equal vectors: the name is recorded with results."""

    name: str

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return a row of length 1 for each text; EmbedError, or AskError where it may pass."""
        ...


class TfidfEmbedder:
    """Counts words and pairs of words over the texts given: nothing is asked, nothing is read."""

    name = TFIDF

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return a row of length 1 for each text, fitted on these texts."""
        return tfidf.vectors(texts)


def embedder_of(key: str) -> Embedder:
    """Return the embedder of a key; EmbedError where there is none. Reads the database or a folder,
    and asks nobody."""
    if key == TFIDF:
        return TfidfEmbedder()
    if key.startswith(LOCAL):
        return LocalEmbedder(key.removeprefix(LOCAL))
    if key.startswith(ENDPOINT):
        name, _slash, model = key.removeprefix(ENDPOINT).partition("/")
        endpoint = Endpoint.objects.filter(name=name, closed_at=None).first()
        if endpoint is None:
            raise EmbedError(f"There is no open endpoint {name!r}.")
        if not model.strip():
            raise EmbedError(f"Name the model as well: {ENDPOINT}{name}/<model>.")
        return EndpointEmbedder(endpoint, model)
    raise EmbedError(
        f"{key!r} is no embedder: write {TFIDF}, {ENDPOINT}<name>/<model> or {LOCAL}<folder>."
    )


def endpoint_of(key: str) -> Endpoint | None:
    """Return the endpoint that texts are sent to by an embedder, None where nothing is sent."""
    embedder = embedder_of(key)
    return embedder.endpoint if isinstance(embedder, EndpointEmbedder) else None


def provider_of(key: str) -> str:
    """Return who runs what texts are sent to by a key, also where it is closed now; empty: we, or
    nobody."""
    name = key.removeprefix(ENDPOINT).partition("/")[0] if key.startswith(ENDPOINT) else ""
    found = Endpoint.objects.filter(name=name).values_list("provider", flat=True) if name else ()
    return next(iter(found), "")


def embed_now(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the vectors of texts, for code that is not async; not within a transaction."""
    found: NDArray[np.float64] = async_to_sync(embedder.embed)(texts)
    return found


def on_disk() -> list[str]:
    """Return the keys of the models that lie here: nothing is sent anywhere."""
    return [f"{LOCAL}{folder}" for folder in folders()]


def choices() -> list[str]:
    """Return the keys that are known here; a model of an endpoint can be any other one as well."""
    asked = Endpoint.objects.filter(closed_at=None).exclude(model="").order_by("name")
    return [
        TFIDF,
        *on_disk(),
        *(f"{ENDPOINT}{one.name}/{one.model}" for one in asked),
    ]
