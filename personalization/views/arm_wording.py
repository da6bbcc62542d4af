"""What the pages say about arms: steps, manners, kinds of rows, and what was not kept."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personalization.arms.configuration import (
    MAJORITY,
    OWNER,
    TFIDF,
    Extracting,
    Generating,
    Manner,
    Revising,
)
from personalization.arms.making import MANNERS
from personalization.models import Arm
from personalization.models.arm import ArmStep
from personalization.views import wording

# In the order in which a study goes through them.
STEPS: dict[str, tuple[Promise, Promise]] = {
    ArmStep.EXTRACTION: (
        gettext_lazy("Extraction"),
        gettext_lazy("Reads conversations and notes what they show about a person."),
    ),
    ArmStep.REVISION: (
        gettext_lazy("Revision"),
        gettext_lazy(
            "Checks the attributes of another arm; what is doubtful is written anew, or left out."
        ),
    ),
    ArmStep.GENERATION: (
        gettext_lazy("Generation"),
        gettext_lazy("Answers people's queries, with or without what is known about them."),
    ),
}
# What a run of each step is over, and what the limit of a first look counts.
OVER: dict[str, Promise] = {
    ArmStep.EXTRACTION: gettext_lazy("Conversations"),
    ArmStep.REVISION: gettext_lazy("Attributes"),
    ArmStep.GENERATION: gettext_lazy("Responses"),
}
MOST: dict[str, Promise] = {
    ArmStep.EXTRACTION: gettext_lazy("At most so many conversations"),
    ArmStep.REVISION: gettext_lazy("At most so many attributes"),
    ArmStep.GENERATION: gettext_lazy("At most so many responses"),
}
EVIDENCE = {
    "with": gettext_lazy("In the same call, together with the attribute"),
    "second": gettext_lazy(
        "By a second call for each attribute, which looks through all conversations of the person"
    ),
    "none": gettext_lazy("Not at all: every attribute says “no evidence”"),
}
MERGED = {
    TFIDF: gettext_lazy("By the words that they share (TF-IDF); no model is asked"),
    "endpoint": gettext_lazy("By their meaning: an embedding model at an endpoint"),
    "local": gettext_lazy("By their meaning: an embedding model on this machine"),
    "": gettext_lazy("Only what says the same word for word"),
}
FLAGGED = {
    "model": gettext_lazy("The model, by a question of its own"),
    OWNER: gettext_lazy("The person whose conversations they are: what they did not accept"),
    MAJORITY: gettext_lazy("The majority of the others who reviewed it"),
}
CONDITIONS = {
    "none": gettext_lazy("Nothing: the response is not personalized"),
    "all": gettext_lazy("All attributes of the person"),
    "relevant_majority": gettext_lazy("Those that the majority of the others found relevant"),
    "relevant_owner": gettext_lazy("Those that the person found relevant"),
    "verified": gettext_lazy("Those that were verified"),
}
VERIFIED = {
    OWNER: gettext_lazy("The person accepted it"),
    MAJORITY: gettext_lazy("The majority of the others accepted it"),
}
# Rows of runs, by the names of their steps.
KINDS: dict[str, Promise] = {
    "extraction": gettext_lazy("Conversations read"),
    "merging": gettext_lazy("Merged, person by person"),
    "pointing": gettext_lazy("Evidence looked for"),
    "revision": gettext_lazy("Checks and rewrites"),
    "generation": gettext_lazy("Responses written"),
}
DROPPED: dict[str, Promise] = {
    "below_floor": gettext_lazy("less sure than the least confidence"),
    "no_confidence": gettext_lazy("no word on how sure it is"),
    "not_a_statement": gettext_lazy("no sentence about the person"),
    "too_long": gettext_lazy("too long for an attribute"),
    "too_many": gettext_lazy("more than can be used"),
    "cut_off": gettext_lazy("broken off at the end of the answer"),
    "no_such_turn": gettext_lazy("evidence in a turn that does not exist"),
    "no_such_conversation": gettext_lazy("evidence in a conversation that does not exist"),
    "another_person": gettext_lazy("evidence in the conversation of another person"),
    "not_a_turn_of_the_user": gettext_lazy("evidence that is no turn of the person"),
}
# What a response gives away (personalization/generation/leaks.py).
LEAKS: dict[str, Promise] = {
    "error": gettext_lazy("it is an error message"),
    "unfinished": gettext_lazy("it breaks off"),
    "prompt": gettext_lazy("parts of the prompt"),
    "author": gettext_lazy("which model wrote it"),
    "profile": gettext_lazy("that there is a profile"),
    "known": gettext_lazy("that it was told about the person"),
    "knows": gettext_lazy("that it knows or remembers something of the person"),
    "machine": gettext_lazy("that a machine wrote it"),
    "verbatim": gettext_lazy("an attribute, word for word"),
}


def kind_name(kind: str) -> str:
    """Return what rows of a kind are."""
    return str(KINDS.get(kind, kind))


def dropped(why: str) -> str:
    """Return why something that a model said was not kept."""
    return str(DROPPED.get(why, why.replace("_", " ")))


def leak(kind: str) -> str:
    """Return what a response gives away."""
    return str(LEAKS.get(kind, kind.replace("_", " ")))


def manner_of(arm: Arm) -> Manner | None:
    """Return how an arm does its step; None where a version that knew more wrote it down."""
    try:
        return MANNERS[arm.step].read(arm.configuration)
    except (TypeError, AttributeError):
        return None


def facts(arm: Arm) -> list[tuple[str, str]]:
    """Return how an arm is configured, line by line."""
    configuration: dict[str, Any] = arm.configuration
    sampling = configuration.get("sampling")
    said = [
        (_("Model"), arm.model),
        (_("Endpoint"), str(configuration.get("endpoint", ""))),
        (_("Sampling"), _pairs(sampling if isinstance(sampling, dict) else {})),
        (_("Begins with the attributes of"), str(arm.base) if arm.base else ""),
    ]
    manner = manner_of(arm) if "manner" in configuration else None
    return [(name, value) for name, value in said if value] + (_of(manner) if manner else [])


def _of(manner: Manner) -> list[tuple[str, str]]:
    match manner:
        case Extracting():
            return [
                (_("Least confidence"), f"{manner.floor:g}"),
                (_("Merged"), merged(manner.embedder)),
                *([(_("The same from"), f"{manner.threshold:g}")] if manner.embedder else []),
                (_("Evidence"), str(EVIDENCE.get(manner.evidence, manner.evidence))),
            ]
        case Revising():
            return [
                (_("Who finds what is doubtful"), str(FLAGGED.get(manner.flagged_by, ""))),
                (_("Rounds"), str(manner.rounds)),
            ]
        case Generating():
            return _of_writing(manner)


def _of_writing(manner: Generating) -> list[tuple[str, str]]:
    said = [(_("The model is told"), str(CONDITIONS.get(manner.condition, manner.condition)))]
    if manner.condition == "verified":
        said.append((_("Verified means"), verified(manner.verified_by)))
    if manner.condition != "none":
        said.append((_("Attributes of"), manner.profile or _("all arms")))
        said.append((_("Length"), _("as the response without attributes") if manner.matched else _("free")))  # fmt: skip
    return said


def merged(embedder: str) -> str:
    """Return how attributes that say the same are found."""
    kind, _colon, which = embedder.partition(":")
    said = str(MERGED.get(kind, embedder))
    return f"{said} ({which})" if which else said


def verified(by: str) -> str:
    """Return who has verified an attribute."""
    return str(VERIFIED.get(by, by))


def told(condition: str) -> str:
    """Return what the model is told about the person."""
    return str(CONDITIONS.get(condition, wording.condition(condition)))


def _pairs(sampling: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sampling.items())
