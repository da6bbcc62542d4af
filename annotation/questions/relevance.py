"""Should this attribute affect the answer to this query at all? (RH, relevance.)"""

from annotation.models.question import Kind, Level
from annotation.questions.kind import Answer, QuestionKind

RELEVANCE = QuestionKind(
    kind=Kind.RELEVANCE,
    level=Level.NOMINAL,
    wording="Should this affect the answer at all, also in its tone, depth or examples?",
    answers=(Answer("no", "No"), Answer("yes", "Yes")),
    subject="relevance_pair",
)
