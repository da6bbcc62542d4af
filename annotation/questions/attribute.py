"""Does this attribute describe the person? (RH, attribute review.)"""

from annotation.models.question import Kind, Level
from annotation.questions.kind import QuestionKind, scale

ATTRIBUTE = QuestionKind(
    kind=Kind.ATTRIBUTE,
    level=Level.ORDINAL,
    wording="Is this true of you?",
    wording_third_party="Does this follow from what the person wrote?",
    answers=scale(
        "No, it doesn't fit",
        "Maybe",
        "Yes, it makes sense",
        keys=("rejected", "uncertain", "accepted"),
        start=0,
    ),
    subject="attribute",
)
