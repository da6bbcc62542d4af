"""The form of a new arm and its run: what it does, with which model, how, and within which limits."""

from functools import cached_property
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Study
from personalization.arms.configuration import Manner
from personalization.arms.making import UnfitError, configured, prompts_of
from personalization.embedding.choosing import embedder_of
from personalization.embedding.errors import EmbedError
from personalization.endpoints import model_for
from personalization.judge.budgets import no_price
from personalization.models import Arm, Endpoint
from personalization.models.arm import ArmStep
from personalization.prices import rate_on
from personalization.views.arm_manner_forms import (
    ExtractingFields,
    GeneratingFields,
    RevisingFields,
)
from personalization.views.arm_wording import MOST
from personalization.views.model_forms import SAMPLING, ModelFields
from personalization.views.run_limit_forms import LimitFields
from personalization.views.run_prompt_forms import FIELD, PromptFields

LONGEST_NAME = 120
MOST_ITEMS = 10_000_000
# Prompts of each step; which of them an arm needs depends on its manner.
PROMPTS: dict[str, tuple[str, ...]] = {
    ArmStep.EXTRACTION: ("extraction", "extraction_plain", "evidence"),
    ArmStep.REVISION: ("verify", "refine"),
    ArmStep.GENERATION: ("generation", "generation_matched"),
}


class ArmForm(ModelFields, PromptFields, LimitFields):
    """What is the same for every step. The fields of a step come from a class beside this one."""

    step: ClassVar[str]

    endpoint = forms.ModelChoiceField(
        Endpoint.objects.filter(closed_at=None),
        label=gettext_lazy("Endpoint"),
        empty_label=None,
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the arm"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=gettext_lazy(
            "For lists and reports; raters never see it. Empty: made from the model."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    most_items = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ITEMS,
        help_text=gettext_lazy("For a first look. Empty: all."),
    )

    def __init__(
        self, data: QueryDict | None, *, study: Study, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=_usual(study, self.step) | (initial or {}))
        self.study = study
        self.fields["most_items"].label = str(MOST[self.step])
        self._fields.offer(study)
        self.offer_prompts(Q(name__in=PROMPTS[self.step]))

    @property
    def _fields(self) -> "ExtractingFields | RevisingFields | GeneratingFields":
        return cast("ExtractingFields | RevisingFields | GeneratingFields", self)

    def clean(self) -> dict[str, Any]:
        """See that model, sampling, manner and prompts go together."""
        data = super().clean() or {}
        endpoint: Endpoint | None = data.get("endpoint")
        self._fields.clean_manner(data)
        if endpoint is not None:
            self.clean_model_of(endpoint, data)
            if not self.errors and data.get("budget") is not None:
                self._clean_budget(endpoint, data["model"])
        if endpoint is not None and not self.errors:
            self._clean_arm(endpoint, data["model"])
        return data

    @cached_property
    def chosen(self) -> Manner:
        """Return how the arm does its step."""
        return self._fields.manner()

    @property
    def begins_with(self) -> Arm | None:
        """Return the arm that this one begins with."""
        found: Arm | None = self.cleaned_data.get("base")
        return found

    @property
    def prompts(self) -> dict[str, int]:
        """Return the chosen versions of the prompts that the arm uses."""
        return self.chosen_prompts(prompts_of(self.step, self.chosen))

    def _clean_budget(self, endpoint: Endpoint, model: str) -> None:
        if rate_on(endpoint, model) is None:
            self.add_error("budget", no_price())

    def _clean_arm(self, endpoint: Endpoint, model: str) -> None:
        for name in self.chosen.wrong():
            field = self._fields.field_of.get(name, name)
            self.add_error(field if field in self.fields else None, _("This cannot be."))
        if self.errors:
            return
        embedder = getattr(self.chosen, "embedder", "")
        try:
            if embedder:
                embedder_of(embedder)
            configured(
                self.step,
                endpoint,
                model,
                self.sampling,
                self.chosen,
                self.prompts,
                self.begins_with,
            )
        except EmbedError as error:
            self.add_error("merge", str(error))
        except UnfitError as error:
            self.add_error(None, str(error))


class ExtractionForm(ExtractingFields, ArmForm):
    """A new extractor."""


class RevisionForm(RevisingFields, ArmForm):
    """A new verifier and refiner."""


class GenerationForm(GeneratingFields, ArmForm):
    """A new author of responses."""


FORMS: dict[str, type[ExtractionForm] | type[RevisionForm] | type[GenerationForm]] = {
    ArmStep.EXTRACTION: ExtractionForm,
    ArmStep.REVISION: RevisionForm,
    ArmStep.GENERATION: GenerationForm,
}


def initial_of(arm: Arm) -> dict[str, Any]:
    """Return a form's first values from an arm that is there: for another run, or another arm like it."""
    configuration = arm.configuration
    said = configuration.get("sampling") or {}
    prompts = configuration.get("prompts") or {}
    open_one = arm.endpoint if arm.endpoint is not None and not arm.endpoint.closed_at else None
    return {
        **({"endpoint": open_one} if open_one else {}),
        "model": arm.model,
        **{name: said.get(name) for name in SAMPLING},
        **{f"{FIELD}{name}": one.get("version") for name, one in prompts.items()},
        **FORMS[arm.step].initial_of(arm),
    }


def _usual(study: Study, step: str) -> dict[str, Any]:
    """Return what the form starts with: the study's own model for the step."""
    asked = model_for(study, step)
    closed = asked.endpoint.closed_at is not None
    return {
        **({} if closed else {"endpoint": asked.endpoint, "model": asked.model}),
        **{name: asked.sampling.get(name) for name in SAMPLING},
    }
