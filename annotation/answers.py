"""The form of a sheet: a field for each item, and what people enter read into answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.arrangement import arranged, canonical, is_required
from annotation.models import Attribute, Item, Option, Query, Question, RelevancePair, Slot
from annotation.models.judgment import Reason
from annotation.models.question import Audience, Kind
from annotation.models.sheet import Stage
from annotation.models.slot import SlotRole
from annotation.reading import Reader

MISSING_MOST = 20
MISSING_LENGTH = 500
# A draft may hold more than can be sent, but not a book.
DRAFT_LENGTH = 4 * MISSING_MOST * MISSING_LENGTH
CANNOT_TELL = Reason.CANNOT_TELL.value
PREFIX = "item-"
# Codes of these scales run from no to yes; people read yes first.
YES_FIRST = (Kind.ATTRIBUTE, Kind.RELEVANCE, Kind.MENTION)
NEEDS_ERROR = "rejected"
MAY_HAVE_ERROR = ("rejected", "uncertain")

ITEMS = Reader(
    """
    SELECT {i}, {a}, {r}, {b}, {q} FROM annotation_item i
    LEFT JOIN annotation_attribute a ON a.id = i.attribute_id
    LEFT JOIN annotation_relevancepair r ON r.id = i.relevance_pair_id
    LEFT JOIN annotation_attribute b ON b.id = r.attribute_id
    LEFT JOIN annotation_query q ON q.id = r.query_id
    WHERE i.sheet_id = %(sheet)s ORDER BY i.id
    """,
    i=Item,
    a=Attribute,
    r=RelevancePair,
    b=Attribute,
    q=Query,
)

Answer = int | Reason


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person answered: a code or a reason for each item, by its id, and what was missed."""

    given: Mapping[int, Answer]
    missing: tuple[str, ...] = ()


class SheetForm(forms.Form):
    """The questions of one sheet as one person sees them: in order, in their words, blind."""

    use_required_attribute = False  # all errors are told at once, in words

    def __init__(
        self,
        slot: Slot,
        data: MultiValueDict[str, str] | None = None,
        draft: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(draft or {}))
        self.slot = slot
        self.items = arranged(slot, items_of(slot))
        for item in self.items:
            self.fields[f"{PREFIX}{item.pk}"] = _field(slot, item)
        if slot.sheet.stage == Stage.REVIEW:
            self.fields["missing"] = forms.CharField(
                required=False,
                max_length=DRAFT_LENGTH,
                label=_("What did the machine miss?"),
                help_text=_("One sentence on each line."),
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )

    def clean_missing(self) -> tuple[str, ...]:
        """Return the lines that say something, each once."""
        lines = (line.strip() for line in self.cleaned_data["missing"].splitlines())
        told = tuple(dict.fromkeys(line for line in lines if line))
        if len(told) > MISSING_MOST:
            raise forms.ValidationError(
                gettext("Write at most %(most)s lines. These are %(lines)s.")
                % {"most": MISSING_MOST, "lines": len(told)}
            )
        for number, line in enumerate(told, 1):
            if len(line) > MISSING_LENGTH:
                raise forms.ValidationError(
                    gettext("Line %(number)s is too long: use at most %(most)s characters.")
                    % {"number": number, "most": MISSING_LENGTH}
                )
        return told

    def clean(self) -> dict[str, Any]:
        """Refuse answers to what this sheet does not ask, and error codes that do not fit."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if any(name.startswith(PREFIX) and name not in self.fields for name in self.data):
            self.add_error(
                None,
                gettext(
                    "Something was answered that this page does not ask, so nothing was sent."
                    " Look over your answers and send them again."
                ),
            )
        verdicts = {
            item.attribute_id: _key(item, cleaned.get(f"{PREFIX}{item.pk}"))
            for item in self.items
            if item.question.kind == Kind.ATTRIBUTE
        }
        for item in self.items:
            name = f"{PREFIX}{item.pk}"
            if item.question.kind != Kind.ERROR_CODE or name in self.errors:
                continue
            verdict = verdicts.get(item.attribute_id)
            if cleaned.get(name) and verdict not in (*MAY_HAVE_ERROR, None):
                self.add_error(name, gettext("You did not say that anything is wrong here."))
            elif not cleaned.get(name) and verdict == NEEDS_ERROR:
                self.add_error(name, gettext("Choose what is wrong with it."))
        return cleaned

    def answers(self) -> Answers:
        """Return what was entered into a valid form, of candidates a and b where there are two."""
        given = {
            item.pk: self._answer(item, entered)
            for item in self.items
            if (entered := self.cleaned_data[f"{PREFIX}{item.pk}"])
        }
        return Answers(given, self.cleaned_data.get("missing", ()))

    def _answer(self, item: Item, entered: str) -> Answer:
        if entered == CANNOT_TELL:
            return Reason.CANNOT_TELL
        return canonical(self.slot, item, options_of(item), int(entered))

    def entered(self) -> dict[str, str]:
        """Return what stands in the form, right or wrong, as far as a draft can hold it."""
        texts = {name: self.data.get(name, "").replace("\0", "") for name in self.fields}
        return {name: text[:DRAFT_LENGTH] for name, text in texts.items() if text}


def items_of(slot: Slot) -> list[Item]:
    """Return the items of a slot's sheet, with all that a page shows of them."""
    items = []
    for item, attribute, pair, of_pair, query in ITEMS.all({"sheet": slot.sheet_id}):
        item.question = asked(item.question_id)
        item.attribute = attribute
        item.relevance_pair = pair
        if pair is not None:
            pair.attribute, pair.query = of_pair, query
        items.append(item)
    return items


