"""The forms in which extractors answer, as JSON schemas; we check answers ourselves in any case."""

from typing import Any

from personalization.llm.backend import Schema


def _object(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON schemas
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(fields),
        "properties": fields,
    }


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
_FIELDS = {"attribute": _TEXT, "reason": _TEXT, "confidence": _NUMBER}

# With the turns that support each attribute, or without: then a second call asks for them.
WITH_EVIDENCE = Schema(
    "attributes", _object(attributes=_list(_object(**_FIELDS, evidence=_list(_WHOLE))))
)
PLAIN = Schema("attributes", _object(attributes=_list(_object(**_FIELDS))))
POINTERS = Schema(
    "evidence", _object(evidence=_list(_object(conversation=_WHOLE, turns=_list(_WHOLE))))
)
