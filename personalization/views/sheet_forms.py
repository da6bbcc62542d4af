"""Forms about one sheet: its group, and why the answers to it are right."""

from django import forms
from django.utils.translation import gettext_lazy

MOST_STRATUM = 100
MOST_WHY = 1000


class StratumForm(forms.Form):
    """The group of sheets with which one is balanced."""

    use_required_attribute = False
    stratum = forms.CharField(
        label=gettext_lazy("Group"),
        required=False,
        max_length=MOST_STRATUM,
        help_text=gettext_lazy(
            "Groups of a stage advance equally fast, whatever their size. Any word will do."
        ),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class WhyForm(forms.Form):
    """Why the answers to a sheet are the right ones."""

    use_required_attribute = False
    why = forms.CharField(
        label=gettext_lazy("Why are they right?"),
        required=False,
        max_length=MOST_WHY,
        help_text=gettext_lazy("People read this after a training sheet."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def clean_why(self) -> str:
        """Return the text with plain line ends."""
        return str(self.cleaned_data["why"]).replace("\r\n", "\n").strip()
