"""Every kind of question in the dict is whole: what a study makes from it is accepted."""

import pytest

from annotation.models import Option, Question
from annotation.models.question import Candidate, Kind, Level
from annotation.protocol import options
from annotation.questions import KINDS
from annotation.questions.kind import QuestionKind
from tests import factories as make

EACH_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.kind))


def test_every_kind_but_custom_has_a_module() -> None:
    """A kind that the database knows is described, except the researcher's own."""
    assert KINDS.keys() == set(Kind) - {Kind.CUSTOM}


@EACH_KIND
def test_answers_are_told_apart(kind: QuestionKind) -> None:
    """Keys and labels are there and unique; a kind has at least two answers."""
    keys = [answer.key for answer in kind.answers]
    labels = [answer.label for answer in kind.answers]
    assert len(keys) >= 2
    assert len(set(keys)) == len(keys)
    assert len(set(labels)) == len(labels)
    assert all(keys + labels + [kind.wording])


@EACH_KIND
def test_scores_fit_the_level(kind: QuestionKind) -> None:
    """Ordered answers carry rising scores; unordered ones carry none."""
    scores = [answer.score for answer in kind.answers]
    if kind.level is Level.NOMINAL:
        assert set(scores) == {None}
    else:
        assert scores == sorted(score for score in scores if score is not None)


@EACH_KIND
def test_candidates_come_in_pairs(kind: QuestionKind) -> None:
    """Where an answer chooses the first candidate, another chooses the second."""
    sides = [answer.side for answer in kind.answers if answer.side]
    assert sides in ([], list(Candidate))


@EACH_KIND
@pytest.mark.django_db
def test_a_study_can_ask_it(kind: QuestionKind) -> None:
    """The database accepts the question and its options."""
    question = Question.objects.create(
        study=make.study(), key=kind.kind, kind=kind.kind, level=kind.level, wording=kind.wording
    )
    Option.objects.bulk_create(options(question, kind))
    assert question.options.count() == len(kind.answers)
