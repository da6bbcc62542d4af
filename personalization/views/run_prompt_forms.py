"""Which versions of its prompts a judge or an arm uses: a field for each prompt that has several."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django import forms
from django.db.models import Q
from django.forms import BoundField
from django.utils.translation import gettext as _

from personalization.models import PromptVersion
from personalization.prompt_versions import JUDGES

FIELD = "prompt-"


class PromptFields(forms.Form):
    """A version of each prompt; the usual one is the newest that is shipped."""

    def offer_prompts(self, asked: Q) -> None:
        """Add a field for each of these prompts that has several versions."""
        for name, versions in on_offer(asked).items():
            # A colleague's draft must not slip into everybody's judges and arms.
            usual = next((one for one in versions if one.shipped), versions[0])
            self.fields[f"{FIELD}{name}"] = forms.TypedChoiceField(
                label=name,
                required=False,
                coerce=int,
                initial=usual.version,
                choices=[(one.version, _version(one, usual)) for one in versions],
            )

    def prompt_fields(self) -> list[BoundField]:
        """Return the fields that choose versions."""
        return [self[one] for one in self.fields if one.startswith(FIELD)]

    def prompts_wrong(self) -> bool:
        """Return whether one of the choices is wrong."""
        return any(one.startswith(FIELD) for one in self.errors)

    def chosen_prompts(self, names: Iterable[str]) -> dict[str, int]:
        """Return the chosen versions of these prompts, as far as there is a choice."""
        fields = {one: f"{FIELD}{one}" for one in names}
        return {
            one: self.cleaned_data[field] or self.fields[field].initial
            for one, field in fields.items()
            if field in self.fields
        }


def of_judges() -> Q:
    """Return which prompts judges use."""
    return reduce(or_, (Q(name__startswith=prefix) for prefix in JUDGES))


def on_offer(asked: Q) -> dict[str, list[PromptVersion]]:
    """Return those of the prompts that have several versions, the newest first."""
    found: dict[str, list[PromptVersion]] = {}
    for one in PromptVersion.objects.filter(asked).defer("text"):
        found.setdefault(one.name, []).append(one)
    return {name: versions for name, versions in found.items() if len(versions) > 1}


def _version(one: PromptVersion, usual: PromptVersion) -> str:
    said = _("version %(n)s") % {"n": one.version}
    if one.note:
        said = f"{said}: {one.note}"
    return _("%(version)s (the usual one)") % {"version": said} if one is usual else said
