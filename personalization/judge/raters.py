"""Who answers in a run: a judge by its whole configuration, or a baseline."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotation.models import Question, Rater
from annotation.models.rater import RaterKind
from personalization.judge.manner import Manner
from personalization.models import Endpoint
from personalization.models.endpoint import EndpointKind
from personalization.prompt_versions import load, newest
from personalization.prompts import Prompt

PROMPTS = ("judge_attribute", "judge_gain", "judge_pair", "judge_record", "judge_relevance")
# Deterministic where the model allows it.
USUAL_SAMPLING: Mapping[str, Any] = {"temperature": 0}
PLAIN = Manner()
# Whose items are about what somebody needs; a conversation of this person may help.
WITH_CONTEXT = ("judge_gain", "judge_pair", "judge_relevance")
NAMES = {
    "random": "random",
    "always_yes": "always yes",
    "majority": "majority class",
    "longer": "longer answer",
    "first_position": "first position",
}


class UnfitError(ValueError):
    """A judge that cannot be asked as it is configured; says why, a sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = tuple(faults)


def judge_rater(
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner = PLAIN,
    prompts: Mapping[str, int] | None = None,
) -> Rater:
    """Return the judge of this configuration: the same one, the same rater, in every study.

    `prompts` are versions by name; the newest where nothing is said. UnfitError for a manner that
    makes no sense, or that these versions have no place for.
    """
    configuration = configured(endpoint, model, sampling, manner, prompts)
    rater, _new = Rater.objects.get_or_create(
        fingerprint=_fingerprint(configuration),
        defaults={
            "kind": RaterKind.JUDGE,
            "name": name_of(configuration),
            "configuration": configuration,
        },
    )
    return rater


def configured(
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner = PLAIN,
    prompts: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return the configuration of a judge that may never have judged; UnfitError as above."""
    chosen = _chosen(manner, prompts)
    if faults := unfit(manner, sampling, chosen.values()):
        raise UnfitError(faults)
    return _configuration(endpoint, model, sampling, manner, chosen)


def known_judge(
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner = PLAIN,
    prompts: Mapping[str, int] | None = None,
) -> Rater | None:
    """Return the judge of this configuration if it has ever judged anything."""
    chosen = _chosen(manner, prompts)
    fingerprint = _fingerprint(_configuration(endpoint, model, sampling, manner, chosen))
    return Rater.objects.filter(fingerprint=fingerprint).first()


def unfit(manner: Manner, sampling: Mapping[str, Any], prompts: Iterable[Prompt] = ()) -> list[str]:
    """Return why a judge cannot be asked like this, a sentence each; empty where it can."""
    faults = manner.wrong()
    if manner.answer == "samples" and sampling.get("temperature") == 0:
        faults.append("Samples at temperature 0 are all the same: choose a higher one, or none.")
    for one in prompts:
        if one.name in PROMPTS:
            faults += [
                f"{one.name} v{one.version} has no place for {what}: choose another version."
                for what in _lacking(one, manner)
            ]
    return faults


def _lacking(prompt: Prompt, manner: Manner) -> Iterator[str]:
    """Yield what a manner needs and a version of a prompt has no place for."""
    # The first versions hold the form themselves: reasons, and then the key.
    as_ever = manner.answer in ("value", "samples") and manner.reasons
    if "how" not in prompt.places and not as_ever:
        yield "the form of the answer"
    if "rubric" not in prompt.places and manner.rubric.strip():
        yield "a rubric"
    if "persona" not in prompt.places and manner.persona != "none":
        yield "a persona"
    if "examples" not in prompt.places and manner.shots:
        yield "examples"
    talks = prompt.name in WITH_CONTEXT and manner.context in ("conversation", "both")
    if "conversation" not in prompt.places and talks:
        yield "conversations"


def name_of(configuration: Mapping[str, Any]) -> str:
    """Return what a judge is called: its model, and what tells it from a plain one.

    >>> plain = {"endpoint": "house", "model": "big", "sampling": {"temperature": 0},
    ...     "prompts": {"judge_pair": {"version": 2}}}
    >>> name_of(plain)
    'big@house (v2)'
    >>> name_of(plain | {"manner": {"answer": "certainty", "tie": False, "persona": ["age"]}})
    'big@house (v2, certainty, no tie, persona: age)'
    """
    versions = {name: one["version"] for name, one in configuration["prompts"].items()}
    said = [_versions({name: one for name, one in versions.items() if name in PROMPTS})]
    said += [f"{name} v{one}" for name, one in versions.items() if name not in PROMPTS and one > 1]
    said += _manners(Manner.read(configuration))
    if configuration["sampling"] != USUAL_SAMPLING:
        own = [f"{name} {value}" for name, value in configuration["sampling"].items()]
        said += own or ["own sampling"]
    return f"{configuration['model']}@{configuration['endpoint']} ({', '.join(said)})"


def _manners(manner: Manner) -> Iterator[str]:
    """Yield what is different from a plain judge, in a word or two each."""
    if manner.answer == "samples":
        yield f"{manner.samples} samples"
    elif manner.answer != "value":
        yield manner.answer
    if not manner.tie:
        yield "no tie"
    if not manner.reasons and manner.answer != "logprobs":
        yield "no reasons"
    if manner.persona == "all":
        yield "persona"
    elif manner.persona != "none":
        yield f"persona: {' '.join(manner.persona)}"
    if manner.context != PLAIN.context:
        yield "no context" if manner.context == "none" else f"context: {manner.context}"
    if manner.rubric:
        yield f"rubric {_short(manner.rubric)}"
    if manner.shots:
        yield f"{len(manner.shots)} examples {_short(json.dumps(manner.shots))}"


def _chosen(manner: Manner, versions: Mapping[str, int] | None) -> dict[str, Prompt]:
    """Return the prompts that a judge may use: those of all items, and the form of its answers."""
    named = dict(versions or {})
    names = (*PROMPTS, manner.form)
    if unknown := sorted(named.keys() - set(names)):
        raise UnfitError([f"This judge does not use: {', '.join(unknown)}."])
    chosen = {}
    for name in names:
        if name not in named:
            named[name] = newest(name).version
        chosen[name] = load(name, named[name])
    return chosen


def _configuration(
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner,
    prompts: Mapping[str, Prompt],
) -> dict[str, Any]:
    return {
        "endpoint": endpoint.name,
        "model": model,
        "offline": endpoint.kind == EndpointKind.OFFLINE,
        "sampling": dict(sampling),
        "prompts": {
            name: {"version": one.version, "hash": one.hash} for name, one in prompts.items()
        },
        "manner": manner.to_json(),
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


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def _fingerprint(configuration: Mapping[str, Any]) -> str:
    said = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return f"judge:{hashlib.sha256(said.encode()).hexdigest()}"
