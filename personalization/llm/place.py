"""Where and how an endpoint is reached."""

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how to ask. `trusted` places may lie in our own network; `hosts` may too."""

    url: str
    key: str = field(default="", repr=False)
    timeout: float = 60
    trusted: bool = False
    hosts: Collection[str] = ()
