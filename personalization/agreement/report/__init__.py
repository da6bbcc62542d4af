"""The agreement report: every number of a question as one flat record."""

from annotation.models import Question, Study
from personalization.agreement import frames
from personalization.agreement.report.judges import add_judge, add_judge_pairs
from personalization.agreement.report.people import add_panel, add_third_party_against_owner
from personalization.agreement.report.records import Collection, Record

__all__ = ["Record", "of_frame", "of_question", "of_study", "question_name"]


def of_study(study: Study) -> list[Record]:
    """Return the records of every question of `study`, in order of questions."""
    return [record for question in study.questions.all() for record in of_question(question)]


def of_question(question: Question) -> list[Record]:
    """Return the records of one question."""
    return of_frame(frames.load(question))


def of_frame(frame: frames.Frame) -> list[Record]:
    """Return the records of a loaded question: people, then judges, then judges among themselves."""
    out = Collection(question_name(frame.question), frame.stamp, [])
    for role in frame.panels:
        add_panel(out, frame, role)
    if len(frame.panels) == len(frames.HUMAN_ROLES):
        add_third_party_against_owner(out, frame)
    for judge in frame.judges:
        add_judge(out, frame, judge)
    add_judge_pairs(out, frame)
    return out.records


def question_name(question: Question) -> str:
    """Return the question's key, with its version from the second one on."""
    return question.key if question.version == 1 else f"{question.key}@{question.version}"
