"""What the commands of arms take: words of the command line as what an arm is made of."""

from argparse import ArgumentParser
from typing import Any, get_args

from django.core.management.base import CommandError

from annotation.models import Study
from annotation.models.response import Condition
from personalization.arms.configuration import (
    FLOOR,
    OWNER,
    ROUNDS,
    TFIDF,
    THRESHOLD,
    Evidence,
    Extracting,
    FlaggedBy,
    Generating,
    Manner,
    Revising,
)
from personalization.embedding.choosing import embedder_of
from personalization.embedding.errors import EmbedError
from personalization.endpoints import model_for
from personalization.management.named import endpoint_named
from personalization.models import Arm, Endpoint
from personalization.models.arm import ArmStep

WORDS = "words"  # on the command line: nothing is merged but what says the same word for word


def add_extracting(parser: ArgumentParser) -> None:
    """Name the options that say how attributes are found and merged."""
    how = parser.add_argument_group("manner", "how attributes are found; see docs/pipeline.md")
    how.add_argument("--floor", type=float, default=FLOOR, help="the least confidence")
    how.add_argument(
        "--embedder", default=TFIDF,
        help=f"{TFIDF}, endpoint:NAME/MODEL, local:FOLDER, or {WORDS}: merge equal texts alone",
    )  # fmt: skip
    how.add_argument("--threshold", type=float, default=THRESHOLD, help="cosine that is the same")
    how.add_argument("--evidence", choices=get_args(Evidence), default="with")


def extracting(said: dict[str, Any]) -> Manner:
    """Return how attributes are found."""
    embedder = "" if said["embedder"] == WORDS else said["embedder"]
    try:
        if embedder:
            embedder_of(embedder)
    except EmbedError as error:
        raise CommandError(f"--embedder {embedder}: {error}") from error
    return Extracting(said["floor"], embedder, said["threshold"], said["evidence"])


def add_revising(parser: ArgumentParser) -> None:
    """Name the options that say what is revised, and how."""
    how = parser.add_argument_group("manner", "what is revised, and how; see docs/pipeline.md")
    how.add_argument("--base", help="the name of the arm of extraction whose attributes it checks")
    how.add_argument("--flagged-by", choices=get_args(FlaggedBy), default="model")
    how.add_argument("--rounds", type=int, choices=range(1, ROUNDS + 1), default=ROUNDS)


def revising(said: dict[str, Any]) -> Manner:
    """Return how attributes are revised."""
    return Revising(said["flagged_by"], said["rounds"])


def add_generating(parser: ArgumentParser) -> None:
    """Name the options that say what the author is told."""
    how = parser.add_argument_group("manner", "what the author is told; see docs/pipeline.md")
    conditions = [one.value for one in Condition if one != Condition.HUMAN]
    how.add_argument("--condition", choices=conditions, default=Condition.NONE.value)
    how.add_argument("--profile", default="", help="the arm whose attributes are used; all without")
    how.add_argument(
        "--verified-by", default=OWNER, help="owner, majority, or the name of an arm of revision"
    )
    how.add_argument("--matched", action="store_true", help="as long as without attributes")


def generating(said: dict[str, Any]) -> Manner:
    """Return what the author is told; what the condition does not need is left as usual."""
    usual = Generating()
    if said["condition"] == usual.condition:
        return usual
    verified = said["condition"] == Condition.VERIFIED
    return Generating(
        said["condition"],
        said["matched"],
        said["profile"],
        said["verified_by"] if verified else usual.verified_by,
    )


def asked(study: Study, step: str, said: dict[str, Any]) -> tuple[Endpoint, str, dict[str, Any]]:
    """Return where the arm asks, which model, and its sampling: as said, else as the study does."""
    usual = model_for(study, step)
    endpoint = endpoint_named(said["endpoint"]) if said["endpoint"] else usual.endpoint
    model = said["model"] or (usual.model if endpoint == usual.endpoint else endpoint.model)
    if not model:
        raise CommandError(f"{endpoint} has no usual model: name one with --model.")
    sampling = dict(usual.sampling) if endpoint == usual.endpoint else {}
    return endpoint, model, sampling | _sampling(said)


def named_arm(study: Study, step: str | None, name: str) -> Arm:
    """Return an arm of a study by its name."""
    arms = Arm.objects.select_related("endpoint", "base").filter(study=study)
    arms = arms.filter(step=step) if step else arms
    found = arms.filter(name=name).first()
    if found is None:
        known = ", ".join(arms.order_by("pk").values_list("name", flat=True)) or "none yet"
        raise CommandError(f"{study.name} has no arm {name}. It has: {known}.")
    return found


def base(study: Study, said: dict[str, Any]) -> Arm:
    """Return the arm that a revision begins with: the only one, where none is named."""
    if said["base"]:
        return named_arm(study, ArmStep.EXTRACTION, said["base"])
    arms = list(Arm.objects.filter(study=study, step=ArmStep.EXTRACTION).order_by("pk")[:2])
    if len(arms) != 1:
        what = "has several arms of extraction" if arms else "has no arm of extraction"
        raise CommandError(f"{study.name} {what}: name one with --base.")
    return arms[0]


def _sampling(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (temperature := said["temperature"]) is not None:
        if not 0 <= temperature <= 2:
            raise CommandError("--temperature: write a number from 0 to 2.")
        whole = temperature == int(temperature)
        found["temperature"] = int(temperature) if whole else temperature
    for name in ("max_tokens", "seed"):
        if said[name] is not None:
            found[name] = said[name]
    return found
