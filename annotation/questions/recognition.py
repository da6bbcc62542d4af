"""Which of two texts was written by a person, or by the judge itself? (SR, recognition.)"""

from annotation.models.question import Audience, Candidate, Kind, Level
from annotation.questions.kind import Answer, QuestionKind

RECOGNITION = QuestionKind(
    kind=Kind.RECOGNITION,
    level=Level.NOMINAL,
    wording="Which of the two was written by a person?",
    answers=(
        Answer("a", "A", side=Candidate.A),
        Answer("b", "B", side=Candidate.B),
        Answer("cannot_say", "I can't say", audience=Audience.PEOPLE),
    ),
    subject="response_pair",
)
RECOGNITION_SINGLE = QuestionKind(
    kind=Kind.RECOGNITION_SINGLE,
    level=Level.NOMINAL,
    wording="Was this written by a person or by a model?",
    answers=(Answer("person", "By a person"), Answer("model", "By a model")),
    subject="response",
)
