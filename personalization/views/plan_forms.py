"""The form of a study's plan: who labels how many sheets of which stage, in what order, how often."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import transaction
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation import plans
from annotation.laying import Order
from annotation.models import Plan, Study
from annotation.models.plan import HUNDRED, MOST_EXTRA
from annotation.models.sheet import STRANGERS_ONLY, Stage
from annotation.raising import Missing, missing
from personalization.views.settings_forms import MOST_STRANGERS

MOST_PRIORITY = 9
MOST_SHEETS = 1000
MOST_HOURS = 90 * 24
OF_STUDY = {
    "training_first": (
        gettext_lazy("Training sheets first"),
        gettext_lazy(
            "So many sheets with known answers, and what is right at once. 0: no training."
        ),
        MOST_SHEETS,
    ),
    "gold_every": (
        gettext_lazy("A gold sheet after each"),
        gettext_lazy(
            "After so many sheets of others comes one whose right answer is known. 0: never."
        ),
        MOST_SHEETS,
    ),
    "attention_every": (
        gettext_lazy("An attention check after each"),
        gettext_lazy(
            "After so many sheets of others comes one that asks for a certain answer. 0: never."
        ),
        MOST_SHEETS,
    ),
    "repeat_after_hours": (
        gettext_lazy("Hours until a repeat"),
        gettext_lazy(
            "An owner is asked again after so many hours. 0: at the end of the same visit."
        ),
        MOST_HOURS,
    ),
}


class PlanForm(forms.Form):
    """The plan of each stage, and what holds for all stages of a study."""

    def __init__(self, data: QueryDict | None = None, *, study: Study) -> None:
        super().__init__(data)
        self.study = study
        self.rows = {one.stage: one for one in study.plans.all()}
        for stage in Stage:
            self._add_stage(stage)
        for name, (label, text, most) in OF_STUDY.items():
            self.fields[name] = _number(label, text, most, getattr(study, name))

    def stages(self) -> Iterator[tuple[Stage, list[BoundField]]]:
        """Yield the fields of each stage."""
        for stage in Stage:
            yield stage, [self[one] for one in self.fields if one.startswith(f"{stage}-")]

    def of_study(self) -> list[BoundField]:
        """Return the fields that hold for all stages."""
        return [self[name] for name in OF_STUDY]

    def adds(self) -> dict[Stage, Missing]:
        """Return the places that saving would lay, by stage; a stage whose numbers stay has none."""
        if not self.is_valid():
            return {}
        found = {stage: missing(self.study, stage, self._order(stage)) for stage in self._raised()}
        return {stage: one for stage, one in found.items() if one.places}

    def promise(self) -> str:
        """Return what adds places, in a few letters: who confirms it confirms this and nothing else."""
        orders = [(stage, self._order(stage)) for stage in self._raised()]
        return " ".join(f"{stage}:{one.strangers}:{one.at_once:d}" for stage, one in orders)

    def lowered(self) -> bool:
        """Return whether a stage gets fewer strangers than before."""
        return any(self._strangers(stage) < self._before(stage).strangers for stage in Stage)

    def save(self) -> list[Stage]:
        """Keep the plan; return the stages at whose sheets something is to be laid or moved now.

        What is there stays as it is: `annotation.raising.follow` lays what is missing.
        """
        stages = [
            *self._raised(),
            *(one for one in Stage if f"{one}-priority" in self.changed_data),
        ]
        with transaction.atomic():
            columns = {name: self.cleaned_data[name] for name in OF_STUDY}
            Study.objects.filter(pk=self.study.pk).update(**columns)
            for stage in Stage:
                names = [one for one in self.fields if one.startswith(f"{stage}-")]
                changed = {one.partition("-")[2]: self.cleaned_data[one] for one in names}
                plans.change(self.study, stage, **changed)
        return list(dict.fromkeys(stages))

    def _add_stage(self, stage: Stage) -> None:
        row = self.rows.get(stage) or Plan(study=self.study, stage=stage)
        usual = _("Other people at each sheet. Empty: the study's number, %(n)s.") % {
            "n": self.study.strangers
        }
        fields: dict[str, forms.Field] = {
            "strangers": _number(
                gettext_lazy("Strangers for each sheet"),
                usual,
                MOST_STRANGERS,
                row.strangers,
                False,
            ),
            "extra_most": _number(
                gettext_lazy("Extra strangers"),
                gettext_lazy(
                    "So many more, one by one, where no answer has more than two thirds. At most 2."
                ),
                MOST_EXTRA,
                row.extra_most,
            ),
            "priority": _number(
                gettext_lazy("Priority"),
                gettext_lazy("0 is usual. Stages with a higher number are labelled first."),
                MOST_PRIORITY,
                row.priority,
            ),
            "owner_repeats": _number(
                gettext_lazy("Repeats for owners, in percent"),
                gettext_lazy("So many of a hundred own sheets are put to their owner again."),
                HUNDRED,
                row.owner_repeats,
            ),
            "stranger_repeats": _number(
                gettext_lazy("Repeats for strangers, in percent"),
                gettext_lazy("So many of a hundred sheets are put again to who has answered."),
                HUNDRED,
                row.stranger_repeats,
            ),
        }
        if stage in STRANGERS_ONLY:
            del fields["owner_repeats"]
        if stage is Stage.COMPARISON:
            fields["after_majority"] = forms.BooleanField(
                label=gettext_lazy("The comparison waits for the majority"),
                help_text=gettext_lazy(
                    "Strangers compare once strangers have said what matters to the query."
                ),
                required=False,
                initial=row.after_majority,
            )
        for name, one in fields.items():
            self.fields[f"{stage}-{name}"] = one

    def _before(self, stage: Stage) -> Order:
        return plans.order(self.study, stage)

    def _strangers(self, stage: Stage) -> int:
        wanted = self.cleaned_data[f"{stage}-strangers"]
        return self.study.strangers if wanted is None else int(wanted)

    def _order(self, stage: Stage) -> Order:
        """Return what is laid once this is saved."""
        waits = (
            stage is Stage.COMPARISON
            and self.cleaned_data[f"{stage}-after_majority"]
            and self._strangers(Stage.RELEVANCE) > 0
        )
        return Order(
            self._strangers(stage), self.cleaned_data[f"{stage}-priority"], at_once=not waits
        )

    def _raised(self) -> list[Stage]:
        """Return the stages where more is wanted, or where less is waited for."""
        found = []
        for stage in Stage:
            now, before = self._order(stage), self._before(stage)
            opens = now.at_once and not before.at_once
            if opens or f"{stage}-strangers" in self.changed_data:
                found.append(stage)
        return found


def _number(
    label: Any,  # noqa: ANN401 - a text, or one that is translated later
    text: Any,  # noqa: ANN401
    most: int,
    now: int | None,
    required: bool = True,
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=text, min_value=0, max_value=most, initial=now, required=required
    )
