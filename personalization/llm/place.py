"""Where and how an endpoint is reached."""

from collections.abc import Collection
from dataclasses import dataclass, field

RETRIES = 2  # inside one ask, for failures that pass at once; a step tries again much later


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how to ask. `trusted` places may lie in our own network; `hosts` may too.

    With 0 `retries` one ask is one request, for those who count requests.
    """

    url: str
    key: str = field(default="", repr=False)
    timeout: float = 60
    trusted: bool = False
    hosts: Collection[str] = ()
    retries: int = RETRIES
