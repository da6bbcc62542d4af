"""Does the response name this attribute? (RH, mention effect.)"""

from django.utils.translation import gettext_noop as _

from annotation.models.question import Kind, Level
from annotation.questions.kind import Answer, QuestionKind

MENTION = QuestionKind(
    kind=Kind.MENTION,
    level=Level.NOMINAL,
    wording=_(
        "Does the answer say this about the person, in these words or in others? Advice that only fits does not count."
    ),
    answers=(Answer("no", _("No")), Answer("yes", _("Yes"))),
    subject="response_pair and attribute",
)
