"""What an item is about, as a researcher reads it: names and texts, whatever kind of subject it is."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from annotation.models import Attribute, AttributeVariant, Evidence, Item, Response, Turn
from personalization.views import wording

TITLE_LENGTH = 90
SUBJECTS = ("record", "relevance_pair", "response_pair", "response", "attribute")


@dataclass(frozen=True, slots=True)
class Text:
    """A named text: a field of an imported record, or a part of what the study's people read."""

    name: str
    text: str
    # What raters never saw: who wrote it, and what the author was given.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of a conversation, and whether the attribute was read from it."""

    turn: Turn
    evidence: bool


def with_subjects(items: "QuerySet[Item]") -> "QuerySet[Item]":
    """Return the items with everything that `title` and `texts` need, in one query or two."""
    return items.select_related(
        "record",
        "sheet__owner",
        "attribute",
        "relevance_pair__attribute",
        "relevance_pair__query",
        "response_pair__query",
        "response_pair__a__author",
        "response_pair__b__author",
        "response__query",
        "response__author",
    ).prefetch_related(
        Prefetch("attribute__evidence", Evidence.objects.select_related("turn").order_by("turn")),
        Prefetch("attribute__variants", AttributeVariant.objects.order_by("pk")),
    )


def title(item: Item) -> str:
    """Return what an item is called: its key, or how the first of its texts begins."""
    if item.record:
        return str(item.record)
    pair = item.relevance_pair
    if attribute := pair.attribute if pair else item.attribute:
        return _short(attribute.text)
    answered = item.response_pair or item.response
    return _short(answered.query.text) if answered else str(item)


def texts(item: Item) -> list[Text]:
    """Return the texts of an item, in the order in which they are read; empty ones are left out."""
    if item.record:
        found = [Text(name, str(text or "")) for name, text in item.record.fields.items()]
    else:
        found = [*_about(item), *_sentence(item), *_request(item), *_responses(item)]
    return [one for one in found if one.text]


def chats(item: Item) -> list[list[Said]]:
    """Return the conversations that the item's sheet shows, turn by turn."""
    shown = item.sheet.shown.get("conversations", [])
    if not shown or item.attribute is None:
        return []
    evidence = {one.turn_id for one in item.attribute.evidence.all()}
    turns = Turn.objects.filter(conversation__in=shown, conversation__study=item.study_id)
    return [
        [Said(turn, turn.pk in evidence) for turn in of_one]
        for _pk, of_one in groupby(
            turns.order_by("conversation", "position"), key=lambda turn: turn.conversation_id
        )
    ]


def others(item: Item) -> "QuerySet[Item]":
    """Return the other questions about the same thing."""
    about = next(name for name in SUBJECTS if getattr(item, f"{name}_id") is not None)
    same = Item.objects.filter(**{about: getattr(item, f"{about}_id")}).exclude(pk=item.pk)
    if about == "attribute":
        same = same.filter(response_pair=None)
    return same.select_related("question", "attribute").order_by("pk")


def _short(text: str) -> str:
    return Truncator(text).chars(TITLE_LENGTH)


def _about(item: Item) -> list[Text]:
    owner = item.sheet.owner
    return [Text(_("Person"), owner.name)] if owner else []


def _sentence(item: Item) -> list[Text]:
    pair = item.relevance_pair
    attribute = pair.attribute if pair else item.attribute
    if attribute is None:
        return []
    sentence = Text(_("Sentence about the person"), attribute.text, _confidence(attribute))
    if pair or item.response_pair:
        return [sentence]
    quotes = "\n\n".join(one.turn.text for one in attribute.evidence.all())
    evidence = quotes or _("No evidence: no turn of a conversation is named.")
    said = dict.fromkeys(one.text for one in attribute.variants.all())
    wordings = "\n".join(one for one in said if one != attribute.text)
    return [
        sentence,
        Text(_("Merged from"), wordings),
        Text(_("Reason"), attribute.reason),
        Text(_("Evidence"), evidence),
    ]


def _confidence(attribute: Attribute) -> tuple[str, ...]:
    if attribute.confidence is None:
        return ()
    return (_("confidence %(share).2f") % {"share": attribute.confidence},)


def _request(item: Item) -> list[Text]:
    asked = item.relevance_pair or item.response_pair or item.response
    return [Text(_("Request"), asked.query.text)] if asked else []


def _responses(item: Item) -> list[Text]:
    if pair := item.response_pair:
        return [_response(_("Response A"), pair.a), _response(_("Response B"), pair.b)]
    return [_response(_("Response"), item.response)] if item.response else []


def _response(name: str, one: Response) -> Text:
    return Text(name, one.text, (str(one.author), wording.condition(one.condition)))
