"""Which response is better as a whole?"""

from annotation.models.question import Kind, Level
from annotation.questions.gain import GAIN
from annotation.questions.kind import QuestionKind

OVERALL = QuestionKind(
    kind=Kind.OVERALL,
    level=Level.ORDINAL,
    wording="All in all, which response is better for you?",
    wording_third_party="All in all, which response would this person find better?",
    answers=GAIN.answers,
    subject="response_pair",
)
