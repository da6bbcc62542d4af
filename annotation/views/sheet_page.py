"""What stands on the page of a sheet, for each stage."""

from dataclasses import dataclass
from typing import Any, cast

from django.forms import BoundField, ChoiceField
from django.utils.translation import gettext

from annotation.answers import (
    PREFIX,
    SheetForm,
    attribute_of,
    may_be_wrong,
    options_of,
    translated,
    wording,
)
from annotation.arrangement import first_side, is_required, on_screen
from annotation.models import (
    Attribute,
    Conversation,
    Evidence,
    Item,
    Query,
    Rater,
    Response,
    ResponsePair,
    Slot,
)
from annotation.models.judgment import Reason
from annotation.models.question import Candidate, Kind
from annotation.models.sheet import Stage
from annotation.submission import sent_answers


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on the page; a wrong one asks what is wrong."""

    value: str
    label: str
    id: str
    is_chosen: bool
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to answer: what it is about, the question in the reader's words, the field."""

    question: str
    field: BoundField
    attribute: Attribute | None = None
    error: BoundField | None = None
    error_question: str = ""
    wrong: tuple[str, ...] = ()  # the answers after which the error is asked
    turns: tuple[int, ...] = ()  # where the machine says to have read it
    is_required: bool = True

    @property
    def choices(self) -> list[Choice]:
        """Return the answers to choose from; a widget of the framework would take five times as long."""
        chosen = str(self.field.value() or "")
        named = cast(list[tuple[str, str]], cast(ChoiceField, self.field.field).choices)
        return [
            Choice(
                str(value),
                str(label),
                f"{self.field.auto_id}_{at}",
                value == chosen,
                value in self.wrong,
            )
            for at, (value, label) in enumerate(named)
        ]


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that was entered otherwise after the sheet was sent; empty where there is none."""

    about: str
    sent: str
    entered: str


def contents(slot: Slot, form: SheetForm) -> dict[str, Any]:
    """Return what the template of the slot's stage shows."""
    match slot.sheet.stage:
        case Stage.REVIEW:
            return _review(slot, form)
        case Stage.RELEVANCE:
            return {
                "query": _query(slot, form),
                "cards": [_card(slot, form, one) for one in form.items],
            }
        case Stage.MENTION:
            return _mention(slot, form)
        case _:
            return _comparison(slot, form)


def changes(slot: Slot, rater: Rater, form: SheetForm) -> list[Change]:
    """Return where a valid form says something else than what was sent."""
    before, now = sent_answers(slot, rater), form.answers().given
    return [
        Change(
            about=str(form[f"{PREFIX}{item.pk}"].label),
            sent=in_words(slot, item, before.get(item.pk)),
            entered=in_words(slot, item, now.get(item.pk)),
        )
        for item in form.items
        if before.get(item.pk) != now.get(item.pk)
    ]


def _card(
    slot: Slot,
    form: SheetForm,
    item: Item,
    error: Item | None = None,
    turns: tuple[int, ...] = (),
) -> Card:
    return Card(
        question=wording(slot, item),
        field=form[f"{PREFIX}{item.pk}"],
        attribute=attribute_of(item),
        error=form[f"{PREFIX}{error.pk}"] if error else None,
        error_question=wording(slot, error) if error else "",
        wrong=tuple(may_be_wrong(item)) if error else (),
        turns=turns,
        is_required=is_required(slot, item),
    )


def _review(slot: Slot, form: SheetForm) -> dict[str, Any]:
    shown = slot.sheet.shown.get("conversations", [])
    chats = Conversation.objects.filter(pk__in=shown).prefetch_related("turns").order_by("pk")
    where: dict[int | None, list[int]] = {}
    evidence = Evidence.objects.filter(
        attribute__in=[item.attribute_id for item in form.items], turn__conversation__in=shown
    )
    for one in evidence.order_by("turn__conversation", "turn__position"):
        where.setdefault(one.attribute_id, []).append(one.turn_id)
    errors = {
        item.attribute_id: item for item in form.items if item.question.kind == Kind.ERROR_CODE
    }
    cards = [
        _card(
            slot,
            form,
            item,
            error=errors.get(item.attribute_id),
            turns=tuple(where.get(item.attribute_id, ())),
        )
        for item in form.items
        if item.question.kind == Kind.ATTRIBUTE
    ]
    return {"conversations": chats, "cards": cards}


def _query(slot: Slot, form: SheetForm) -> Query:
    """Return the query of a relevance sheet; its pairs have read it already."""
    query = slot.sheet.shown["query"]
    pairs = (item.relevance_pair for item in form.items if item.relevance_pair)
    read = (pair.query for pair in pairs if pair.query_id == query)
    return next(read, None) or Query.objects.get(pk=query)


def _comparison(slot: Slot, form: SheetForm) -> dict[str, Any]:
    pair = ResponsePair.objects.select_related("query", "a", "b").get(
        pk=slot.sheet.shown["response_pair"]
    )
    cards = [_card(slot, form, item) for item in form.items]
    gains = [card for card in cards if card.attribute]
    return {
        "query": pair.query,
        "texts": [response.text for response in _in_order(slot, pair)],
        "overall": [card for card in cards if card.attribute is None],
        "cards": [card for card in gains if card.is_required],
        "folded": [card for card in gains if not card.is_required],
        "folded_open": any(card.field.value() for card in gains if not card.is_required),
        "attributes": [card.attribute for card in gains],
    }


def _mention(slot: Slot, form: SheetForm) -> dict[str, Any]:
    """Return one response, as a text that somebody wrote: nothing tells what its author knew."""
    response = Response.objects.select_related("query").get(pk=slot.sheet.shown["response"])
    return {
        "query": response.query,
        "text": response.text,
        "cards": [_card(slot, form, one) for one in form.items],
    }


def _in_order(slot: Slot, pair: ResponsePair) -> tuple[Response, Response]:
    return (pair.a, pair.b) if first_side(slot) is Candidate.A else (pair.b, pair.a)


def in_words(slot: Slot, item: Item, answer: int | Reason | None) -> str:
    """Return an answer as it stands on the page of a place; empty where there is none."""
    if answer is None:
        return ""
    if isinstance(answer, Reason):
        return gettext("I can't tell") if answer is Reason.CANNOT_TELL else str(answer.label)
    options = options_of(item)
    seen = on_screen(slot, item, options, answer)
    return next(translated(one.label or one.key) for one in options if one.code == seen)
