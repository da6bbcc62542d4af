"""Forms by which a study is made ready: consent text, invites."""

from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Invite, Study
from annotation.models.consent import Way

MOST_TEXT = 100_000
MOST_INVITED = 1_000_000
LAST_DAY = 5 * 366  # days from now on which an invite may still work


class ConsentForm(forms.Form):
    """The next version of the consent text."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy(
            "What is asked of people, what is kept, who sees it, and how they can stop. Empty lines divide paragraphs."
        ),
    )
    provider = forms.CharField(
        label=gettext_lazy("Who runs the models"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "By name, as people read it: their texts are sent there. Leave it empty where no text leaves your own machines."
        ),
    )

    def clean_text(self) -> str:
        """Return the text with plain line ends, so that the same text is the same version."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()


class InviteForm(forms.Form):
    """A new link into the study."""

    label = forms.CharField(
        label=gettext_lazy("Name of the invite"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For you alone: whom you send it to."),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("What are people invited to?"),
        choices=[
            (Way.WHOLE.value, gettext_lazy("The whole study: chat, then label")),
            (Way.LABELS.value, gettext_lazy("Labels only: other people's sheets")),
        ],
        widget=forms.RadioSelect,
        initial=Way.WHOLE.value,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Most people"),
        required=False,
        min_value=1,
        max_value=MOST_INVITED,
        help_text=gettext_lazy("Leave it empty for any number."),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "The link works to the end of this day (UTC). Leave it empty for no end."
        ),
    )

    def clean_last_day(self) -> date | None:
        """Refuse days that are over, and slips of the pen."""
        day: date | None = self.cleaned_data["last_day"]
        today = timezone.now().astimezone(UTC).date()
        if day is not None and not today <= day <= today + timedelta(days=LAST_DAY):
            raise forms.ValidationError(_("Choose a day from today on, at most five years ahead."))
        return day

    def invite(self, study: Study) -> Invite:
        """Return the invite as filled in, not saved yet."""
        data = self.cleaned_data
        day: date | None = data["last_day"]
        end = datetime.combine(day + timedelta(days=1), time(), UTC) if day else None
        return Invite(
            study=study,
            label=data["label"],
            way=data["way"],
            most=data["most"],
            expires_at=end,
        )
