"""The form by which free places are shared: people by the line, invites by the field."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Invite, Lane, Study
from annotation.models.consent import Way
from annotation.models.places import Purpose, SlotRole
from annotation.models.sheet import Stage
from annotation.shares import Fault, Problem, Share
from personalization.templatetags.study import stage_name

MOST_PEOPLE = 50
MOST_INVITES = 20
MOST_SHEETS = 500
MOST_TEXT = 20_000
# 12 digits are more places and sheets than there will ever be.
COUNT = re.compile(r"[0-9]{1,12}\Z")
PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?) ?%\Z")
SHEETS = re.compile(r"#[0-9]{1,12}(?:[ ,]+#[0-9]{1,12})*\Z")
REST = "rest"


class ShareForm(forms.Form):
    """Who gets how many of the free places of a stage."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"))
    people = forms.CharField(
        label=gettext_lazy("People"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "One person on each line: the pseudonym, then how much. For example: p-abc 20, or p-abc 12.5 %, or p-abc #17 #18 for these sheets, or p-abc alone for an even part of the rest."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, study: Study) -> None:
        super().__init__(data)
        self.study = study
        stages = list(dict.fromkeys([*Stage.values, *_stages(study)]))
        self.fields["stage"].choices = [(one, stage_name(one)) for one in stages]  # type: ignore[attr-defined]
        self.invites = {
            f"invite-{one.pk}": one for one in study.invites.filter(way=Way.LABELS)[:MOST_INVITES]
        }
        for name, one in self.invites.items():
            label = one.label or _("Invite %(number)s") % {"number": one.pk}
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=20,
                help_text=_("Everybody who came by this invite: 200, 40 %, or rest."),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.shares: list[Share] = []
        self.fields_of: list[tuple[str, str]] = []

    def of_invites(self) -> list[BoundField]:
        """Return the fields of the invites."""
        return [self[name] for name in self.invites]

    def clean(self) -> dict[str, Any]:
        """Read all shares; what cannot be read is said at its field."""
        data = super().clean() or {}
        lines = [line.strip() for line in data.get("people", "").splitlines() if line.strip()]
        if len(lines) > MOST_PEOPLE:
            self.add_error(
                "people", _("Name at most %(most)s people at once.") % {"most": MOST_PEOPLE}
            )
            lines = []
        for line in lines:
            who, _space, amount = line.partition(" ")
            self._add("people", who, who, amount.strip())
        for name, invite in self.invites.items():
            if amount := data.get(name, "").strip():
                self._add(name, invite, "", "" if amount.lower() == REST else amount)
        if not self.shares and not self.errors:
            raise forms.ValidationError(_("Name at least one person, or give an invite a number."))
        return data

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say at its field what stands in the way of a share."""
        for one in problems:
            if one.at is None:
                self.add_error(None, said(one))
                continue
            name, who = self.fields_of[one.at]
            self.add_error(name, f"{who}: {said(one)}" if who else said(one))

    def _add(self, name: str, who: str | Invite, called: str, amount: str) -> None:
        share = read(who, amount)
        if share is None:
            text = _("Write a number such as 20, a part such as 12.5 %, or sheets such as #17 #18.")
            self.add_error(name, f"{called}: {text}" if called else text)
            return
        self.shares.append(share)
        self.fields_of.append((name, called))


def read(who: str | Invite, amount: str) -> Share | None:
    """Return a share as it was written; None where it cannot be read."""
    if not amount:
        return Share(who)
    if COUNT.match(amount) and int(amount):
        return Share(who, count=int(amount))
    if found := PERCENT.match(amount):
        percent = Decimal(found[1].replace(",", "."))
        return Share(who, percent=percent) if percent else None
    if SHEETS.match(amount):
        sheets = tuple(dict.fromkeys(int(one) for one in re.findall("[0-9]+", amount)))
        return Share(who, sheets=sheets) if len(sheets) <= MOST_SHEETS else None
    return None


def said(problem: Problem) -> str:
    """Return what stands in the way, and how to mend it."""
    possible = {"n": problem.possible}
    match problem.fault:
        case Fault.UNKNOWN:
            return _("Nobody of this name takes part. Copy the pseudonym from the page People.")
        case Fault.NOT_AGREED:
            return _("This person has not agreed to the consent text yet. Leave the line out.")
        case Fault.WITHDREW:
            return _("This person has left the study. Leave the line out.")
        case Fault.FINISHED:
            return _("This person has finished and does no more sheets. Leave the line out.")
        case Fault.OWN_ONLY:
            return _("This person labels only own sheets. Name somebody who labels for others.")
        case Fault.TWICE:
            return _("This is here twice. Write one line with all of it.")
        case Fault.PERCENT:
            return _("All parts together are more than 100 %. Make one smaller.")
        case Fault.ONE_EACH:
            return (
                _(
                    "A person has one place at a sheet at most, and only %(n)s sheets are free for this person. Write %(n)s or less."
                )
                % possible
            )
        case Fault.TOO_MANY:
            return _("Beside the other shares only %(n)s are left. Write %(n)s or less.") % possible
        case Fault.SHEETS:
            if not problem.sheets:
                return _("Another line takes the last place of one of these sheets.")
            names = ", ".join(f"#{one}" for one in problem.sheets)
            return _(
                "No place for this person at %(sheets)s: not a sheet of this stage, no free place, or known to the person. Leave them out."
            ) % {"sheets": names}


def _stages(study: Study) -> list[str]:
    lanes = Lane.objects.filter(study=study, role=SlotRole.THIRD_PARTY, purpose=Purpose.LABEL)
    return sorted(set(lanes.values_list("stage", flat=True)))
