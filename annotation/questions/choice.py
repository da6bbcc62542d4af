"""Which of two candidates did this person choose? (PJ; a judge is offered the tie or not: manner.)"""

from annotation.models.question import Candidate, Kind, Level
from annotation.questions.kind import Answer, QuestionKind

CHOICE = QuestionKind(
    kind=Kind.CHOICE,
    level=Level.NOMINAL,
    wording="Which one do you choose?",
    wording_third_party="Which one do you think this person chose?",
    answers=(
        Answer("a", "A", side=Candidate.A),
        Answer("b", "B", side=Candidate.B),
        Answer("tie", "No difference"),
    ),
    subject="response_pair",
)
