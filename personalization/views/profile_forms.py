"""The form by which researchers describe one thing that people are asked about themselves."""

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import ProfileField
from annotation.profile_fields import FieldError, NoField, Wanted
from annotation.profiles import LONGEST, PLACE, tidy

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_CHOICES = 200
MOST_TEXT = 300
# Judges are told of all fields, of none, or of some by key.
RESERVED = {"all", "none"}

WHY = {
    NoField.KEY_TAKEN: gettext_lazy("This study has a field of this key already."),
    NoField.TOO_MANY: gettext_lazy("This study has as many fields as it can have."),
    NoField.ANSWERED: gettext_lazy(
        "People have answered this field by now, so it stays as it is. Close it and add another one."
    ),
}


class FieldForm(forms.Form):
    """One field of the profile."""

    label = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=MOST_TEXT,
        help_text=gettext_lazy("What the person is asked, such as “In which country do you live?”"),
    )
    sentence = forms.CharField(
        label=gettext_lazy("Sentence"),
        max_length=MOST_TEXT,
        help_text=gettext_lazy(
            "What others read, with {value} in the place of the answer, such as “The person lives in {value}.”"
        ),
    )
    choices = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        required=False,
        max_length=MOST_CHOICES * (LONGEST + 2),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One on each line. Leave it empty for answers in own words. “Rather not say” is always there."
        ),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A short name for judges and exports: small letters, digits and _, such as lives_in."
        ),
    )
    sensitive = forms.BooleanField(
        label=gettext_lazy("Protected by law, such as religion, politics, ethnicity or health"),
        required=False,
        help_text=gettext_lazy("People share it only by ticking this very answer."),
    )

    def __init__(self, data: QueryDict | None = None, *, field: ProfileField | None = None) -> None:
        initial: dict[str, Any] = {}
        if field is not None:
            initial = {
                "label": field.label,
                "sentence": field.sentence,
                "choices": "\n".join(field.choices),
                "key": field.key,
                "sensitive": field.sensitive,
            }
        super().__init__(data, initial=initial)

    def clean_label(self) -> str:
        """Return the question as one line."""
        return tidy(self.cleaned_data["label"])

    def clean_sentence(self) -> str:
        """Return the sentence as one line, if it has one place for the answer."""
        sentence = tidy(self.cleaned_data["sentence"])
        if sentence.count(PLACE) != 1:
            raise forms.ValidationError(
                _("Write %(place)s once, where the answer belongs.") % {"place": PLACE}
            )
        return sentence

    def clean_choices(self) -> list[str]:
        """Return the answers one by one."""
        choices = [tidy(line) for line in self.cleaned_data["choices"].splitlines()]
        choices = [one for one in choices if one]
        if len(choices) > MOST_CHOICES:
            raise forms.ValidationError(
                _("Offer at most %(most)s answers.") % {"most": MOST_CHOICES}
            )
        if any(len(one) > LONGEST for one in choices):
            raise forms.ValidationError(
                _("An answer has at most %(most)s letters.") % {"most": LONGEST}
            )
        if len(choices) == 1:
            raise forms.ValidationError(_("Offer at least two answers, or none."))
        twice = {one for one in choices if choices.count(one) > 1}
        if twice:
            raise forms.ValidationError(
                _("“%(answer)s” stands there twice.") % {"answer": min(twice)}
            )
        return choices

    def clean_key(self) -> str:
        """Return the key, if it is one."""
        key = str(self.cleaned_data["key"])
        if not KEY.fullmatch(key) or key in RESERVED:
            raise forms.ValidationError(
                _("Use small letters, digits and _, and begin with a letter; not “all” or “none”.")
            )
        return key

    def wanted(self) -> Wanted:
        """Return the field as filled in."""
        data = self.cleaned_data
        return Wanted(
            data["key"], data["label"], data["sentence"], data["choices"], data["sensitive"]
        )

    def refuse(self, error: FieldError) -> None:
        """Say why the field cannot be kept, where it can be mended."""
        self.add_error("key" if error.why is NoField.KEY_TAKEN else None, str(WHY[error.why]))
