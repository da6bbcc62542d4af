"""Vectors from an endpoint that speaks the OpenAI protocol, or from the offline stand-in."""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from personalization.backends import line_to
from personalization.embedding import saved
from personalization.embedding.saved import EmbedAsk
from personalization.embedding.tfidf import unit
from personalization.llm.backend import AskError, Message
from personalization.models import Endpoint
from personalization.steps import in_thread

BATCH = 64  # texts in one request


class EndpointEmbedder:
    """Asks a model for the vectors that are not saved yet."""

    def __init__(self, endpoint: Endpoint, model: str) -> None:
        self.endpoint, self.model = endpoint, model
        self.name = f"endpoint:{endpoint.name}/{model}"

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return a row of length 1 for each text; AskError where the endpoint has no answer.

        What has come is saved even where another part fails. A text without a sign is not asked
        for: its row is nothing but 0.
        """
        wanted = [text for text in dict.fromkeys(texts) if text.strip()]
        found = await in_thread(saved.known)(self.name, wanted)
        missing = [text for text in wanted if text not in found]
        parts = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        done = await asyncio.gather(*map(self._ask, parts), return_exceptions=True)
        for one in done:
            if isinstance(one, BaseException):
                raise one
            found.update(one)
        saved.of_one_length(self.name, found)
        length = len(next(iter(found.values()), ()))
        nothing = [0.0] * length
        rows = np.array([found.get(text, nothing) for text in texts], dtype=float)
        return unit(rows.reshape(len(texts), length))

    async def _ask(self, texts: list[str]) -> dict[str, list[float]]:
        """Ask for a part, and save it before anybody reads it."""
        ask = EmbedAsk(self.model, [Message("user", text) for text in texts])
        async with line_to(self.endpoint) as line, line.place():
            call = await in_thread(saved.begin)(self.endpoint, ask)
            try:
                answer = await line.backend.embed(self.model, texts)
            except AskError as error:
                await asyncio.shield(in_thread(saved.failed)(call, self.endpoint, error))
                raise
            save = in_thread(saved.save)
            await asyncio.shield(save(self.name, call, self.endpoint, texts, answer))
        return await in_thread(saved.known)(self.name, texts)
