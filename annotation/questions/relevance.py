"""Should this attribute affect the answer to this query at all? (RH, relevance.)"""

from django.utils.translation import gettext_noop as _

from annotation.models.question import Kind, Level
from annotation.questions.kind import Answer, QuestionKind

RELEVANCE = QuestionKind(
    kind=Kind.RELEVANCE,
    level=Level.NOMINAL,
    wording=_("Should this affect the answer at all, also in its tone, depth or examples?"),
    answers=(Answer("no", _("No")), Answer("yes", _("Yes"))),
    subject="relevance_pair",
)
