"""Who answers in a run: a judge by its whole configuration, or a baseline."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from annotation.models import Question, Rater
from annotation.models.rater import RaterKind
from personalization.models import Endpoint
from personalization.models.endpoint import EndpointKind
from personalization.prompts import prompt

PROMPTS = ("judge_attribute", "judge_gain", "judge_pair", "judge_record", "judge_relevance")
# Deterministic where the model allows it.
USUAL_SAMPLING: Mapping[str, Any] = {"temperature": 0}
NAMES = {
    "random": "random",
    "always_yes": "always yes",
    "majority": "majority class",
    "longer": "longer answer",
    "first_position": "first position",
}


def judge_rater(endpoint: Endpoint, model: str, sampling: Mapping[str, Any]) -> Rater:
    """Return the judge of this configuration: the same one, the same rater, in every study."""
    configuration = _configuration(endpoint, model, sampling)
    said = [_versions({name: one["version"] for name, one in configuration["prompts"].items()})]
    if sampling != USUAL_SAMPLING:
        said += [f"{name} {value}" for name, value in sampling.items()] or ["own sampling"]
    rater, _new = Rater.objects.get_or_create(
        fingerprint=_fingerprint(configuration),
        defaults={
            "kind": RaterKind.JUDGE,
            "name": f"{model}@{endpoint.name} ({', '.join(said)})",
            "configuration": configuration,
        },
    )
    return rater


def known_judge(endpoint: Endpoint, model: str, sampling: Mapping[str, Any]) -> Rater | None:
    """Return the judge of this configuration if it has ever judged anything."""
    fingerprint = _fingerprint(_configuration(endpoint, model, sampling))
    return Rater.objects.filter(fingerprint=fingerprint).first()


def _configuration(endpoint: Endpoint, model: str, sampling: Mapping[str, Any]) -> dict[str, Any]:
    prompts = {name: prompt(name) for name in PROMPTS}
    return {
        "endpoint": endpoint.name,
        "model": model,
        "offline": endpoint.kind == EndpointKind.OFFLINE,
        "sampling": dict(sampling),
        "prompts": {
            name: {"version": one.version, "hash": one.hash} for name, one in prompts.items()
        },
    }


def baseline_rater(name: str) -> Rater:
    """Return a baseline: one rater in all studies."""
    return _baseline(f"baseline:{name}:v1", NAMES[name], {"baseline": name})


def majority_rater(question: Question, code: int | None) -> Rater:
    """Return the baseline that always gives one class of a question (None: there is none yet)."""
    options = {option.code: option.key for option in question.options.all()}
    key = options[code] if code is not None else None
    said = f"{NAMES['majority']}: {key}" if key is not None else f"{NAMES['majority']} (none yet)"
    configuration = {"baseline": "majority", "question": question.pk, "majority": code}
    return _baseline(f"baseline:majority:v1:{question.pk}:{code}", said, configuration)


def _baseline(fingerprint: str, name: str, configuration: dict[str, Any]) -> Rater:
    rater, _new = Rater.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={"kind": RaterKind.BASELINE, "name": name, "configuration": configuration},
    )
    return rater


def _versions(versions: Mapping[str, int]) -> str:
    """Return the prompts' versions as one where they have one, else by name."""
    different = set(versions.values())
    if len(different) == 1:
        return f"v{different.pop()}"
    return ", ".join(
        f"{name.removeprefix('judge_')} v{version}" for name, version in versions.items()
    )


def _fingerprint(configuration: Mapping[str, Any]) -> str:
    said = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return f"judge:{hashlib.sha256(said.encode()).hexdigest()}"
