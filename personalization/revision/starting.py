"""Send back to an extractor what people have flagged: an arm of its own, and its run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.models import Attribute, User
from personalization.arms.configuration import ROUNDS, FlaggedBy, Revising
from personalization.arms.making import UnfitError, make
from personalization.models import Arm, ArmRun, Endpoint
from personalization.models.arm import ArmStep
from personalization.pipeline.runs import start
from personalization.revision.flagging import WHO


@dataclass(frozen=True, slots=True)
class Flagged:
    """Of the attributes in an arm's profiles: how many are flagged, in order, not judged yet."""

    flagged: int
    fine: int
    waiting: int


def flagged(base: Arm, by: FlaggedBy) -> Flagged | None:
    """Return what people say of the attributes of an arm; None where nobody but a model is asked."""
    says = WHO[by]
    if says is None:
        return None
    held = Attribute.objects.filter(
        in_arms__arm=base, in_arms__left_out=None, withdrawn_at=None
    ).values_list("pk", flat=True)
    said = says(list(held))
    against = sum(one.flagged for one in said.values())
    return Flagged(against, len(said) - against, len(held) - len(said))


def revision_of(
    base: Arm,
    flagged_by: FlaggedBy,
    *,
    endpoint: Endpoint | None = None,
    model: str = "",
    sampling: Mapping[str, Any] | None = None,
    rounds: int = ROUNDS,
    prompts: Mapping[str, int] | None = None,
    name: str = "",
    by: User | None = None,
) -> Arm:
    """Return the arm that revises what another arm has extracted, made now if there is none yet.

    Where nothing else is said, the extractor itself writes anew what comes back; UnfitError for an
    imported one, which cannot be asked.
    """
    if base.step != ArmStep.EXTRACTION:
        raise UnfitError(f"{base.name} does not extract: there is nothing to revise")
    at, asked = endpoint or base.endpoint, model or base.model
    if at is None or not asked:
        raise UnfitError(f"{base.name} cannot be asked: choose a model that writes anew")
    usual = base.configuration.get("sampling", {}) if endpoint is None else {}
    return make(
        base.study,
        ArmStep.REVISION,
        at,
        asked,
        usual if sampling is None else sampling,
        Revising(flagged_by=flagged_by, rounds=rounds),
        prompts=prompts,
        base=base,
        name=name,
        by=by,
    )


def send_back(
    base: Arm,
    flagged_by: FlaggedBy,
    *,
    by: User | None = None,
    budget_micros: int | None = None,
    most_items: int | None = None,
    **how: Any,  # noqa: ANN401 - as `revision_of` takes it
) -> ArmRun:
    """Start the revision of what people (or a model) flag in an arm; an open run is returned as it is.

    Done again later, it takes up what was judged since.
    """
    arm = revision_of(base, flagged_by, by=by, **how)
    return start(arm, by, budget_micros=budget_micros, most_items=most_items)
