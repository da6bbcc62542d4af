"""What an item is about, as programs read it: its texts, and not who wrote them or how."""

from typing import Any

from rest_framework import serializers

from annotation.models import Item, Query, RelevancePair, Response, ResponsePair
from annotation.models.sheet import SUBJECTS

# What the texts below need, in one query.
JOINS = (
    "attribute",
    "relevance_pair__attribute",
    "relevance_pair__query",
    "response_pair__query",
    "response_pair__a",
    "response_pair__b",
    "response__query",
    "record",
)
KINDS = ("attribute", "relevance_pair", "response_pair", "gain", "response", "record")


class TextSerializer(serializers.Serializer[Any]):
    """A text and its number."""

    id = serializers.IntegerField()
    text = serializers.CharField()


class CardSerializer(serializers.Serializer[Any]):
    """An imported card."""

    key = serializers.CharField()
    fields = serializers.DictField(help_text="The imported fields, in their order.")  # type: ignore[assignment] # DRF's own `fields` is a property of the instance


class SubjectSerializer(serializers.Serializer[Any]):
    """What an item is about; the parts that its kind does not have are null.

    attribute: attribute. relevance_pair: attribute, query. response_pair: query, a, b.
    gain: the same with the attribute it asks about. response: query, response. record: record.
    """

    kind = serializers.ChoiceField(KINDS)
    attribute = TextSerializer(allow_null=True)
    query = TextSerializer(allow_null=True)
    a = TextSerializer(allow_null=True)
    b = TextSerializer(allow_null=True)
    response = TextSerializer(allow_null=True)
    record = CardSerializer(allow_null=True)


def subject(item: Item) -> dict[str, Any]:
    """Return what the item is about."""
    kind = next(name for name in reversed(SUBJECTS) if getattr(item, f"{name}_id") is not None)
    parts: dict[str, Any] = dict.fromkeys(SubjectSerializer().fields)
    parts["kind"] = kind
    if item.attribute is not None:
        parts["attribute"] = _text(item.attribute.pk, item.attribute.text)
    if item.relevance_pair is not None:
        parts |= _relevance_pair(item.relevance_pair)
    if item.response_pair is not None:
        parts |= _response_pair(item.response_pair)
        parts["kind"] = "gain" if item.attribute is not None else kind
    if item.response is not None:
        parts |= {"response": _response(item.response), "query": _query(item.response.query)}
    if item.record is not None:
        parts["record"] = {"key": item.record.key, "fields": item.record.fields}
    return parts


def _text(pk: int, text: str) -> dict[str, Any]:
    return {"id": pk, "text": text}


def _query(query: Query) -> dict[str, Any]:
    return _text(query.pk, query.text)


def _response(response: Response) -> dict[str, Any]:
    return _text(response.pk, response.text)


def _relevance_pair(pair: RelevancePair) -> dict[str, Any]:
    return {
        "attribute": _text(pair.attribute.pk, pair.attribute.text),
        "query": _query(pair.query),
    }


def _response_pair(pair: ResponsePair) -> dict[str, Any]:
    return {"query": _query(pair.query), "a": _response(pair.a), "b": _response(pair.b)}