@lru_cache(maxsize=1024)
def asked(pk: int) -> Question:
    """Return a question with its options: nothing of them changes once an item asks it."""
    question = Question.objects.get(pk=pk)
    prefetch_related_objects([question], "options")
    return question


def options_of(item: Item) -> list[Option]:
    """Return the options that people are offered, in their order."""
    return [one for one in item.question.options.all() if one.audience != Audience.JUDGES]


def attribute_of(item: Item) -> Attribute | None:
    """Return the attribute that an item is about, where it is about one."""
    return item.relevance_pair.attribute if item.relevance_pair else item.attribute


def may_be_wrong(item: Item) -> list[str]:
    """Return the answers to an attribute after which people are asked what is wrong with it."""
    return [str(one.code) for one in options_of(item) if one.key in MAY_HAVE_ERROR]


def wording(slot: Slot, item: Item) -> str:
    """Return the question in the words for its owner or for a stranger."""
    question = item.question
    if slot.role == SlotRole.THIRD_PARTY and question.wording_third_party:
        return translated(question.wording_third_party)
    return translated(question.wording)


def translated(text: str) -> str:
    """Return a text of a question in the reader's language; a study's own words stay as they are."""
    return gettext(text) if text else ""


def _field(slot: Slot, item: Item) -> forms.ChoiceField:
    choices = [(str(one.code), translated(one.label or one.key)) for one in options_of(item)]
    if item.question.kind in YES_FIRST:
        choices.reverse()
    about = attribute_of(item)
    label = about.text.rstrip(".") if about else wording(slot, item)
    if item.question.kind == Kind.ERROR_CODE:
        return forms.ChoiceField(
            choices=[("", _("Choose what is wrong")), *choices],
            required=False,
            label=label,
            error_messages={"invalid_choice": _("Choose one of the reasons in the list.")},
        )
    if slot.role == SlotRole.THIRD_PARTY:
        choices.append((CANNOT_TELL, gettext("I can't tell")))
    return forms.ChoiceField(
        choices=choices,
        required=is_required(slot, item),
        label=label,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one answer."),
            "invalid_choice": _("Choose one of the answers on this page."),
        },
    )


def _key(item: Item, entered: str | None) -> str | None:
    """Return the key of the option that was chosen; `""` for no option, None for no valid answer."""
    if not entered:
        return None
    keys = {str(one.code): one.key for one in options_of(item)}
    return keys.get(entered, "")
