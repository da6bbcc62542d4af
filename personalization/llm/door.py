"""The only way to the `openai` library: half a second and 50 MB that workers pay and pages do not."""

from collections.abc import Collection
from dataclasses import dataclass, field

from personalization.llm.backend import Backend


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how to ask. `trusted` places may lie in our own network; `hosts` may too."""

    url: str
    key: str = field(default="", repr=False)
    timeout: float = 60
    trusted: bool = False
    hosts: Collection[str] = ()


def openai_backend(place: Place) -> Backend:
    """Return a backend that speaks the OpenAI protocol, for the running event loop."""
    from personalization.llm.openai_backend import OpenAIBackend  # noqa: PLC0415

    return OpenAIBackend(place)
