"""What a model is asked about an attribute: the prompts with its texts, and the form of the answer."""

from annotation.models import Attribute, Evidence
from annotation.models.conversation import Speaker
from personalization.arms.making import asked_of, prompt_of
from personalization.llm.backend import Ask, Schema
from personalization.llm.fences import numbered
from personalization.models import Revision
from personalization.models.revision import RevisionKind
from personalization.steps import Request

CHECK = Schema(
    "check",
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["why", "problematic"],
        "properties": {"why": {"type": "string"}, "problematic": {"type": "boolean"}},
    },
)
REWRITE = Schema(
    "rewrite",
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["attribute", "reason", "withdraw"],
        "properties": {
            "attribute": {"type": "string"},
            "reason": {"type": "string"},
            "withdraw": {"type": "boolean"},
        },
    },
)


def asked(row: Revision) -> Request:
    """Return what the arm's model is asked: whether an attribute is problematic, or to mend it."""
    endpoint, sampling = asked_of(row.arm)
    texts = {"attribute": row.text, "reason": row.reason, "evidence": evidence(row.attribute)}
    if row.kind == RevisionKind.CHECK:
        name, schema = "verify", CHECK
    else:
        name, schema = "refine", REWRITE
        texts["wrong"] = row.why
    messages = prompt_of(row.arm, name).fill(**texts)
    return Request(endpoint, Ask(row.arm.model, messages, sampling, schema), name)


def evidence(attribute: Attribute) -> str:
    """Return the turns that an attribute rests on, in their order; empty where there are none."""
    turns = [one.turn for one in sound(attribute)]
    return numbered((number, one.speaker, one.text) for number, one in enumerate(turns, 1))


def sound(attribute: Attribute) -> list[Evidence]:
    """Return the pointers of an attribute that may be believed: to turns of its own person."""
    return list(
        attribute.evidence.select_related("turn")
        .filter(
            turn__speaker=Speaker.USER,
            turn__conversation__participant=attribute.participant_id,
            turn__conversation__study=attribute.study_id,
        )
        .order_by("turn__conversation", "turn__position")
    )
