"""How much better does one response serve one attribute? (RH, response comparison.)"""

from annotation.models.question import Kind, Level
from annotation.questions.kind import QuestionKind, scale

GAIN = QuestionKind(
    kind=Kind.GAIN,
    level=Level.ORDINAL,
    wording="With this in mind, which response is better for you?",
    wording_third_party="With this in mind, which response is better for this person?",
    answers=scale(
        "A is much better",
        "A is a little better",
        "No difference",
        "B is a little better",
        "B is much better",
    ),
    subject="response_pair and attribute",
)
