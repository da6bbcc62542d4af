"""Where a response comes from: arm, prompt, attributes, call; of what was imported, as far as it is said."""

from dataclasses import dataclass
from typing import Any

from annotation.models import Attribute, Response
from personalization.models import Arm, Generation, ModelCall


@dataclass(frozen=True, slots=True)
class Trace:
    """How a response was written.

    `attributes` in the order in which its author was given them; `prompts` are names and versions.
    Without a call nobody here asked a model for it.
    """

    response: Response
    arm: Arm | None
    attributes: tuple[Attribute, ...]
    prompts: tuple[tuple[str, int], ...]
    words: int | None
    leaks: tuple[str, ...]
    row: Generation | None
    call: ModelCall | None

    @property
    def sampling(self) -> dict[str, Any]:
        """Return how the author was asked."""
        return dict(self.response.author.sampling)


def trace(response: Response) -> Trace:
    """Return where a response comes from."""
    row = Generation.objects.select_related("arm", "call").filter(response=response).first()
    arm = row.arm if row is not None else Arm.objects.filter(responses__response=response).first()
    given = Attribute.objects.in_bulk(row.attributes if row is not None else [])
    said = arm.configuration.get("prompts", {}) if arm is not None else {}
    return Trace(
        response=response,
        arm=arm,
        attributes=tuple(given[one] for one in row.attributes if one in given) if row else (),
        prompts=tuple((name, int(one["version"])) for name, one in said.items()),
        words=row.words if row is not None else None,
        leaks=tuple(row.leaks) if row is not None else (),
        row=row,
        call=row.call if row is not None else None,
    )
