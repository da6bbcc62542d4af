"""Outputs on their way in through the browser: attributes, relevance or responses, as was chosen."""

from collections.abc import Callable, Mapping
from typing import Any

from annotation.models import Study, User
from annotation.models.rater import RaterKind
from annotation.models.response import AuthorKind
from personalization.imports.attributes import import_attributes
from personalization.imports.outcome import Outcome
from personalization.imports.output_arms import ArmSaid
from personalization.imports.reading import LabelFile, no_progress
from personalization.imports.relevance import MatcherSaid, import_relevance
from personalization.imports.responses import import_responses

ATTRIBUTES, REVISION, RELEVANCE, RESPONSES = "attributes", "revision", "relevance", "responses"
WHAT = (ATTRIBUTES, REVISION, RELEVANCE, RESPONSES)


def bring(
    study: Study,
    chosen: Mapping[str, Any],
    file: LabelFile,
    *,
    by: User | None = None,
    strict: bool = False,
    dry_run: bool = False,
    most: int | None = None,
    progress: Callable[[int], None] = no_progress,
) -> Outcome:
    """Import a file as the form was filled in; see the verbs of the three for what that means."""
    what, name, model = chosen["what"], chosen["name"], chosen["model"]
    if what == RELEVANCE:
        matcher = MatcherSaid(name, RaterKind(chosen["kind"]), model, chosen["sampling"])
        return import_relevance(
            study, matcher, file, strict=strict, dry_run=dry_run, most=most, progress=progress
        )
    said = ArmSaid(
        name,
        AuthorKind(chosen["author"]),
        model,
        chosen["sampling"],
        revises=chosen["revises"] if what == REVISION else "",
        revision=what == REVISION,
        by=by,
    )
    if what == RESPONSES:
        return import_responses(
            study, said, file, condition=chosen["condition"], strict=strict, dry_run=dry_run,
            most=most, progress=progress,
        )  # fmt: skip
    return import_attributes(
        study, said, file, strict=strict, dry_run=dry_run, most=most, progress=progress
    )
