"""Make arms, and find those that a study uses for people who wait."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from annotation.models import Study, User
from annotation.models.response import AuthorKind, Condition
from personalization.arms.configuration import Extracting, Generating, Manner, Revising, fingerprint
from personalization.endpoints import model_for
from personalization.models import Arm, Endpoint, PromptVersion
from personalization.models.arm import ArmSource, ArmStep
from personalization.models.endpoint import EndpointKind
from personalization.prompt_versions import load, newest, use
from personalization.prompts import Prompt, prompt

MANNERS: dict[str, type[Manner]] = {
    ArmStep.EXTRACTION: Extracting,
    ArmStep.REVISION: Revising,
    ArmStep.GENERATION: Generating,
}
# What people compare where a study says nothing else.
COMPARED = (Condition.NONE, Condition.RELEVANT_OWNER)
TRIES = 50


class UnfitError(ValueError):
    """A configuration that no arm can have; its text names what is wrong."""


def prompts_of(step: str, manner: Manner) -> list[str]:
    """Return the names of the prompts that an arm uses."""
    if isinstance(manner, Extracting):
        inline = ["extraction"] if manner.evidence == "with" else ["extraction_plain"]
        return inline + (["evidence"] if manner.evidence == "second" else [])
    if isinstance(manner, Revising):
        return ["verify", "refine"]
    return ["generation_matched"] if manner.matched else ["generation"]


def configured(
    step: str,
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner,
    prompts: Mapping[str, int] | None = None,
    base: Arm | None = None,
) -> dict[str, Any]:
    """Return the whole configuration of an arm; UnfitError for one that cannot be.

    `prompts`: versions by name; the newest shipped one where nothing is said.
    """
    if not isinstance(manner, MANNERS[step]):
        raise UnfitError(f"{step} is not done in the manner of {type(manner).__name__}")
    if faults := manner.wrong():
        raise UnfitError(", ".join(faults))
    return {
        "endpoint": endpoint.name,
        "model": model,
        "offline": endpoint.kind == EndpointKind.OFFLINE,
        "sampling": dict(sampling),
        "prompts": {
            name: _version(name, (prompts or {}).get(name)) for name in prompts_of(step, manner)
        },
        "manner": manner.to_json(),
        **({"base": base.pk} if base is not None else {}),
    }


def make(
    study: Study,
    step: str,
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner,
    *,
    prompts: Mapping[str, int] | None = None,
    base: Arm | None = None,
    name: str = "",
    by: User | None = None,
) -> Arm:
    """Return the arm of this configuration, made now if there is none yet.

    A name that is taken by another arm gets a number.
    """
    configuration = configured(step, endpoint, model, sampling, manner, prompts, base)
    wanted = name or _name(step, endpoint, model, manner)
    return _keep(
        Arm(
            study=study, step=step, source=ArmSource.CALLED, endpoint=endpoint, model=model,
            base=base, configuration=configuration, fingerprint=fingerprint(configuration), by=by,
        ),
        wanted,
    )  # fmt: skip


def make_imported(
    study: Study,
    step: str,
    name: str,
    *,
    author: AuthorKind = AuthorKind.MODEL,
    model: str = "",
    configuration: Mapping[str, Any] | None = None,
    by: User | None = None,
) -> Arm:
    """Return the arm of this name that was brought from outside, made now if there is none yet.

    What is said of it (model, sampling, condition ...) is part of it: under the same name, something
    else is another arm, and gets a number.
    """
    said = {**(configuration or {}), "imported": name, "author": author.value, "model": model}
    return _keep(
        Arm(
            study=study, step=step, source=ArmSource.IMPORTED, author=author, model=model,
            configuration=said, fingerprint=fingerprint(said), by=by,
        ),
        name,
    )  # fmt: skip


def live_arms(study: Study, step: str) -> list[Arm]:
    """Return the arms that work for people who wait: those that were chosen, else the usual ones.

    Verifying and refining is nothing that people wait for unless somebody has chosen it.
    """
    arms = Arm.objects.select_related("endpoint").filter(study=study, step=step, live=True)
    chosen = list(arms.order_by("pk"))
    return chosen or usual_arms(study, step)


def usual_arms(study: Study, step: str) -> list[Arm]:
    """Return the arms of a study that says nothing: its model for the step, the usual manner."""
    if step == ArmStep.REVISION:
        return []
    asked = model_for(study, step)
    manners: Sequence[Manner] = [Extracting()]
    if step == ArmStep.GENERATION:
        manners = [Generating(condition=one.value) for one in COMPARED]
    return [make(study, step, asked.endpoint, asked.model, asked.sampling, one) for one in manners]


def asked_of(arm: Arm) -> tuple[Endpoint, dict[str, Any]]:
    """Return where an arm is asked and its sampling; UnfitError for one that asks nobody."""
    if arm.endpoint is None:
        raise UnfitError(f"{arm.name} was imported: it asks nobody")
    return arm.endpoint, dict(arm.configuration.get("sampling", {}))


def prompt_of(arm: Arm, name: str) -> Prompt:
    """Return the version of a prompt that an arm uses; StaleError where its text was changed."""
    said = arm.configuration.get("prompts", {}).get(name)
    # Arms from before there were arms do not say: they had the first version.
    return prompt(name, 1) if said is None else load(name, said["version"], said["hash"])


@transaction.atomic
def begin(arm: Arm) -> None:
    """Freeze the prompts that an arm uses: from now on they stay as they are."""
    use(arm.configuration)


def _version(name: str, version: int | None) -> dict[str, Any]:
    row = newest(name) if version is None else PromptVersion.objects.get(name=name, version=version)
    return {"version": row.version, "hash": row.hash}


def _name(step: str, endpoint: Endpoint, model: str, manner: Manner) -> str:
    maker = model if model == endpoint.name else f"{endpoint.name}/{model}"
    if isinstance(manner, Generating):
        return f"{maker}, {manner.condition}" + (", matched" if manner.matched else "")
    return f"{maker}, {step}"


def _keep(arm: Arm, wanted: str) -> Arm:
    """Save an arm under a free name, or return the one that is there."""
    same = Arm.objects.select_related("endpoint").filter(
        study=arm.study, step=arm.step, fingerprint=arm.fingerprint
    )
    for number in range(1, TRIES):
        if (there := same.first()) is not None:
            return there
        arm.name = wanted if number == 1 else f"{wanted} {number}"
        try:
            with transaction.atomic():
                arm.save(force_insert=True)
        except IntegrityError:  # the name, or somebody made the same arm at this moment
            continue
        return arm
    raise UnfitError(f"too many arms are called {wanted}")
