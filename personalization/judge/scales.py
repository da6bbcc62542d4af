"""What a question's options mean to judges, and in which orders its items are shown."""

from django.db import connection
from django.db.models import Count

from annotation.models import Judgment, Option, Question
from annotation.models.judgment import Role, Use
from annotation.models.question import Kind, Level
from personalization.judge.choices import Choice, Scale, Side, swapped_fields
from personalization.judge.statements import LAYOUTS

PAIR_KINDS = (Kind.GAIN, Kind.OVERALL, Kind.CHOICE, Kind.RECOGNITION)


def scale_of(question: Question) -> Scale:
    """Return the question's options as judges and baselines know them."""
    options = question.options.all()
    return Scale(
        choices=tuple(_choice(option) for option in options),
        ordered=question.level != Level.NOMINAL,
        pairs=question.kind in PAIR_KINDS or {one.side for one in options} >= {"a", "b"},
    )


def sides_of(question: Question, scale: Scale) -> tuple[Side, ...]:
    """Return the orders in which a question's items are shown: both, where they can be swapped."""
    if not scale.pairs:
        return ("none",)
    with connection.cursor() as cursor:
        cursor.execute(LAYOUTS, [question.pk])
        layouts = [names for (names,) in cursor.fetchall()]
    if any(swapped_fields(names) is None for names in layouts):
        return ("none",)
    return ("ab", "ba")


def most_common(question: Question) -> int | None:
    """Return what third parties have answered most often; None where nobody has, or for a tie."""
    given = Judgment.objects.filter(
        question=question, role=Role.THIRD_PARTY, use=Use.LABEL, occasion=0,
        superseded_at=None, value__isnull=False,
    )  # fmt: skip
    counts = given.values_list("value").annotate(votes=Count("*")).order_by("-votes")[:2]
    votes = list(counts)
    if not votes or (len(votes) == 2 and votes[0][1] == votes[1][1]):
        return None
    return int(votes[0][0])


def _choice(option: Option) -> Choice:
    label = option.label or option.key
    return Choice(option.code, option.key, label, option.audience, option.side, option.score)
