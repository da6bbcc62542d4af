"""What makes an arm the one that it is: plain values, read from and written to JSON; no Django."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

# `with`: in the same call; `second`: a call for each attribute, as RH does; `none`: nobody is asked.
Evidence = Literal["with", "second", "none"]
# Who flags attributes at first; after a rewrite it is always the model.
FlaggedBy = Literal["model", "owner", "majority"]
FLOOR, THRESHOLD, ROUNDS = 0.4, 0.7, 2  # RH
TFIDF = "tfidf"
OWNER, MAJORITY = "owner", "majority"


class _Manner:
    """Reading and writing, the same for all manners."""

    @classmethod
    def read(cls, configuration: Mapping[str, Any]) -> Self:
        """Return the manner in an arm's configuration; what is not said is as usual."""
        said = configuration.get("manner", {})
        return cls(**{one.name: said[one.name] for one in fields(cls) if one.name in said})  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """Return all of it."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True, slots=True)
class Extracting(_Manner):
    """How attributes are made: the least confidence, how near is the same, and the evidence.

    `embedder` is a key of personalization/embedding/: `tfidf`, `endpoint:<name>/<model>` or
    `local:<path>`; empty: nothing is merged but texts that are the same.
    """

    floor: float = FLOOR
    embedder: str = TFIDF
    threshold: float = THRESHOLD  # cosine
    evidence: Evidence = "with"

    def wrong(self) -> list[str]:
        """Return the names of the values that cannot be."""
        faults = [] if 0 <= self.floor <= 1 else ["floor"]
        faults += [] if 0 < self.threshold <= 1 else ["threshold"]
        return faults + ([] if self.evidence in get_args(Evidence) else ["evidence"])


@dataclass(frozen=True, slots=True)
class Revising(_Manner):
    """How attributes are verified and refined."""

    flagged_by: FlaggedBy = "model"
    rounds: int = ROUNDS

    def wrong(self) -> list[str]:
        """Return the names of the values that cannot be."""
        faults = [] if self.flagged_by in get_args(FlaggedBy) else ["flagged_by"]
        return faults + ([] if 1 <= self.rounds <= ROUNDS else ["rounds"])


@dataclass(frozen=True, slots=True)
class Generating(_Manner):
    """How responses are written: under which condition, and from whose attributes.

    `profile` names the arm whose attributes are used; empty: all that a person has. `verified_by`,
    for the condition `verified`: owner, majority, or the name of an arm that verifies and refines.
    `matched`: as long as the response without attributes by the same model.
    """

    condition: str = "none"
    matched: bool = False
    profile: str = ""
    verified_by: str = OWNER

    def wrong(self) -> list[str]:
        """Return the names of the values that cannot be."""
        known = ("none", "all", "relevant_majority", "relevant_owner", "verified")
        faults = [] if self.condition in known else ["condition"]
        return faults + (["matched"] if self.matched and self.condition == "none" else [])


Manner = Extracting | Revising | Generating


def fingerprint(configuration: Mapping[str, Any]) -> str:
    """Return the hash of a whole configuration: equal arms, equal fingerprints."""
    said = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
