"""Does this attribute describe the person? (RH, attribute review.)"""

from django.utils.translation import gettext_noop as _

from annotation.models.question import Kind, Level
from annotation.questions.kind import QuestionKind, scale

ATTRIBUTE = QuestionKind(
    kind=Kind.ATTRIBUTE,
    level=Level.ORDINAL,
    wording=_("Is this true of you?"),
    wording_third_party=_("Does this follow from what the person wrote?"),
    answers=scale(
        _("No, it doesn't fit"),
        _("Maybe"),
        _("Yes, it makes sense"),
        keys=("rejected", "uncertain", "accepted"),
        start=0,
    ),
    subject="attribute",
)
