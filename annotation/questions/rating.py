"""How good is this response, from 1 to 5? (SR and DJ.)"""

from annotation.models.question import Kind, Level
from annotation.questions.kind import QuestionKind, scale

RATING = QuestionKind(
    kind=Kind.RATING,
    level=Level.ORDINAL,
    wording="How good is this response?",
    answers=scale("Very bad", "Bad", "Fair", "Good", "Very good"),
    subject="response",
)
