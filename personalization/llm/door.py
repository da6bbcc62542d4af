"""The only way to the `openai` library: half a second and 50 MB that workers pay and pages do not."""

from personalization.llm.backend import Backend
from personalization.llm.place import Place


def openai_backend(place: Place) -> Backend:
    """Return a backend that speaks the OpenAI protocol, for the running event loop."""
    from personalization.llm.openai_backend import OpenAIBackend  # noqa: PLC0415

    return OpenAIBackend(place)
