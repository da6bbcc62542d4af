"""Who answers in a run: a judge by its whole configuration, or a baseline."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from annotation.models import Question, Rater
from annotation.models.rater import RaterKind
from personalization.judge.manner import Manner
from personalization.judge.naming import PLAIN, PROMPTS, name_of
from personalization.models import Endpoint
from personalization.models.endpoint import EndpointKind
from personalization.prompt_versions import load, newest
from personalization.prompts import Prompt

# Whose items are about what somebody needs; a conversation of this person may help.
WITH_CONTEXT = ("judge_gain", "judge_pair", "judge_relevance")
NAMES = {
    "random": "random",
    "always_yes": "always yes",
    "majority": "majority class",
    "longer": "longer answer",
    "first_position": "first position",
}


class Unfit(NamedTuple):
    """One reason why a judge cannot be asked: what it is about (a part of the manner, temperature,
    a prompt), and a sentence for people."""

    about: str
    said: str


class UnfitError(ValueError):
    """A judge that cannot be asked as it is configured; says why, a sentence each."""

    def __init__(self, reasons: Sequence[Unfit]) -> None:
        self.reasons = tuple(reasons)
        self.faults = tuple(one.said for one in reasons)
        super().__init__(" ".join(self.faults))


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


def unfit(
    manner: Manner, sampling: Mapping[str, Any], prompts: Iterable[Prompt] = ()
) -> list[Unfit]:
    """Return why a judge cannot be asked like this, a sentence each; empty where it can."""
    faults = [Unfit(fault.about, fault.said(_)) for fault in manner.wrong()]
    if manner.answer == "samples" and sampling.get("temperature") == 0:
        same = _("Samples at temperature 0 are all the same: choose a higher one, or none.")
        faults.append(Unfit("temperature", same))
    for one in prompts:
        if one.name in PROMPTS:
            lacks = _("%(prompt)s has no place for %(what)s: choose another version.")
            known = f"{one.name} v{one.version}"
            faults += [
                Unfit(one.name, lacks % {"prompt": known, "what": what})
                for what in _lacking(one, manner)
            ]
    return faults


def _lacking(prompt: Prompt, manner: Manner) -> Iterator[str]:
    """Yield what a manner needs and a version of a prompt has no place for."""
    # The first versions hold the form themselves: reasons, and then the key.
    as_ever = manner.answer in ("value", "samples") and manner.reasons
    if "how" not in prompt.places and not as_ever:
        yield _("the form of the answer")
    if "rubric" not in prompt.places and manner.rubric.strip():
        yield _("a rubric")
    if "persona" not in prompt.places and manner.persona != "none":
        yield _("a persona")
    if "examples" not in prompt.places and manner.shots:
        yield _("examples")
    talks = prompt.name in WITH_CONTEXT and manner.context in ("conversation", "both")
    if "conversation" not in prompt.places and talks:
        yield _("conversations")


def _chosen(manner: Manner, versions: Mapping[str, int] | None) -> dict[str, Prompt]:
    """Return the prompts that a judge may use: those of all items, and the form of its answers."""
    named = dict(versions or {})
    names = (*PROMPTS, manner.form)
    if unknown := sorted(named.keys() - set(names)):
        said = _("This judge does not use: %(names)s.") % {"names": ", ".join(unknown)}
        raise UnfitError([Unfit("prompts", said)])
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


def _fingerprint(configuration: Mapping[str, Any]) -> str:
    said = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return f"judge:{hashlib.sha256(said.encode()).hexdigest()}"
