"""Does the response name this attribute? (RH, mention effect.)"""

from annotation.models.question import Kind, Level
from annotation.questions.kind import Answer, QuestionKind

MENTION = QuestionKind(
    kind=Kind.MENTION,
    level=Level.NOMINAL,
    wording="Does the response name this?",
    answers=(Answer("no", "No"), Answer("yes", "Yes")),
    subject="response_pair and attribute",
)
