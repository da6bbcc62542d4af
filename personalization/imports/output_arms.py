"""The arm that outputs go to: what is said of it on the command line or in the form."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from annotation.models import Study, User
from annotation.models.response import AuthorKind
from personalization.arms.configuration import Extracting, Generating, Revising
from personalization.arms.making import UnfitError, make_imported
from personalization.imports.errors import ImportRefusedError, LineError
from personalization.imports.output_cells import is_encodable, object_of
from personalization.models import Arm
from personalization.models.arm import ArmStep

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ArmSaid:
    """What is said of all lines of a file: the arm's name, who made it, and how."""

    name: str
    author: AuthorKind = AuthorKind.MODEL
    model: str = ""
    sampling: dict[str, Any] = field(default_factory=dict)
    revises: str = ""  # of a revision: the name of the extraction arm that it began with
    revision: bool = False
    by: User | None = None

    @property
    def step(self) -> ArmStep:
        """Return the step of an arm that holds attributes."""
        return ArmStep.REVISION if self.revision else ArmStep.EXTRACTION


def check_name(name: str, what: str) -> str:
    """Return a name that an arm or a rater can have; ImportRefusedError for any other."""
    found = " ".join(name.split())
    if not found or len(found) > LONGEST_NAME or not is_encodable(found):
        raise ImportRefusedError(
            _("%(what)s needs a name of 1 to %(limit)d characters.")
            % {"what": what, "limit": LONGEST_NAME}
        )
    return found


def read_sampling(said: str) -> dict[str, Any]:
    """Return the sampling that somebody typed as JSON; ImportRefusedError where it is none."""
    try:
        return object_of({"sampling": said}, "sampling") or {}
    except LineError as error:
        raise ImportRefusedError(
            _('%(why)s Write it as in {"temperature": 0.8}.') % {"why": error}
        ) from error


def arm_of_attributes(study: Study, said: ArmSaid) -> Arm:
    """Return the arm of imported attributes, made now if there is none of this kind yet."""
    base = _base(study, said.revises) if said.revises else None
    # Nothing was merged or left out here: what the file holds is what the arm holds.
    manner = Revising() if said.revision else Extracting(floor=0.0, embedder="", evidence="with")
    configuration = {"manner": manner.to_json(), **({"base": base.pk} if base else {})}
    arm = _made(study, said.step, said.name, said, said.model, configuration)
    if base is not None and arm.base_id is None:
        Arm.objects.filter(pk=arm.pk).update(base=base)
        arm.base = base
    return arm


def arm_of_responses(
    study: Study,
    said: ArmSaid,
    condition: str,
    author: AuthorKind,
    model: str,
    sampling: Any,  # noqa: ANN401 - JSON
) -> Arm:
    """Return the arm of one author and condition; names of people are no part of it."""
    name, usual = said.name, said.model or said.name
    if author == AuthorKind.MODEL and model != usual:
        name = f"{name}, {model}"
    if model == usual:
        model = said.model  # which may not be known
    configuration = {
        "manner": Generating(condition=condition).to_json(),
        "sampling": sampling,
    }
    whose = ArmSaid(said.name, author, by=said.by)
    return _made(study, ArmStep.GENERATION, f"{name}, {condition}", whose, model, configuration)


def _made(
    study: Study, step: ArmStep, name: str, said: ArmSaid, model: str, more: dict[str, Any]
) -> Arm:
    configuration = {"sampling": said.sampling, **more}
    try:
        return make_imported(
            study,
            step,
            name,
            author=said.author,
            model=model if said.author == AuthorKind.MODEL else "",
            configuration=configuration,
            by=said.by,
        )
    except UnfitError as error:
        raise ImportRefusedError(str(error)) from error


def _base(study: Study, name: str) -> Arm:
    arms = Arm.objects.filter(study=study, step=ArmStep.EXTRACTION)
    if (found := arms.filter(name=name).first()) is not None:
        return found
    raise ImportRefusedError(
        _("This study has no extraction called %(name)s. It has: %(known)s.")
        % {
            "name": json.dumps(name, ensure_ascii=False),
            "known": ", ".join(arms.values_list("name", flat=True)) or "-",
        }
    )
