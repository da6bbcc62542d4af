"""How an arm does its step: the fields that make one arm another, a form for each step."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Study
from personalization.arms.configuration import (
    FLOOR,
    ROUNDS,
    TFIDF,
    THRESHOLD,
    Extracting,
    Generating,
    Manner,
    Revising,
)
from personalization.embedding.local import folders
from personalization.models import Arm, Endpoint
from personalization.models.arm import ArmStep
from personalization.views.arm_wording import CONDITIONS, EVIDENCE, FLAGGED, MERGED, VERIFIED

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
# As the form says it; an empty value of a radio button could not be told from none.
WORD_FOR_WORD = "words"
MERGES = [(key or WORD_FOR_WORD, said) for key, said in MERGED.items()]


class ExtractingFields(forms.Form):
    """What is kept, what is the same, and where the evidence comes from."""

    step: ClassVar[str] = ArmStep.EXTRACTION

    floor = forms.FloatField(
        label=gettext_lazy("Least confidence"),
        min_value=0,
        max_value=1,
        initial=FLOOR,
        help_text=gettext_lazy(
            "The model says how sure it is of each attribute, from 0 to 1. What is below is counted,"
            " and not kept."
        ),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    merge = forms.ChoiceField(
        label=gettext_lazy("How attributes that say the same are found"),
        choices=MERGES,
        initial=TFIDF,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("They become one attribute; every wording is kept and can be read."),
    )
    embed_endpoint = forms.ModelChoiceField(
        Endpoint.objects.filter(closed_at=None),
        label=gettext_lazy("Endpoint of the embedding model"),
        required=False,
        empty_label=gettext_lazy("Choose one"),
    )
    embed_model = forms.CharField(
        label=gettext_lazy("Embedding model"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("As its endpoint calls it, such as text-embedding-3-small."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    embed_folder = forms.ChoiceField(
        label=gettext_lazy("Embedding model on this machine"),
        required=False,
        help_text=gettext_lazy("A folder below the one that CONCORD_MODELS names."),
    )
    threshold = forms.FloatField(
        label=gettext_lazy("The same from"),
        min_value=0,
        max_value=1,
        initial=THRESHOLD,
        help_text=gettext_lazy(
            "How near two attributes must be (cosine, up to 1). A higher value merges less."
        ),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("How evidence is found"),
        choices=list(EVIDENCE.items()),
        initial="with",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The turns that raters see marked when they judge an attribute."),
    )
    # Where a fault of the manner belongs.
    field_of: ClassVar[Mapping[str, str]] = {"embedder": "merge"}

    def clean_manner(self, data: Mapping[str, Any]) -> None:
        """Require what the chosen embedder needs; what it does not need is no fault."""
        needed = {"endpoint": ("embed_endpoint", "embed_model"), "local": ("embed_folder",)}
        chosen = needed.get(data.get("merge", ""), ())
        for name in ("embed_endpoint", "embed_model", "embed_folder"):
            if name not in chosen:
                self.errors.pop(name, None)
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed for the embedding model."))
        if data.get("merge") == WORD_FOR_WORD:
            self.errors.pop("threshold", None)

    def manner(self) -> Manner:
        """Return what was chosen."""
        data = self.cleaned_data
        return Extracting(
            floor=data["floor"],
            embedder=self._embedder(),
            threshold=self._threshold(),
            evidence=data["evidence"],
        )

    def _threshold(self) -> float:
        """Return how near is the same; as usual where nothing is merged by it."""
        said: float | None = self.cleaned_data.get("threshold")
        return THRESHOLD if said is None or self._embedder() == "" else said

    def _embedder(self) -> str:
        data = self.cleaned_data
        match data["merge"]:
            case "endpoint":
                return f"endpoint:{data['embed_endpoint'].name}/{data['embed_model']}"
            case "local":
                return f"local:{data['embed_folder']}"
            case _:
                return TFIDF if data["merge"] == TFIDF else ""

    @staticmethod
    def initial_of(arm: Arm) -> dict[str, Any]:
        """Return the fields of an arm that is there."""
        manner = Extracting.read(arm.configuration)
        kind, _colon, which = manner.embedder.partition(":")
        found: dict[str, Any] = {
            "floor": manner.floor,
            "merge": kind or WORD_FOR_WORD,
            "threshold": manner.threshold,
            "evidence": manner.evidence,
        }
        if kind == "endpoint":
            name, _slash, found["embed_model"] = which.partition("/")
            found["embed_endpoint"] = Endpoint.objects.filter(name=name).first()
        elif kind == "local":
            found["embed_folder"] = which
        return found

    def offer(self, study: Study) -> None:
        """Offer the embedding models that lie on this machine."""
        found = folders()
        folder, merge = self.fields["embed_folder"], self.fields["merge"]
        assert isinstance(folder, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(merge, forms.ChoiceField)  # noqa: S101 - for the type checker
        folder.choices = [(one, one) for one in found]
        if not found:
            merge.choices = [one for one in MERGES if one[0] != "local"]


class RevisingFields(forms.Form):
    """Whose attributes are checked, by whom at first, and how often they may be written anew."""

    step: ClassVar[str] = ArmStep.REVISION
    field_of: ClassVar[Mapping[str, str]] = {}

    base = forms.ModelChoiceField(
        Arm.objects.none(),
        label=gettext_lazy("Whose attributes"),
        empty_label=None,
        help_text=gettext_lazy(
            "They stay as they are. What is written anew stands beside them, in this arm."
        ),
    )
    flagged_by = forms.ChoiceField(
        label=gettext_lazy("Who finds what is doubtful"),
        choices=list(FLAGGED.items()),
        initial="model",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What was written anew is always checked by the model."),
    )
    rounds = forms.TypedChoiceField(
        label=gettext_lazy("How often an attribute may be written anew"),
        choices=[(1, gettext_lazy("Once")), (2, gettext_lazy("Twice"))],
        coerce=int,
        initial=ROUNDS,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What is still doubtful then is left out."),
    )

    def clean_manner(self, data: Mapping[str, Any]) -> None:
        """Leave it as it is: every choice goes with every other."""

    def manner(self) -> Manner:
        """Return what was chosen."""
        data = self.cleaned_data
        return Revising(flagged_by=data["flagged_by"], rounds=data["rounds"])

    @staticmethod
    def initial_of(arm: Arm) -> dict[str, Any]:
        """Return the fields of an arm that is there."""
        manner = Revising.read(arm.configuration)
        return {"base": arm.base, "flagged_by": manner.flagged_by, "rounds": manner.rounds}

    def offer(self, study: Study) -> None:
        """Offer the arms whose attributes can be revised."""
        field = self.fields["base"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = profiles(study).filter(step=ArmStep.EXTRACTION)


class GeneratingFields(forms.Form):
    """What the model is told about the person, and how long it may write."""

    step: ClassVar[str] = ArmStep.GENERATION
    field_of: ClassVar[Mapping[str, str]] = {}

    condition = forms.ChoiceField(
        label=gettext_lazy("What the model is told about the person"),
        choices=list(CONDITIONS.items()),
        initial="none",
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "To compare, a study needs one arm with nothing and at least one with something, of the"
            " same model."
        ),
    )
    verified_by = forms.ChoiceField(
        label=gettext_lazy("Verified means"), required=False, widget=forms.RadioSelect
    )
    profile = forms.ChoiceField(
        label=gettext_lazy("Whose attributes"),
        required=False,
        help_text=gettext_lazy("Attributes that an arm has found, or all that are known."),
    )
    matched = forms.BooleanField(
        label=gettext_lazy("As long as the response without attributes"),
        required=False,
        help_text=gettext_lazy(
            "Longer responses please more; this takes length out of the comparison. The same model"
            " must have written without attributes first."
        ),
    )

    def clean_manner(self, data: Mapping[str, Any]) -> None:
        """Leave out what the condition does not need."""
        if data.get("condition") != "verified":
            self.errors.pop("verified_by", None)

    def manner(self) -> Manner:
        """Return what was chosen."""
        data = self.cleaned_data
        condition = data["condition"]
        if condition == "none":
            return Generating()
        by = data["verified_by"] if condition == "verified" else ""
        return Generating(
            condition=condition,
            matched=data["matched"],
            profile=data["profile"],
            **({"verified_by": by} if by else {}),
        )

    @staticmethod
    def initial_of(arm: Arm) -> dict[str, Any]:
        """Return the fields of an arm that is there."""
        return Generating.read(arm.configuration).to_json()

    def offer(self, study: Study) -> None:
        """Offer the arms of the study, as far as they have attributes."""
        arms = list(profiles(study))
        names = [("", _("All that are known"))]
        self._choices("profile", names + [(one.name, one.name) for one in arms])
        revised = [(one.name, one.name) for one in arms if one.step == ArmStep.REVISION]
        verifiers = [(key, str(said)) for key, said in VERIFIED.items()]
        self._choices("verified_by", verifiers + revised)
        self.fields["verified_by"].initial = verifiers[0][0]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices


def profiles(study: Study) -> "QuerySet[Arm]":
    """Return the arms of a study that make attributes."""
    of = (ArmStep.EXTRACTION, ArmStep.REVISION)
    return Arm.objects.filter(study=study, step__in=of).order_by("step", "pk")
